using CoreEngine.Operators;

namespace CoreEngine.Perf;

/// <summary>Two layers of LSTM cells, 32 steps of 32 sequences with 256 inputs and 256 hidden values each.</summary>
internal sealed class LstmModel : TrainingModel
{
    private const int Steps = 32;
    private const int Sequences = 32;
    private const int Hidden = 256;

    private readonly BoundOperator _gates = Bind("FullyConnected", ("num_hidden", $"{4 * Hidden}"));
    private readonly BoundOperator _split = Bind("SliceChannel", ("num_outputs", "4"), ("axis", "1"));
    private readonly BoundOperator _join = Bind("Concat", ("num_args", $"{Steps}"), ("dim", "0"));
    private readonly List<NDArray[]> _layers = [];
    private NDArray? _start;
    private NDArray? _x;

    public override string Name => "LSTM 2x256 b32";

    public override int Batch => Sequences;

    protected override string Setup =>
        """
            net = nn.LSTM(256, 256, 2)
            params = list(net.parameters())
            x = torch.rand(32, 32, 256)
            def loss_of():
                out, _ = net(x)
                return (out * out).mean()
            """;

    protected override void Build()
    {
        for (int layer = 0; layer < 2; layer++)
        {
            _layers.Add([
                Parameter([4 * Hidden, Hidden]),
                Parameter([4 * Hidden, Hidden]),
                Parameter([4 * Hidden]),
                Parameter([4 * Hidden]),
            ]);
        }

        _start = NDArray.Zeros([Sequences, Hidden]);
        _x = Take("x", [Steps * Sequences, Hidden]);
    }

    protected override NDArray Loss()
    {
        NDArray y = Layer(_layers[1], Layer(_layers[0], _x!));
        return y.Square().Mean();
    }

    private NDArray Layer(NDArray[] weights, NDArray x)
    {
        // The inputs' share of all steps is one product; the gates are those of Hochreiter and Schmidhuber (1997), with
        // the forget gate of Gers et al. (2000), in PyTorch's order.
        NDArray fromInputs = Imperative.Call(_gates, x, weights[0], weights[2]);
        NDArray h = _start!;
        NDArray c = _start!;
        var outputs = new NDArray[Steps];
        for (int t = 0; t < Steps; t++)
        {
            NDArray all = fromInputs[(t * Sequences)..((t + 1) * Sequences)];
            NDArray[] gates = Imperative.Invoke(_split, [all + Imperative.Call(_gates, h, weights[1], weights[3])]);
            c = (gates[1].Sigmoid() * c) + (gates[0].Sigmoid() * gates[2].Tanh());
            h = gates[3].Sigmoid() * c.Tanh();
            outputs[t] = h;
        }

        return Imperative.Call(_join, outputs);
    }
}
