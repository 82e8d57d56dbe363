using CoreEngine.Operators;

namespace CoreEngine.Cli;

/// <summary>
/// A convolutional net after LeCun et al., "Gradient-based learning applied to document recognition" (1998), with
/// rectifiers: two convolutions, each with max pooling, then two fully connected layers.
/// </summary>
internal sealed class LeNet : IDisposable
{
    /// <summary>Images below this side are too small for unpadded 5x5 kernels.</summary>
    private const int SmallSide = 20;

    private readonly Dictionary<string, NDArray> _parameters = [];
    private readonly BoundOperator _conv1;
    private readonly BoundOperator _conv2;
    private readonly BoundOperator _full1;
    private readonly BoundOperator _full2;
    private readonly BoundOperator _pool = Bind(
        "Pooling",
        ("pool_type", "max"),
        ("kernel", "(2,2)"),
        ("stride", "(2,2)")
    );

    /// <summary>A net with random weights for grey images of a size; <see cref="RandomState.Seed"/> decides them.</summary>
    public LeNet(int height, int width, int classes)
    {
        bool small = Math.Min(height, width) < SmallSide;
        (int kernel, int pad) = small ? (3, 1) : (5, 0);
        (int filters1, int filters2, int hidden) = small ? (16, 32, 128) : (20, 50, 500);
        _conv1 = Convolution(filters1, kernel, pad);
        _conv2 = Convolution(filters2, kernel, pad);
        _full1 = Bind("FullyConnected", ("num_hidden", $"{hidden}"));
        _full2 = Bind("FullyConnected", ("num_hidden", $"{classes}"));
        int Shrunk(int side) => (((side - kernel + 1 + (2 * pad)) / 2) - kernel + 1 + (2 * pad)) / 2;
        Add("conv1", [filters1, 1, kernel, kernel]);
        Add("conv2", [filters2, filters1, kernel, kernel]);
        Add("full1", [hidden, filters2 * Shrunk(height) * Shrunk(width)]);
        Add("full2", [classes, hidden]);
    }

    /// <summary>The weights and biases by name, with gradients attached.</summary>
    public IReadOnlyDictionary<string, NDArray> Parameters => _parameters;

    /// <summary>Unnormalised log-probabilities, shape (batch, classes).</summary>
    /// <param name="images">Shape (batch, 1, height, width).</param>
    public NDArray Forward(NDArray images)
    {
        NDArray x = Pool(Layer(_conv1, "conv1", images));
        x = Pool(Layer(_conv2, "conv2", x));
        x = Layer(_full1, "full1", x);
        return Call(_full2, x, _parameters["full2_weight"], _parameters["full2_bias"]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (NDArray parameter in _parameters.Values)
        {
            parameter.Dispose();
        }
    }

    private NDArray Layer(BoundOperator op, string name, NDArray x) =>
        Call(op, x, _parameters[name + "_weight"], _parameters[name + "_bias"]).Relu();

    private NDArray Pool(NDArray x) => Call(_pool, x);

    /// <summary>Weights as He et al. (2015) scale them for rectifiers: deviation sqrt(2 / inputs); biases zero.</summary>
    private void Add(string layer, Shape shape)
    {
        double deviation = Math.Sqrt(2.0 / shape.Product(1, shape.Rank));
        NDArray weight = NDArray.RandomNormal(0, deviation, shape);
        NDArray bias = NDArray.Zeros([shape[0]]);
        weight.AttachGradient();
        bias.AttachGradient();
        _parameters.Add(layer + "_weight", weight);
        _parameters.Add(layer + "_bias", bias);
    }

    private static BoundOperator Convolution(int filters, int kernel, int pad) =>
        Bind(
            "Convolution",
            ("num_filter", $"{filters}"),
            ("kernel", $"({kernel},{kernel})"),
            ("pad", $"({pad},{pad})")
        );

    private static BoundOperator Bind(string name, params (string Name, string Value)[] attributes) =>
        OperatorRegistry.Default[name].Bind(attributes.ToDictionary(pair => pair.Name, pair => pair.Value));

    private static NDArray Call(BoundOperator op, params ReadOnlySpan<NDArray> inputs) =>
        Imperative.Invoke(op, inputs)[0];
}
