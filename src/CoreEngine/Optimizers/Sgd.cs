using CoreEngine.Operators;

namespace CoreEngine.Optimizers;

/// <summary>
/// Stochastic gradient descent, with momentum if wanted. float16 weights are updated through a float32 master copy.
/// </summary>
public sealed class Sgd : Optimizer
{
    /// <summary>Gradient descent with this learning rate.</summary>
    public Sgd(double learningRate = 0.01) => LearningRate = learningRate;

    /// <summary>The share of the last step that is kept; 0 for none.</summary>
    public double Momentum { get; init; }

    private protected override string OperatorName(NDArray weight) =>
        (weight.DType == DType.Float16 ? "mp_" : "") + (Momentum == 0 ? "sgd_update" : "sgd_mom_update");

    private protected override UpdateParameters Parameters(double learningRate, long count) =>
        Momentum == 0
            ? new SgdParameters { LearningRate = (float)learningRate }
            : new MomentumParameters { LearningRate = (float)learningRate, Momentum = (float)Momentum };

    private protected override NDArray[] CreateStates(NDArray weight)
    {
        var states = new List<NDArray>();
        bool isHalf = weight.DType == DType.Float16;
        if (Momentum != 0)
            states.Add(NDArray.Zeros(weight.Shape, isHalf ? DType.Float32 : weight.DType, weight.Device));
        if (isHalf)
            states.Add(weight.AsType(DType.Float32));
        return [.. states];
    }
}
