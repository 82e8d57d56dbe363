namespace CoreEngine.Kernels;

/// <summary>
/// How an optimizer changes a weight, written once for every width and element type. Hyperparameters are its fields.
/// </summary>
public interface IUpdateRule
{
    /// <summary>Number of states, up to three.</summary>
    public static abstract int StateCount { get; }

    /// <summary>
    /// Whether the rule leaves the rescaled, decayed gradient in the gradient array, as MXNet 1.x does for the rules that
    /// decay through the gradient; programs that read gradients after an update see it.
    /// </summary>
    public static virtual bool ChangesGradient => false;

    /// <summary>What is done to the gradient first.</summary>
    public GradientScaling Gradient { get; }

    /// <summary>Changes one weight and up to three states, given its gradient.</summary>
    public void Invoke<V, TLimit>(ref V weight, ref V gradient, ref V state0, ref V state1, ref V state2)
        where V : struct, ISimd<V>
        where TLimit : struct, IGradientLimit;
}
