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

    /// <inheritdoc/>
    public override string Name => "rmsprop";

    /// <summary>Decay of the means of gradients and squared gradients.</summary>
    public double Gamma1
    {
        get;
        set => field = Hyperparameter.Fraction(value);
    } = 0.9;

    /// <summary>Centred only: the share of the last step that is kept.</summary>
    public double Gamma2
    {
        get;
        set => field = Hyperparameter.Fraction(value);
    } = 0.9;

    /// <summary>Keeps the quotient finite.</summary>
    public double Epsilon
    {
        get;
        set => field = Hyperparameter.NotNegative(value);
    } = 1e-8;

    /// <summary>Use the variance of gradients instead of their mean square.</summary>
    public bool Centred { get; set; }

    /// <summary>Limits the magnitude of every weight; null for no limit.</summary>
    public double? ClipWeights
    {
        get;
        set => field = Hyperparameter.PositiveOrNone(value);
    }

    private protected override string OperatorName => Centred ? "rmspropalex_update" : "rmsprop_update";

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

    private protected override void Visit(OptimizerFields fields)
    {
        base.Visit(fields);
        Gamma1 = fields.Number("gamma1", Gamma1);
        Gamma2 = fields.Number("gamma2", Gamma2);
        Epsilon = fields.Number("epsilon", Epsilon);
        Centred = fields.Flag("centered", Centred);
        ClipWeights = fields.OptionalNumber("clip_weights", ClipWeights);
    }
}
