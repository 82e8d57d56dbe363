using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>What all update operators share. Parameters with equal values are equal.</summary>
public abstract record UpdateParameters : IParameters
{
    /// <summary>The learning rate.</summary>
    public float LearningRate;

    /// <summary>The weight decay.</summary>
    public float WeightDecay;

    /// <summary>Multiplies the gradient first.</summary>
    public float RescaleGradient = 1;

    /// <summary>Limits the magnitude of the rescaled gradient; negative for no limit.</summary>
    public float ClipGradient = -1;

    private protected GradientScaling Scaling => new() { Rescale = RescaleGradient, Clip = ClipGradient };

    private protected virtual bool HasLearningRate => true;

    /// <summary>Reads what only this rule has.</summary>
    protected virtual void ReadRule(AttributeReader reader) { }

    /// <summary>Reads what follows the shared parameters.</summary>
    protected virtual void ReadLast(AttributeReader reader) { }

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        if (HasLearningRate)
            reader.Required("lr", ref LearningRate);
        ReadRule(reader);
        reader.Optional("wd", ref WeightDecay);
        reader.Optional("rescale_grad", ref RescaleGradient);
        reader.Optional("clip_gradient", ref ClipGradient);
        ReadLast(reader);
    }
}

/// <summary>Parameters that say how one rule updates.</summary>
public abstract record UpdateParameters<TRule> : UpdateParameters
    where TRule : struct, IUpdateRule
{
    internal abstract TRule Rule { get; }
}

/// <summary>Parameters of <c>sgd_update</c> and <c>mp_sgd_update</c>.</summary>
public sealed record SgdParameters : UpdateParameters<SgdRule>
{
    internal override SgdRule Rule =>
        new()
        {
            LearningRate = LearningRate,
            WeightDecay = WeightDecay,
            Gradient = Scaling,
        };
}

/// <summary>Parameters of <c>sgd_mom_update</c> and <c>mp_sgd_mom_update</c>.</summary>
public sealed record MomentumParameters : UpdateParameters<MomentumRule>
{
    /// <summary>The share of the last step that is kept.</summary>
    public float Momentum;

    internal override MomentumRule Rule =>
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

/// <summary>Parameters of <c>adam_update</c>.</summary>
public sealed record AdamParameters : UpdateParameters<AdamRule>
{
    /// <summary>Decay of the mean of gradients.</summary>
    public float Beta1 = 0.9f;

    /// <summary>Decay of the mean of squared gradients.</summary>
    public float Beta2 = 0.999f;

    /// <summary>Keeps the quotient finite.</summary>
    public float Epsilon = 1e-8f;

    internal override AdamRule Rule =>
        new()
        {
            LearningRate = LearningRate,
            Beta1 = Beta1,
            Beta2 = Beta2,
            Epsilon = Epsilon,
            WeightDecay = WeightDecay,
            Gradient = Scaling,
        };

    /// <inheritdoc/>
    protected override void ReadRule(AttributeReader reader)
    {
        reader.Optional("beta1", ref Beta1);
        reader.Optional("beta2", ref Beta2);
        reader.Optional("epsilon", ref Epsilon);
    }
}

/// <summary>Parameters of <c>rmsprop_update</c>.</summary>
public sealed record RmsPropParameters : UpdateParameters<RmsPropRule>
{
    /// <summary>Decay of the mean of squared gradients.</summary>
    public float Gamma1 = 0.95f;

    /// <summary>Keeps the quotient finite.</summary>
    public float Epsilon = 1e-8f;

    /// <summary>The largest magnitude of a weight; negative for no limit.</summary>
    public float ClipWeights = -1;

    internal override RmsPropRule Rule =>
        new()
        {
            LearningRate = LearningRate,
            Gamma1 = Gamma1,
            Epsilon = Epsilon,
            ClipWeights = ClipWeights,
            WeightDecay = WeightDecay,
            Gradient = Scaling,
        };

    /// <inheritdoc/>
    protected override void ReadRule(AttributeReader reader)
    {
        reader.Optional("gamma1", ref Gamma1);
        reader.Optional("epsilon", ref Epsilon);
    }

    /// <inheritdoc/>
    protected override void ReadLast(AttributeReader reader) => reader.Optional("clip_weights", ref ClipWeights);
}

/// <summary>Parameters of <c>rmspropalex_update</c>.</summary>
public sealed record CentredRmsPropParameters : UpdateParameters<CentredRmsPropRule>
{
    /// <summary>Decay of the moments.</summary>
    public float Gamma1 = 0.95f;

    /// <summary>The share of the last step that is kept.</summary>
    public float Gamma2 = 0.9f;

    /// <summary>Keeps the quotient finite.</summary>
    public float Epsilon = 1e-8f;

    /// <summary>The largest magnitude of a weight; negative for no limit.</summary>
    public float ClipWeights = -1;

    internal override CentredRmsPropRule Rule =>
        new()
        {
            LearningRate = LearningRate,
            Gamma1 = Gamma1,
            Gamma2 = Gamma2,
            Epsilon = Epsilon,
            ClipWeights = ClipWeights,
            WeightDecay = WeightDecay,
            Gradient = Scaling,
        };

    /// <inheritdoc/>
    protected override void ReadRule(AttributeReader reader)
    {
        reader.Optional("gamma1", ref Gamma1);
        reader.Optional("gamma2", ref Gamma2);
        reader.Optional("epsilon", ref Epsilon);
    }

    /// <inheritdoc/>
    protected override void ReadLast(AttributeReader reader) => reader.Optional("clip_weights", ref ClipWeights);
}

/// <summary>Parameters of <c>ftrl_update</c>.</summary>
public sealed record FtrlParameters : UpdateParameters<FtrlRule>
{
    /// <summary>The L1 regularisation.</summary>
    public float Lambda1 = 0.01f;

    /// <summary>Smooths the per-weight learning rate.</summary>
    public float Beta = 1;

    internal override FtrlRule Rule =>
        new()
        {
            LearningRate = LearningRate,
            Lambda1 = Lambda1,
            Beta = Beta,
            WeightDecay = WeightDecay,
            Gradient = Scaling,
        };

    /// <inheritdoc/>
    protected override void ReadRule(AttributeReader reader)
    {
        // The attribute is spelled so.
        reader.Optional("lamda1", ref Lambda1);
        reader.Optional("beta", ref Beta);
    }
}
