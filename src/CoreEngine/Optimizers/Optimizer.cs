using CoreEngine.Operators;

namespace CoreEngine.Optimizers;

/// <summary>
/// Changes weights by their gradients. One optimizer serves all weights of a model; it keeps a state per weight, under
/// the key that the caller gives.
/// </summary>
public abstract class Optimizer : IDisposable
{
    private readonly Dictionary<int, Slot> _slots = [];

    private protected Optimizer() { }

    /// <summary>The learning rate, before any schedule and multiplier.</summary>
    public double LearningRate { get; set; }

    /// <summary>Pulls every weight towards zero.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Multiplies every gradient first: one over the batch size, when the loss is a sum over the batch.</summary>
    public double RescaleGradient { get; set; } = 1;

    /// <summary>Limits the magnitude of every rescaled gradient; null for no limit.</summary>
    public double? ClipGradient { get; init; }

    /// <summary>The learning rate as a function of the number of updates so far; null for a constant one.</summary>
    public Func<long, double>? Schedule { get; init; }

    /// <summary>Number of updates that the most often updated weight has had.</summary>
    public long UpdateCount { get; private set; }

    /// <summary>Changes one weight in place, asynchronously.</summary>
    /// <param name="key">Which weight; its states are kept under this number.</param>
    /// <param name="weight">The weight, changed.</param>
    /// <param name="gradient">Its gradient, of the same shape; may be row-sparse, then only its rows are touched.</param>
    public void Update(int key, NDArray weight, NDArray gradient)
    {
        if (!_slots.TryGetValue(key, out Slot? slot))
        {
            using (ArrayScope.Suspend())
            {
                _slots[key] = slot = new Slot(CreateStates(weight));
            }
        }

        slot.Count++;
        UpdateCount = Math.Max(UpdateCount, slot.Count);
        double rate = Schedule?.Invoke(UpdateCount) ?? LearningRate;
        UpdateParameters parameters = Parameters(rate, slot.Count);
        parameters.WeightDecay = (float)WeightDecay;
        parameters.RescaleGradient = (float)RescaleGradient;
        parameters.ClipGradient = (float)(ClipGradient ?? -1);
        BoundOperator op = OperatorRegistry.Default[OperatorName(weight)].Bind(parameters);
        using (Autograd.Pause())
        {
            Imperative.Invoke(op, [weight, gradient, .. slot.States], [weight]);
        }
    }

    /// <summary>Lets go of all states.</summary>
    public void Dispose()
    {
        foreach (NDArray state in _slots.Values.SelectMany(slot => slot.States))
        {
            state.Dispose();
        }

        _slots.Clear();
        GC.SuppressFinalize(this);
    }

    /// <summary>The update operator for a weight.</summary>
    private protected abstract string OperatorName(NDArray weight);

    /// <summary>The operator's own parameters for a weight's next step, the learning rate among them.</summary>
    private protected abstract UpdateParameters Parameters(double learningRate, long count);

    /// <summary>The states of a new weight, in the operator's order.</summary>
    private protected abstract NDArray[] CreateStates(NDArray weight);

    private protected static NDArray ZerosLike(NDArray weight) =>
        NDArray.Zeros(weight.Shape, weight.DType, weight.Device);

    private sealed class Slot(NDArray[] states)
    {
        internal NDArray[] States { get; } = states;

        internal long Count { get; set; }
    }
}
