using CoreEngine.Operators;

namespace CoreEngine.Optimizers;

/// <summary>FTRL-proximal (McMahan et al., "Ad click prediction: a view from the trenches", 2013).</summary>
public sealed class Ftrl : Optimizer
{
    /// <summary>FTRL with this learning rate.</summary>
    public Ftrl(double learningRate = 0.1) => LearningRate = learningRate;

    /// <summary>The L1 regularisation.</summary>
    public double Lambda1 { get; init; } = 0.01;

    /// <summary>Smooths the per-weight learning rate.</summary>
    public double Beta { get; init; } = 1;

    private protected override string OperatorName(NDArray weight) => "ftrl_update";

    private protected override UpdateParameters Parameters(double learningRate, long count) =>
        new FtrlParameters
        {
            LearningRate = (float)learningRate,
            Lambda1 = (float)Lambda1,
            Beta = (float)Beta,
        };

    private protected override NDArray[] CreateStates(NDArray weight) => [ZerosLike(weight), ZerosLike(weight)];
}
