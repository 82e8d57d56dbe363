using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>
/// AdaGrad (Duchi et al., 2011): <c>g = clip(g); h += g²; w -= lr (g / sqrt(h + eps) + wd w)</c>.
/// </summary>
public readonly struct AdaGradRule : IUpdateRule
{
    /// <inheritdoc/>
    public static int StateCount => 1;

    /// <summary>The learning rate.</summary>
    public float LearningRate { get; init; }

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
        V g = Gradient.Limit<V, TLimit>(Gradient.Scale(gradient));
        state0 += g * g;
        V step = g / V.Sqrt(state0 + V.Constant(Epsilon)) + V.Constant(WeightDecay) * weight;
        weight -= V.Constant(LearningRate) * step;
    }
}

/// <summary>
/// AdaDelta (Zeiler, 2012), which needs no learning rate: <c>g = clip(g); a = ρ a + (1 - ρ) g²;
/// d = sqrt(b + eps) / sqrt(a + eps) g; b = ρ b + (1 - ρ) d²; w -= d + wd w</c>. States are a and b.
/// </summary>
public readonly struct AdaDeltaRule : IUpdateRule
{
    /// <inheritdoc/>
    public static int StateCount => 2;

    /// <summary>Decay of the means of squared gradients and steps.</summary>
    public float Rho { get; init; }

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
        V g = Gradient.Limit<V, TLimit>(Gradient.Scale(gradient));
        V fresh = V.Constant(1 - Rho);
        state0 = V.Constant(Rho) * state0 + fresh * g * g;
        V step = V.Sqrt(state1 + V.Constant(Epsilon)) / V.Sqrt(state0 + V.Constant(Epsilon)) * g;
        state1 = V.Constant(Rho) * state1 + fresh * step * step;
        weight -= step + V.Constant(WeightDecay) * weight;
    }
}

/// <summary>
/// AdaMax (Kingma and Ba, 2014, section 7) without the bias correction, which the caller puts into the learning rate:
/// <c>g = clip(g + wd w); m = b1 m + (1 - b1) g; u = max(b2 u, |g|); w -= lr m / u</c>. A weight whose gradients were
/// all zero stays: its quotient would be 0 / 0.
/// </summary>
public readonly struct AdaMaxRule : IUpdateRule
{
    /// <inheritdoc/>
    public static int StateCount => 2;

    /// <summary>The learning rate.</summary>
    public float LearningRate { get; init; }

    /// <summary>Decay of the mean of gradients.</summary>
    public float Beta1 { get; init; }

    /// <summary>Decay of the largest magnitude of gradients.</summary>
    public float Beta2 { get; init; }

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
        V g = Gradient.Limit<V, TLimit>(Gradient.Scale(gradient) + V.Constant(WeightDecay) * weight);
        state0 = V.Constant(Beta1) * state0 + V.Constant(1 - Beta1) * g;
        state1 = V.Max(V.Constant(Beta2) * state1, V.Abs(g));
        V step = V.Constant(LearningRate) * state0 / state1;
        weight -= V.Select(V.Equal(state1, V.Zero), V.Zero, step);
    }
}

/// <summary>
/// Adam with Nesterov's momentum (Dozat, "Incorporating Nesterov momentum into Adam", 2016):
/// <c>g = clip(g + wd w); m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g²; w -= lr (cg g + cm m) / (sqrt(cv v) + eps)</c>.
/// The factors cg, cm and cv, which the caller computes from the number of updates, hold the momentum's schedule and the
/// bias corrections.
/// </summary>
public readonly struct NadamRule : IUpdateRule
{
    /// <inheritdoc/>
    public static int StateCount => 2;

    /// <summary>The learning rate.</summary>
    public float LearningRate { get; init; }

    /// <summary>Decay of the mean of gradients.</summary>
    public float Beta1 { get; init; }

    /// <summary>Decay of the mean of squared gradients.</summary>
    public float Beta2 { get; init; }

    /// <summary>Keeps the quotient finite.</summary>
    public float Epsilon { get; init; }

    /// <summary>cg.</summary>
    public float GradientFactor { get; init; }

    /// <summary>cm.</summary>
    public float MeanFactor { get; init; }

    /// <summary>cv.</summary>
    public float VarianceFactor { get; init; }

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
        V g = Gradient.Limit<V, TLimit>(Gradient.Scale(gradient) + V.Constant(WeightDecay) * weight);
        state0 = V.Constant(Beta1) * state0 + V.Constant(1 - Beta1) * g;
        state1 = V.Constant(Beta2) * state1 + V.Constant(1 - Beta2) * g * g;
        V ahead = V.Constant(GradientFactor) * g + V.Constant(MeanFactor) * state0;
        V deviation = V.Sqrt(V.Constant(VarianceFactor) * state1) + V.Constant(Epsilon);
        weight -= V.Constant(LearningRate) * ahead / deviation;
    }
}

/// <summary>
/// Follow the moving leader (Zheng and Kwok, 2017): <c>g = clip(g + wd w); v = b2 v + (1 - b2) g²;
/// d' = r (sqrt(cv v) + eps); z = b1 z + (1 - b1) g - (d' - b1 d) w; d = d'; w = -z / d</c> with
/// <c>r = (1 - b1^t) / lr</c> and <c>cv = 1 / (1 - b2^t)</c> at update t. States are d, v and z.
/// </summary>
public readonly struct MovingLeaderRule : IUpdateRule
{
    /// <inheritdoc/>
    public static int StateCount => 3;

    /// <summary>Decay of the mean of gradients.</summary>
    public float Beta1 { get; init; }

    /// <summary>Decay of the mean of squared gradients.</summary>
    public float Beta2 { get; init; }

    /// <summary>Keeps the quotient finite.</summary>
    public float Epsilon { get; init; }

    /// <summary>r.</summary>
    public float InverseRate { get; init; }

    /// <summary>cv.</summary>
    public float VarianceFactor { get; init; }

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
        V g = Gradient.Limit<V, TLimit>(Gradient.Scale(gradient) + V.Constant(WeightDecay) * weight);
        state1 = V.Constant(Beta2) * state1 + V.Constant(1 - Beta2) * g * g;
        V deviation = V.Sqrt(V.Constant(VarianceFactor) * state1) + V.Constant(Epsilon);
        V next = V.Constant(InverseRate) * deviation;
        V moved = next - V.Constant(Beta1) * state0;
        state2 = V.Constant(Beta1) * state2 + V.Constant(1 - Beta1) * g - moved * weight;
        state0 = next;
        weight = -state2 / next;
    }
}
