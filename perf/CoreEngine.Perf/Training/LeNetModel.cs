using CoreEngine.Operators;

namespace CoreEngine.Perf;

/// <summary>The net that <c>coreengine train</c> trains on MNIST, batch 64.</summary>
internal sealed class LeNetModel(bool asGraph) : TrainingModel(asGraph)
{
    private readonly BoundOperator _conv1 = Bind("Convolution", ("num_filter", "20"), ("kernel", "(5,5)"));
    private readonly BoundOperator _conv2 = Bind("Convolution", ("num_filter", "50"), ("kernel", "(5,5)"));
    private readonly BoundOperator _full1 = Bind("FullyConnected", ("num_hidden", "500"));
    private readonly BoundOperator _full2 = Bind("FullyConnected", ("num_hidden", "10"));
    private readonly BoundOperator _pool = Bind(
        "Pooling",
        ("pool_type", "max"),
        ("kernel", "(2,2)"),
        ("stride", "(2,2)")
    );
    private NDArray[] _layers = [];
    private NDArray? _x;
    private NDArray? _y;

    protected override string Title => "LeNet b64";

    protected override string Setup =>
        """
            params = [weight(20, 1, 5, 5), full(0, 20), weight(50, 20, 5, 5), full(0, 50),
                      weight(500, 800), full(0, 500), weight(10, 500), full(0, 10)]
            x = torch.rand(64, 1, 28, 28)
            y = torch.arange(64) % 10
            def loss_of():
                w1, b1, w2, b2, w3, b3, w4, b4 = params
                h = F.max_pool2d(F.relu(F.conv2d(x, w1, b1)), 2)
                h = F.max_pool2d(F.relu(F.conv2d(h, w2, b2)), 2)
                h = F.relu(F.linear(h.flatten(1), w3, b3))
                return F.cross_entropy(F.linear(h, w4, b4), y)
            """;

    protected override void Build()
    {
        _layers =
        [
            Parameter([20, 1, 5, 5]),
            Parameter([20]),
            Parameter([50, 20, 5, 5]),
            Parameter([50]),
            Parameter([500, 800]),
            Parameter([500]),
            Parameter([10, 500]),
            Parameter([10]),
        ];
        _x = Take("x", [64, 1, 28, 28]);
        _y = Take("y", [64]);
    }

    protected override T Loss<T>(ILayers<T> layers)
    {
        T h = Pool(Layer(_conv1, layers.Of(_x!), 0));
        h = Pool(Layer(_conv2, h, 2));
        h = Layer(_full1, h, 4);
        return CrossEntropy(layers, layers.Call(_full2, h, layers.Of(_layers[6]), layers.Of(_layers[7])), _y!);

        T Layer(BoundOperator op, T x, int at) =>
            Relu(layers, layers.Call(op, x, layers.Of(_layers[at]), layers.Of(_layers[at + 1])));

        T Pool(T x) => layers.Call(_pool, x);
    }
}
