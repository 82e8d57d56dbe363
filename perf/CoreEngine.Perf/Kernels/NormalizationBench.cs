using CoreEngine.Kernels;

namespace CoreEngine.Perf;

/// <summary>Batch, layer and local response normalisation of usual nets, all passes, against oneDNN and PyTorch.</summary>
public sealed unsafe class NormalizationBench : IBenchSet
{
    private const float Epsilon = 1e-3f;

    private static readonly long[][] s_images =
    [
        [1, 64, 112, 112],
        [8, 64, 56, 56],
        [8, 512, 7, 7],
        [128, 1024, 1, 1],
    ];
    private static readonly (long Rows, long Length)[] s_rows = [(32, 512), (2048, 768), (128, 4096)];
    private static readonly long[][] s_responses =
    [
        [1, 96, 55, 55],
        [8, 256, 27, 27],
    ];

    /// <inheritdoc/>
    public string Name => "normalization";

    /// <inheritdoc/>
    public IEnumerable<BenchRow> Run(BenchOptions options)
    {
        (string Title, Func<LayerCase> Make)[] cases =
        [
            .. from image in s_images
            from pass in (string[])["training", "inference", "gradient"]
            let title = $"batch {string.Join('x', image)} {pass}"
            select (title, (Func<LayerCase>)(() => Batch(title, image, pass))),
            .. from rows in s_rows
            from backward in (bool[])[false, true]
            let title = $"layer {rows.Rows}x{rows.Length}{(backward ? " gradient" : "")}"
            select (title, (Func<LayerCase>)(() => Layer(title, rows.Rows, rows.Length, backward))),
            .. from image in s_responses
            from backward in (bool[])[false, true]
            let title = $"local response {string.Join('x', image)}{(backward ? " gradient" : "")}"
            select (title, (Func<LayerCase>)(() => Response(title, image, backward))),
        ];
        return LayerCase.Measure(
            Name,
            options,
            cases.Where(one => options.Wants(Name, one.Title)).Select(one => one.Make)
        );
    }

    private static LayerCase Batch(string title, long[] image, string pass)
    {
        (long batch, long channels, long inner) = (image[0], image[1], image[2] * image[3]);
        long size = batch * channels * inner;
        var arrays = new BenchArrays();
        float* x = arrays.Random(size);
        float* dy = arrays.Random(size);
        float* y = arrays.Zeros(size);
        float* mean = arrays.Zeros(channels);
        float* variance = arrays.Filled(channels, 1);
        float* scale = arrays.Filled(2 * channels, 1);
        float* gradients = arrays.Zeros(2 * channels);
        float* shift = scale + channels;
        void Ours()
        {
            switch (pass)
            {
                case "training":
                    BatchNormalization.Train(
                        DType.Float32,
                        batch,
                        channels,
                        inner,
                        x,
                        scale,
                        shift,
                        Epsilon,
                        mean,
                        variance,
                        y,
                        accumulate: false
                    );
                    break;
                case "inference":
                    BatchNormalization.Forward(
                        DType.Float32,
                        batch,
                        channels,
                        inner,
                        x,
                        scale,
                        shift,
                        mean,
                        variance,
                        Epsilon,
                        y,
                        accumulate: false
                    );
                    break;
                default:
                    BatchNormalization.Backward(
                        DType.Float32,
                        batch,
                        channels,
                        inner,
                        x,
                        dy,
                        scale,
                        mean,
                        variance,
                        Epsilon,
                        batchStatistics: true,
                        y,
                        accumulateData: false,
                        gradients,
                        accumulateGamma: false,
                        gradients + channels,
                        accumulateBeta: false
                    );
                    break;
            }
        }

        string setup =
            $"x = torch.rand({image[0]}, {image[1]}, {image[2]}, {image[3]}) * 2 - 1\n"
            + $"w = torch.ones({channels})\nb = torch.ones({channels})\nm = torch.zeros({channels})\nv = torch.ones({channels})\n";
        const string Train = "F.batch_norm(x, m, v, w, b, True)";
        return new LayerCase(title, arrays, Ours)
        {
            OneDnn =
            [
                () =>
                    pass switch
                    {
                        "training" => OneDnn.BatchNorm(OneDnnLayout.Blocked, image, x, scale, null, null, Epsilon),
                        "inference" => OneDnn.BatchNorm(OneDnnLayout.Blocked, image, x, scale, mean, variance, Epsilon),
                        _ => OneDnn.BatchNormBackward(OneDnnLayout.Blocked, image, x, scale, dy, Epsilon),
                    },
            ],
            Torch = pass switch
            {
                "training" => (setup, Train),
                "inference" => (setup, "F.batch_norm(x, m, v, w, b, False)"),
                _ => (
                    setup
                        + $"x.requires_grad_()\nw.requires_grad_()\nb.requires_grad_()\ny = {Train}\ng = torch.rand_like(y)",
                    "torch.autograd.grad(y, (x, w, b), g, retain_graph=True)"
                ),
            },
        };
    }

