using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>What all update rules do to a gradient first: scale it, then limit its magnitude.</summary>
public readonly struct GradientScaling
{
    /// <summary>Multiplies every gradient.</summary>
    public float Rescale { get; init; }

    /// <summary>The largest magnitude of a scaled gradient; negative for no limit.</summary>
    public float Clip { get; init; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal V Scale<V>(V gradient)
        where V : struct, ISimd<V> => V.Constant(Rescale) * gradient;

    /// <summary>The limited gradient, where <typeparamref name="TLimit"/> says that there is a limit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal V Limit<V, TLimit>(V gradient)
        where V : struct, ISimd<V>
        where TLimit : struct, IGradientLimit => TLimit.IsPresent ? Clamp(gradient, Clip) : gradient;

    /// <summary>
    /// Numbers of a magnitude of at most <paramref name="limit"/>; a negative one limits nothing. NaN stays: a gradient
    /// that went wrong must not pass for a step.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Clamp<V>(V value, float limit)
        where V : struct, ISimd<V> => limit < 0 ? value : V.Max(V.Constant(-limit), V.Min(V.Constant(limit), value));
}

/// <summary>Stochastic gradient descent: <c>w = (1 - lr wd) w - lr clip(g)</c>.</summary>
public readonly struct SgdRule : IUpdateRule
{
    /// <inheritdoc/>
    public static int StateCount => 0;

    /// <summary>The learning rate.</summary>
    public float LearningRate { get; init; }

    /// <summary>The weight decay.</summary>
    public float WeightDecay { get; init; }

    /// <summary>What is done to the gradient first.</summary>
    public GradientScaling Gradient { get; init; }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Invoke<V, TLimit>(ref V weight, ref V gradient, ref V state0, ref V state1, ref V state2)
        where V : struct, ISimd<V>
        where TLimit : struct, IGradientLimit
    {
        V decayed = (V.One - V.Constant(LearningRate) * V.Constant(WeightDecay)) * weight;
        V rate = V.Constant(-LearningRate);
        weight = TLimit.IsPresent
            ? V.MultiplyAdd(rate, Gradient.Limit<V, TLimit>(Gradient.Scale(gradient)), decayed)
            : V.MultiplyAdd(rate * V.Constant(Gradient.Rescale), gradient, decayed);
    }
}

/// <summary>Gradient descent with momentum: <c>m = momentum m - lr wd w - lr clip(g); w += m</c>.</summary>
public readonly struct MomentumRule : IUpdateRule
{
    /// <inheritdoc/>
    public static int StateCount => 1;

    /// <summary>The learning rate.</summary>
    public float LearningRate { get; init; }

    /// <summary>The share of the last step that is kept.</summary>
    public float Momentum { get; init; }

    /// <summary>The weight decay.</summary>
    public float WeightDecay { get; init; }

    /// <summary>What is done to the gradient first.</summary>
    public GradientScaling Gradient { get; init; }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Invoke<V, TLimit>(ref V weight, ref V gradient, ref V state0, ref V state1, ref V state2)
        where V : struct, ISimd<V>
        where TLimit : struct, IGradientLimit
    {
        V step = V.Constant(LearningRate) * Gradient.Limit<V, TLimit>(Gradient.Scale(gradient));
        state0 = V.Constant(Momentum) * state0 - V.Constant(LearningRate) * V.Constant(WeightDecay) * weight - step;
        weight += state0;
    }
}

/// <summary>
/// Adam (Kingma and Ba, 2014) without the bias correction, which the caller puts into the learning rate:
/// <c>g = clip(g + wd w); m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g²; w -= lr m / (sqrt(v) + eps)</c>.
/// </summary>
public readonly struct AdamRule : IUpdateRule
{
    /// <inheritdoc/>
    public static int StateCount => 2;

    /// <inheritdoc/>
    public static bool ChangesGradient => true;

    /// <summary>The learning rate.</summary>
    public float LearningRate { get; init; }

    /// <summary>Decay of the mean of gradients.</summary>
    public float Beta1 { get; init; }

    /// <summary>Decay of the mean of squared gradients.</summary>
    public float Beta2 { get; init; }

    /// <summary>Keeps the quotient finite.</summary>
    public float Epsilon { get; init; }

    /// <summary>The weight decay.</summary>
    public float WeightDecay { get; init; }

    /// <summary>What is done to the gradient first.</summary>
    public GradientScaling Gradient { get; init; }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Invoke<V, TLimit>(ref V weight, ref V gradient, ref V state0, ref V state1, ref V state2)
        where V : struct, ISimd<V>
        where TLimit : struct, IGradientLimit
    {
        gradient = Gradient.Scale(gradient) + V.Constant(WeightDecay) * weight;
        V g = Gradient.Limit<V, TLimit>(gradient);
        state0 = V.Constant(Beta1) * state0 + V.Constant(1 - Beta1) * g;
        state1 = V.Constant(Beta2) * state1 + V.Constant(1 - Beta2) * g * g;
        weight -= V.Constant(LearningRate) * state0 / (V.Sqrt(state1) + V.Constant(Epsilon));
    }
}

/// <summary>
/// RMSProp (Tieleman and Hinton, 2012): <c>g = clip(g + wd w); n = γ n + (1 - γ) g²; w -= lr g / sqrt(n + eps)</c>, then
/// the weight's magnitude is limited.
/// </summary>
public readonly struct RmsPropRule : IUpdateRule
{
    /// <inheritdoc/>
    public static int StateCount => 1;

    /// <inheritdoc/>
    public static bool ChangesGradient => true;

    /// <summary>The learning rate.</summary>
    public float LearningRate { get; init; }

    /// <summary>Decay of the mean of squared gradients.</summary>
    public float Gamma1 { get; init; }

    /// <summary>Keeps the quotient finite.</summary>
    public float Epsilon { get; init; }

    /// <summary>The weight decay.</summary>
    public float WeightDecay { get; init; }

    /// <summary>The largest magnitude of a weight; negative for no limit.</summary>
    public float ClipWeights { get; init; }

    /// <summary>What is done to the gradient first.</summary>
    public GradientScaling Gradient { get; init; }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Invoke<V, TLimit>(ref V weight, ref V gradient, ref V state0, ref V state1, ref V state2)
        where V : struct, ISimd<V>
        where TLimit : struct, IGradientLimit
    {
        gradient = Gradient.Scale(gradient) + V.Constant(WeightDecay) * weight;
        V g = Gradient.Limit<V, TLimit>(gradient);
        state0 = V.Constant(1 - Gamma1) * g * g + V.Constant(Gamma1) * state0;
        weight -= V.Constant(LearningRate) * g / V.Sqrt(state0 + V.Constant(Epsilon));
        weight = GradientScaling.Clamp(weight, ClipWeights);
    }
}

/// <summary>
/// RMSProp with centred moments and momentum (Graves, 2013): states are the means of g² and g, and the last step.
/// </summary>
public readonly struct CentredRmsPropRule : IUpdateRule
{
    /// <inheritdoc/>
    public static int StateCount => 3;

    /// <inheritdoc/>
    public static bool ChangesGradient => true;

    /// <summary>The learning rate.</summary>
    public float LearningRate { get; init; }

    /// <summary>Decay of the moments.</summary>
    public float Gamma1 { get; init; }

    /// <summary>The share of the last step that is kept.</summary>
    public float Gamma2 { get; init; }

    /// <summary>Keeps the quotient finite.</summary>
    public float Epsilon { get; init; }

    /// <summary>The weight decay.</summary>
    public float WeightDecay { get; init; }

    /// <summary>The largest magnitude of a weight; negative for no limit.</summary>
    public float ClipWeights { get; init; }

    /// <summary>What is done to the gradient first.</summary>
    public GradientScaling Gradient { get; init; }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Invoke<V, TLimit>(ref V weight, ref V gradient, ref V state0, ref V state1, ref V state2)
        where V : struct, ISimd<V>
        where TLimit : struct, IGradientLimit
    {
        gradient = Gradient.Scale(gradient) + V.Constant(WeightDecay) * weight;
        V g = Gradient.Limit<V, TLimit>(gradient);
        state0 = V.Constant(1 - Gamma1) * g * g + V.Constant(Gamma1) * state0;
        state1 = V.Constant(1 - Gamma1) * g + V.Constant(Gamma1) * state1;
        V deviation = V.Sqrt(state0 - state1 * state1 + V.Constant(Epsilon));
        state2 = V.Constant(Gamma2) * state2 - V.Constant(LearningRate) * g / deviation;
        weight = GradientScaling.Clamp(weight + state2, ClipWeights);
    }
}

/// <summary>FTRL-proximal (McMahan et al., 2013): states are z and n.</summary>
public readonly struct FtrlRule : IUpdateRule
{
    /// <inheritdoc/>
    public static int StateCount => 2;

    /// <inheritdoc/>
    public static bool ChangesGradient => true;

    /// <summary>The learning rate.</summary>
    public float LearningRate { get; init; }

    /// <summary>The L1 regularisation.</summary>
    public float Lambda1 { get; init; }

    /// <summary>Smooths the per-weight learning rate.</summary>
    public float Beta { get; init; }

    /// <summary>The weight decay (L2 regularisation).</summary>
    public float WeightDecay { get; init; }

    /// <summary>What is done to the gradient first.</summary>
    public GradientScaling Gradient { get; init; }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Invoke<V, TLimit>(ref V weight, ref V gradient, ref V state0, ref V state1, ref V state2)
        where V : struct, ISimd<V>
        where TLimit : struct, IGradientLimit
    {
        gradient = Gradient.Scale(gradient);
        V g = Gradient.Limit<V, TLimit>(gradient);
        V n = state1 + g * g;
        state0 += g - (V.Sqrt(n) - V.Sqrt(state1)) * weight / V.Constant(LearningRate);
        state1 = n;
        V lambda = V.Constant(Lambda1);
        V divisor = (V.Constant(Beta) + V.Sqrt(n)) / V.Constant(LearningRate) + V.Constant(WeightDecay);
        V next = (V.CopySign(lambda, state0) - state0) / divisor;
        weight = V.Select(V.Greater(V.Abs(state0), lambda), next, V.Zero);
    }
}
