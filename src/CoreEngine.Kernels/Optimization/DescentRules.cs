using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>
/// Nesterov's accelerated gradient, in the form that looks ahead by the gradient alone (Sutskever et al., "On the
/// importance of initialization and momentum in deep learning", 2013):
/// <c>g = clip(g) + wd w; m = momentum m + g; w -= lr (g + momentum m)</c>.
/// </summary>
public readonly struct NesterovRule : IUpdateRule
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
        V g = Gradient.Limit<V, TLimit>(Gradient.Scale(gradient));
        g += V.Constant(WeightDecay) * weight;
        state0 = V.Constant(Momentum) * state0 + g;
        weight -= V.Constant(LearningRate) * (g + V.Constant(Momentum) * state0);
    }
}

/// <summary>
/// Delay-compensated descent (Zheng et al., "Asynchronous stochastic gradient descent with delay compensation", 2016):
/// <c>m = momentum m - lr (g + wd w + λ g² (w - v)); v = w; w += m</c>, where g is the limited gradient; states are m and v,
/// the weight before the last step.
/// </summary>
public readonly struct DelayCompensatedRule : IUpdateRule
{
    /// <inheritdoc/>
    public static int StateCount => 2;

    /// <summary>The learning rate.</summary>
    public float LearningRate { get; init; }

    /// <summary>The share of the last step that is kept.</summary>
    public float Momentum { get; init; }

    /// <summary>The share of the curvature, estimated by g², that corrects the gradient.</summary>
    public float Lambda { get; init; }

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
        V correction = V.Constant(Lambda) * g * g * (weight - state1);
        V slope = g + V.Constant(WeightDecay) * weight + correction;
        state0 = V.Constant(Momentum) * state0 - V.Constant(LearningRate) * slope;
        state1 = weight;
        weight += state0;
    }
}

/// <summary>
/// Langevin dynamics (Welling and Teh, "Bayesian learning via stochastic gradient Langevin dynamics", 2011):
/// <c>w += noise - lr/2 (clip(g) + wd w)</c>. The one state is the noise, drawn by the caller.
/// </summary>
public readonly struct LangevinRule : IUpdateRule
{
    /// <inheritdoc/>
    public static int StateCount => 1;

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
        V g = Gradient.Limit<V, TLimit>(Gradient.Scale(gradient));
        weight += state0 - V.Constant(0.5 * LearningRate) * (g + V.Constant(WeightDecay) * weight);
    }
}
