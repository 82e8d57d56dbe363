using CoreEngine.Operators;

namespace CoreEngine.Perf;

/// <summary>Two layers of LSTM cells, 32 steps of 32 sequences with 256 inputs and 256 hidden values each.</summary>
internal sealed class LstmModel(bool asGraph) : TrainingModel(asGraph)
{
    private const int Steps = 32;
    private const int Sequences = 32;
    private const int Hidden = 256;
    private const int Layers = 2;

    private readonly BoundOperator _rnn = Bind(
        "RNN",
        ("mode", "lstm"),
        ("state_size", $"{Hidden}"),
        ("num_layers", $"{Layers}")
    );
    private readonly BoundOperator _square = Bind("square");
    private readonly BoundOperator _mean = Bind("mean");
    private NDArray? _weights;
    private NDArray? _start;
    private NDArray? _x;

    protected override string Title => "LSTM 2x256 b32";

    protected override string Setup =>
        """
            net = nn.LSTM(256, 256, 2)
            params = list(net.parameters())
            w0, u0, b0, c0, w1, u1, b1, c1 = params
            x = torch.rand(32, 32, 256)
            def packed():
                return torch.cat([part.flatten() for part in (w0, u0, w1, u1, b0, c0, b1, c1)])
            def loss_of():
                out, _ = net(x)
                return (out * out).mean()
            """;

    protected override void Build()
    {
        // Weights of all layers, inputs' before states', then their biases; PyTorch's gates come in the same order.
        const int Size = Layers * 4 * Hidden * (Hidden + Hidden + 2);
        _weights = Parameter([Size], "packed()");
        _start = NDArray.Zeros([Layers, Sequences, Hidden]);
        _x = Take("x", [Steps, Sequences, Hidden]);
    }

    protected override T Loss<T>(ILayers<T> layers)
    {
        T start = layers.Of(_start!);
        T y = layers.Call(_rnn, layers.Of(_x!), layers.Of(_weights!), start, start);
        return layers.Call(_mean, layers.Call(_square, y));
    }
}
