using CoreEngine.Operators;

namespace CoreEngine.Optimizers;

/// <summary>Adam with Nesterov's momentum (Dozat, "Incorporating Nesterov momentum into Adam", 2016).</summary>
/// <remarks>
/// The product of momenta is each weight's own, as in the paper. MXNet multiplies one product at every update of any weight,
/// so that with more than one weight its steps depend on their number and order.
/// </remarks>
public sealed class Nadam : Optimizer
{
    /// <summary>Nadam with this learning rate.</summary>
    public Nadam(double learningRate = 0.001) => LearningRate = learningRate;

    /// <inheritdoc/>
    public override string Name => "nadam";

    /// <summary>Decay of the mean of gradients.</summary>
    public double Beta1
    {
        get;
        set => field = Hyperparameter.Fraction(value);
    } = 0.9;

    /// <summary>Decay of the mean of squared gradients.</summary>
    public double Beta2
    {
        get;
        set => field = Hyperparameter.Fraction(value);
    } = 0.999;

    /// <summary>Keeps the quotient finite.</summary>
    public double Epsilon
    {
        get;
        set => field = Hyperparameter.NotNegative(value);
    } = 1e-8;

    /// <summary>How fast the momentum rises from half of its value.</summary>
    public double ScheduleDecay
    {
        get;
        set => field = Hyperparameter.NotNegative(value);
    } = 0.004;

    private protected override string OperatorName => "nadam_update";

    private protected override UpdateParameters Parameters(double learningRate, long count)
    {
        double next = Momentum(count + 1);
        double product = Product(count);
        return new NadamParameters
        {
            LearningRate = (float)learningRate,
            Beta1 = (float)Beta1,
            Beta2 = (float)Beta2,
            Epsilon = (float)Epsilon,
            GradientFactor = (float)((1 - Momentum(count)) / (1 - product)),
            MeanFactor = (float)(next / (1 - (product * next))),
            VarianceFactor = (float)(1 / (1 - Math.Pow(Beta2, count))),
        };
    }

    private double Momentum(long count) => Beta1 * (1 - (0.5 * Math.Pow(0.96, count * ScheduleDecay)));

    /// <summary>The product of the momenta of all updates up to one.</summary>
    private double Product(long count)
    {
        double product = 1;
        // It soon is too small to matter.
        for (long i = BeginUpdateCount + 1; i <= count && product > 1e-18; i++)
        {
            product *= Momentum(i);
        }

        return product;
    }

    private protected override void Visit(OptimizerFields fields)
    {
        base.Visit(fields);
        Beta1 = fields.Number("beta1", Beta1);
        Beta2 = fields.Number("beta2", Beta2);
        Epsilon = fields.Number("epsilon", Epsilon);
        ScheduleDecay = fields.Number("schedule_decay", ScheduleDecay);
    }
}
