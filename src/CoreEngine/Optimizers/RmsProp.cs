using CoreEngine.Operators;

namespace CoreEngine.Optimizers;

/// <summary>
/// RMSProp (Tieleman and Hinton, 2012); centred, the variant of Graves ("Generating sequences with recurrent neural
/// networks", 2013).
/// </summary>
public sealed class RmsProp : Optimizer
{
    /// <summary>RMSProp with this learning rate.</summary>
    public RmsProp(double learningRate = 0.001) => LearningRate = learningRate;

    /// <summary>Decay of the means of gradients and squared gradients.</summary>
    public double Gamma1 { get; init; } = 0.9;

    /// <summary>Centred only: the share of the last step that is kept.</summary>
    public double Gamma2 { get; init; } = 0.9;

    /// <summary>Keeps the quotient finite.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Use the variance of gradients instead of their mean square.</summary>
    public bool Centred { get; init; }

    /// <summary>Limits the magnitude of every weight; null for no limit.</summary>
    public double? ClipWeights { get; init; }

    private protected override string OperatorName(NDArray weight) => Centred ? "rmspropalex_update" : "rmsprop_update";

    private protected override UpdateParameters Parameters(double learningRate, long count)
    {
        float clip = (float)(ClipWeights ?? -1);
        return Centred
            ? new CentredRmsPropParameters
            {
                LearningRate = (float)learningRate,
                Gamma1 = (float)Gamma1,
                Gamma2 = (float)Gamma2,
                Epsilon = (float)Epsilon,
                ClipWeights = clip,
            }
            : new RmsPropParameters
            {
                LearningRate = (float)learningRate,
                Gamma1 = (float)Gamma1,
                Epsilon = (float)Epsilon,
                ClipWeights = clip,
            };
    }

    private protected override NDArray[] CreateStates(NDArray weight) =>
        Centred ? [ZerosLike(weight), ZerosLike(weight), ZerosLike(weight)] : [ZerosLike(weight)];
}