    private static LayerCase Layer(string title, long rows, long length, bool backward)
    {
        var arrays = new BenchArrays();
        float* x = arrays.Random(rows * length);
        float* dy = arrays.Random(rows * length);
        float* y = arrays.Zeros(rows * length);
        float* scale = arrays.Filled(2 * length, 1);
        float* gradients = arrays.Zeros(2 * length);
        float* moments = arrays.Filled(2 * rows, 1);
        var kernel = new RowNormalization(rows, length, Channels: 0, Epsilon);
        void Ours()
        {
            if (backward)
            {
                kernel.Backward(
                    DType.Float32,
                    x,
                    dy,
                    scale,
                    moments,
                    moments + rows,
                    y,
                    accumulateData: false,
                    gradients,
                    accumulateGamma: false,
                    gradients + length,
                    accumulateBeta: false
                );
            }
            else
            {
                kernel.Forward(DType.Float32, x, scale, scale + length, moments, moments + rows, y, accumulate: false);
            }
        }

        string setup =
            $"x = torch.rand({rows}, {length}) * 2 - 1\nw = torch.ones({length})\nb = torch.ones({length})\n";
        string layer = $"F.layer_norm(x, ({length},), w, b)";
        return new LayerCase(title, arrays, Ours)
        {
            OneDnn =
            [
                () =>
                    backward
                        ? OneDnn.LayerNormBackward([rows, length], x, scale, dy, Epsilon)
                        : OneDnn.LayerNorm([rows, length], x, scale, Epsilon),
            ],
            Torch = backward
                ? (
                    setup
                        + $"x.requires_grad_()\nw.requires_grad_()\nb.requires_grad_()\ny = {layer}\ng = torch.rand_like(y)",
                    "torch.autograd.grad(y, (x, w, b), g, retain_graph=True)"
                )
                : (setup, layer),
        };
    }

    private static LayerCase Response(string title, long[] image, bool backward)
    {
        const int Window = 5;
        const float Alpha = 1e-4f;
        const float Beta = 0.75f;
        const float Offset = 2;
        long size = image[0] * image[1] * image[2] * image[3];
        var arrays = new BenchArrays();
        float* x = arrays.Random(size);
        float* dy = arrays.Random(size);
        float* y = arrays.Zeros(size);
        float* norm = arrays.Zeros(size);
        var kernel = new LocalResponse(image[0], image[1], image[2] * image[3], Window, Alpha, Beta, Offset);
        kernel.Forward(DType.Float32, x, norm, null, accumulate: false);
        void Ours()
        {
            if (backward)
                kernel.Backward(DType.Float32, dy, x, norm, y, accumulate: false);
            else
                kernel.Forward(DType.Float32, x, norm, y, accumulate: false);
        }

        OneDnnPrimitive Peer(OneDnnLayout layout) =>
            backward
                ? OneDnn.LocalResponseBackward(layout, image, x, dy, Window, Alpha, Beta, Offset)
                : OneDnn.LocalResponse(layout, image, x, Window, Alpha, Beta, Offset, training: true);
        return new LayerCase(title, arrays, Ours)
        {
            OneDnn = backward
                ? [() => Peer(OneDnnLayout.Blocked)]
                : [() => Peer(OneDnnLayout.Blocked), () => Peer(OneDnnLayout.Plain)],
        };
    }
}
