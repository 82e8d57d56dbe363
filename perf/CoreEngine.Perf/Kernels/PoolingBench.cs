using CoreEngine.Kernels;

namespace CoreEngine.Perf;

/// <summary>The poolings of ResNet, VGG, LeNet and Inception, both passes, against oneDNN and PyTorch.</summary>
public sealed unsafe class PoolingBench : IBenchSet
{
    private static readonly Layer[] s_layers =
    [
        new(1, 64, 112, 3, 2, 1),
        new(8, 64, 112, 3, 2, 1),
        new(1, 64, 224, 2, 2, 0),
        new(1, 256, 56, 2, 2, 0),
        new(8, 512, 14, 2, 2, 0),
        new(64, 20, 24, 2, 2, 0),
        new(1, 480, 14, 3, 1, 1),
        new(8, 512, 7, 7, 1, 0),
        new(1, 2048, 7, 7, 1, 0),
    ];

    /// <inheritdoc/>
    public string Name => "pooling";

    /// <inheritdoc/>
    public IEnumerable<BenchRow> Run(BenchOptions options) =>
        LayerCase.Measure(
            Name,
            options,
            from layer in s_layers
            from kind in (PoolingKind[])[PoolingKind.Max, PoolingKind.Average]
            from backward in (bool[])[false, true]
            where options.Wants(Name, layer.Title(kind, backward))
            select (Func<LayerCase>)(() => Case(layer, kind, backward))
        );

    private static LayerCase Case(Layer layer, PoolingKind kind, bool backward)
    {
        PoolingShape shape = layer.Shape;
        long size = shape.Planes * shape.In.Product;
        long results = shape.Planes * shape.Out.Product;
        var arrays = new BenchArrays();
        float* x = arrays.Random(size);
        float* y = arrays.Random(results);
        float* dx = arrays.Zeros(size);
        OneDnnAlgorithm algorithm =
            kind == PoolingKind.Max ? OneDnnAlgorithm.PoolingMax : OneDnnAlgorithm.PoolingAverage;
        OneDnnPrimitive Peer() =>
            backward
                ? OneDnn.PoolingBackward(OneDnnLayout.Blocked, algorithm, layer.Batch, shape, x, y)
                : OneDnn.Pooling(OneDnnLayout.Blocked, algorithm, layer.Batch, shape, x);
        string function = kind == PoolingKind.Max ? "max_pool2d" : "avg_pool2d";
        string data = $"x = torch.rand({layer.Batch}, {layer.Channels}, {layer.Edge}, {layer.Edge}) * 2 - 1\n";
        string pool = $"F.{function}(x, {layer.Kernel}, {layer.Stride}, {layer.Pad})";
        void Ours()
        {
            if (backward)
            {
                Pooling.Backward(DType.Float32, kind, shape, x, y, dx, accumulate: false);
            }
            else
            {
                Pooling.Forward(DType.Float32, kind, shape, x, y, accumulate: false);
            }
        }

        return new LayerCase(layer.Title(kind, backward), arrays, Ours)
        {
            OneDnn = [Peer],
            Torch = backward
                ? (
                    $"{data}x.requires_grad_()\ny = {pool}\ng = torch.rand_like(y)",
                    "torch.autograd.grad(y, x, g, retain_graph=True)"
                )
                : (data, pool),
        };
    }

    private sealed record Layer(long Batch, long Channels, long Edge, long Kernel, long Stride, long Pad)
    {
        public PoolingShape Shape =>
            new(
                Batch * Channels,
                new(1, Edge, Edge),
                new(1, Kernel, Kernel),
                new(1, Stride, Stride),
                new(0, Pad, Pad),
                Full: false
            );

        public string Title(PoolingKind kind, bool backward) =>
            $"{(kind == PoolingKind.Max ? "max" : "average")} {Kernel}x{Kernel} step {Stride} of "
            + $"{Batch}x{Channels}x{Edge}x{Edge}{(backward ? " gradient" : "")}";
    }
}
