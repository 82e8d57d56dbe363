using CoreEngine.Operators;

namespace CoreEngine.Optimizers;

/// <summary>Adds the rescaled gradient to the weight: what MXNet's tests of key-value stores count with.</summary>
public sealed class TestOptimizer : Optimizer
{
    /// <inheritdoc/>
    public override string Name => "test";

    private protected override string OperatorName => "sgd_update";

    private protected override UpdateParameters Parameters(double learningRate, long count) =>
        new SgdParameters { LearningRate = -1 };
}
