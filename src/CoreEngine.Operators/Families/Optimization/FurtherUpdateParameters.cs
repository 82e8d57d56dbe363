using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Parameters of <c>nag_mom_update</c>.</summary>
public sealed record NesterovParameters : UpdateParameters<NesterovRule>
{
    /// <summary>The share of the last step that is kept.</summary>
    public float Momentum;

    internal override NesterovRule Rule =>
        new()
        {
            LearningRate = LearningRate,
            Momentum = Momentum,
            WeightDecay = WeightDecay,
            Gradient = Scaling,
        };

    /// <inheritdoc/>
    protected override void ReadRule(AttributeReader reader) => reader.Optional("momentum", ref Momentum);
}

/// <summary>Parameters of <c>dcasgd_update</c>.</summary>
public sealed record DelayCompensatedParameters : UpdateParameters<DelayCompensatedRule>
{
    /// <summary>The share of the last step that is kept.</summary>
    public float Momentum;

    /// <summary>The share of the curvature that corrects the gradient.</summary>
    public float Lambda = 0.04f;

    internal override DelayCompensatedRule Rule =>
        new()
        {
            LearningRate = LearningRate,
            Momentum = Momentum,
            Lambda = Lambda,
            WeightDecay = WeightDecay,
            Gradient = Scaling,
        };

    /// <inheritdoc/>
    protected override void ReadRule(AttributeReader reader)
    {
        // The attribute is spelled so.
        reader.Optional("momentum", ref Momentum);
        reader.Optional("lamda", ref Lambda);
    }
}

/// <summary>Parameters of <c>sgld_update</c>.</summary>
public sealed record LangevinParameters : UpdateParameters<LangevinRule>
{
    internal override LangevinRule Rule =>
        new()
        {
            LearningRate = LearningRate,
            WeightDecay = WeightDecay,
            Gradient = Scaling,
        };
}

/// <summary>Parameters of <c>adagrad_update</c>.</summary>
public sealed record AdaGradParameters : UpdateParameters<AdaGradRule>
{
    /// <summary>Keeps the quotient finite.</summary>
    public float Epsilon = 1e-7f;

    internal override AdaGradRule Rule =>
        new()
        {
            LearningRate = LearningRate,
            Epsilon = Epsilon,
            WeightDecay = WeightDecay,
            Gradient = Scaling,
        };

    /// <inheritdoc/>
    protected override void ReadRule(AttributeReader reader) => reader.Optional("epsilon", ref Epsilon);
}

/// <summary>Parameters of <c>adadelta_update</c>.</summary>
public sealed record AdaDeltaParameters : UpdateParameters<AdaDeltaRule>
{
    /// <summary>Decay of the means of squared gradients and steps.</summary>
    public float Rho = 0.9f;

    /// <summary>Keeps the quotient finite.</summary>
    public float Epsilon = 1e-5f;

    private protected override bool HasLearningRate => false;

    internal override AdaDeltaRule Rule =>
        new()
        {
            Rho = Rho,
            Epsilon = Epsilon,
            WeightDecay = WeightDecay,
            Gradient = Scaling,
        };

    /// <inheritdoc/>
    protected override void ReadRule(AttributeReader reader)
    {
        reader.Optional("rho", ref Rho);
        reader.Optional("epsilon", ref Epsilon);
    }
}

/// <summary>Parameters of <c>adamax_update</c>.</summary>
public sealed record AdaMaxParameters : UpdateParameters<AdaMaxRule>
{
    /// <summary>Decay of the mean of gradients.</summary>
    public float Beta1 = 0.9f;

    /// <summary>Decay of the largest magnitude of gradients.</summary>
    public float Beta2 = 0.999f;

    internal override AdaMaxRule Rule =>
        new()
        {
            LearningRate = LearningRate,
            Beta1 = Beta1,
            Beta2 = Beta2,
            WeightDecay = WeightDecay,
            Gradient = Scaling,
        };

    /// <inheritdoc/>
    protected override void ReadRule(AttributeReader reader)
    {
        reader.Optional("beta1", ref Beta1);
        reader.Optional("beta2", ref Beta2);
    }
}

/// <summary>Parameters of <c>nadam_update</c>; see <see cref="NadamRule"/> for the factors.</summary>
public sealed record NadamParameters : UpdateParameters<NadamRule>
{
    /// <summary>Decay of the mean of gradients.</summary>
    public float Beta1 = 0.9f;

    /// <summary>Decay of the mean of squared gradients.</summary>
    public float Beta2 = 0.999f;

    /// <summary>Keeps the quotient finite.</summary>
    public float Epsilon = 1e-8f;

    /// <summary>Multiplies the gradient in the step.</summary>
    public float GradientFactor = 1;

    /// <summary>Multiplies the mean of gradients in the step.</summary>
    public float MeanFactor = 1;

    /// <summary>Corrects the bias of the mean of squared gradients.</summary>
    public float VarianceFactor = 1;

    internal override NadamRule Rule =>
        new()
        {
            LearningRate = LearningRate,
            Beta1 = Beta1,
            Beta2 = Beta2,
            Epsilon = Epsilon,
            GradientFactor = GradientFactor,
            MeanFactor = MeanFactor,
            VarianceFactor = VarianceFactor,
            WeightDecay = WeightDecay,
            Gradient = Scaling,
        };

    /// <inheritdoc/>
    protected override void ReadRule(AttributeReader reader)
    {
        reader.Optional("beta1", ref Beta1);
        reader.Optional("beta2", ref Beta2);
        reader.Optional("epsilon", ref Epsilon);
        reader.Optional("grad_factor", ref GradientFactor);
        reader.Optional("mean_factor", ref MeanFactor);
        reader.Optional("var_factor", ref VarianceFactor);
    }
}

/// <summary>Parameters of <c>ftml_update</c>.</summary>
public sealed record MovingLeaderParameters : UpdateParameters<MovingLeaderRule>
{
    /// <summary>Decay of the mean of gradients.</summary>
    public float Beta1 = 0.6f;

    /// <summary>Decay of the mean of squared gradients.</summary>
    public float Beta2 = 0.999f;

    /// <summary>Keeps the quotient finite.</summary>
    public float Epsilon = 1e-8f;

    /// <summary>The number of this update, from 1.</summary>
    public int UpdateNumber;

    internal override MovingLeaderRule Rule =>
        new()
        {
            Beta1 = Beta1,
            Beta2 = Beta2,
            Epsilon = Epsilon,
            InverseRate = (float)((1 - Math.Pow(Beta1, UpdateNumber)) / LearningRate),
            VarianceFactor = (float)(1 / (1 - Math.Pow(Beta2, UpdateNumber))),
            WeightDecay = WeightDecay,
            Gradient = Scaling,
        };

    /// <inheritdoc/>
    protected override void ReadRule(AttributeReader reader)
    {
        reader.Optional("beta1", ref Beta1);
        reader.Optional("beta2", ref Beta2);
        reader.Optional("epsilon", ref Epsilon);
        reader.Required("t", ref UpdateNumber);
    }
}
