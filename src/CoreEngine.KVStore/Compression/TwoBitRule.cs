using System.Runtime.CompilerServices;
using CoreEngine.Kernels;

namespace CoreEngine.KVStore;

/// <summary>
/// Adds a rounded gradient to a sum: <c>r += g; q = t where r >= t, -t where r &lt;= -t, else 0; r -= q; sum += q</c>. The
/// state is r, what rounding has left over so far.
/// </summary>
internal readonly struct TwoBitRule : IUpdateRule
{
    public static int StateCount => 1;

    /// <summary>t, positive.</summary>
    public float Threshold { get; init; }

    public GradientScaling Gradient => new() { Rescale = 1, Clip = -1 };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Invoke<V, TLimit>(ref V weight, ref V gradient, ref V state0, ref V state1, ref V state2)
        where V : struct, ISimd<V>
        where TLimit : struct, IGradientLimit
    {
        V threshold = V.Constant(Threshold);
        V rest = state0 + gradient;
        V up = V.GreaterOrEqual(rest, threshold) & threshold;
        V down = V.LessOrEqual(rest, -threshold) & threshold;
        V rounded = up - down;
        state0 = rest - rounded;
        weight += rounded;
    }
}
