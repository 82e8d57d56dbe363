namespace CoreEngine.Kernels;

/// <summary>
/// How an optimizer changes a weight, written once for every width and element type. Hyperparameters are its fields.
/// </summary>
public interface IUpdateRule
{
    /// <summary>Number of states, up to three.</summary>
    public static abstract int StateCount { get; }

    /// <summary>Changes one weight and up to three states, given its gradient.</summary>
    public void Invoke<V>(ref V weight, V gradient, ref V state0, ref V state1, ref V state2)
        where V : struct, ISimd<V>;
}
