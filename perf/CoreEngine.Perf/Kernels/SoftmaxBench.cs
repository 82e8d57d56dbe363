using CoreEngine.Kernels;

namespace CoreEngine.Perf;

/// <summary>Softmax and its logarithm along the last axis and along channels, both passes, against oneDNN and PyTorch.</summary>
public sealed unsafe class SoftmaxBench : IBenchSet
{
    private static readonly (long Outer, long Classes, long Inner)[] s_shapes =
    [
        (1024, 10, 1),
        (4096, 128, 1),
        (128, 1000, 1),
        (64, 32768, 1),
        (8, 21, 4096),
    ];

    /// <inheritdoc/>
    public string Name => "softmax";

    /// <inheritdoc/>
    public IEnumerable<BenchRow> Run(BenchOptions options) =>
        LayerCase.Measure(
            Name,
            options,
            from shape in s_shapes
            from logarithm in (bool[])[false, true]
            from backward in (bool[])[false, true]
            let title = $"{(logarithm ? "log-softmax" : "softmax")} {shape.Outer}x{shape.Classes}"
                + $"{(shape.Inner > 1 ? $"x{shape.Inner}" : "")}{(backward ? " gradient" : "")}"
            where options.Wants(Name, title)
            select (Func<LayerCase>)(() => Case(title, shape.Outer, shape.Classes, shape.Inner, logarithm, backward))
        );

    private static LayerCase Case(string title, long outer, long classes, long inner, bool logarithm, bool backward)
    {
        long size = outer * classes * inner;
        var arrays = new BenchArrays();
        float* x = arrays.Random(size);
        float* y = arrays.Zeros(size);
        float* dy = arrays.Random(size);
        float* dx = arrays.Zeros(size);
        Softmax.Forward(DType.Float32, outer, classes, inner, x, 1, logarithm, y, accumulate: false);
        void Ours()
        {
            if (backward)
                Softmax.Backward(DType.Float32, outer, classes, inner, y, dy, 1, logarithm, dx, accumulate: false);
            else
                Softmax.Forward(DType.Float32, outer, classes, inner, x, 1, logarithm, y, accumulate: false);
        }

        long[] extents = inner > 1 ? [outer, classes, inner] : [outer, classes];
        string setup = $"x = torch.rand({string.Join(", ", extents)}) * 2 - 1\n";
        string function = logarithm ? "F.log_softmax(x, 1)" : "F.softmax(x, 1)";
        return new LayerCase(title, arrays, Ours)
        {
            OneDnn =
            [
                () =>
                    backward
                        ? OneDnn.SoftmaxBackward(extents, 1, x, dy, logarithm)
                        : OneDnn.Softmax(extents, 1, x, logarithm),
            ],
            Torch = backward
                ? (
                    $"{setup}x.requires_grad_()\ny = {function}\ng = torch.rand_like(y)",
                    "torch.autograd.grad(y, x, g, retain_graph=True)"
                )
                : (setup, function),
        };
    }
}
