using System.Runtime.CompilerServices;
using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>
/// The derivative of a binary operator with respect to one operand, times the gradient <c>g</c> of its result: from g and
/// the operands x and y. One struct serves arrays of one shape, broadcasting, and a number as either operand.
/// </summary>
internal interface IDerivative : ITernaryOp
{
    /// <summary>False when the left operand's values do not matter.</summary>
    public static virtual bool NeedsLeft => true;

    /// <summary>False when the right operand's values do not matter.</summary>
    public static virtual bool NeedsRight => true;

    /// <summary>True when arrays of integers have zeros instead.</summary>
    public static virtual bool IsZeroForIntegers => false;
}

internal readonly struct MultiplyLeft : IDerivative
{
    public static bool NeedsLeft => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V x, V y)
        where V : struct, ISimd<V> => g * y;
}

internal readonly struct MultiplyRight : IDerivative
{
    public static bool NeedsRight => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V x, V y)
        where V : struct, ISimd<V> => g * x;
}

internal readonly struct DivideLeft : IDerivative
{
    public static bool NeedsLeft => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V x, V y)
        where V : struct, ISimd<V> => g / y;
}

internal readonly struct DivideRight : IDerivative
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V x, V y)
        where V : struct, ISimd<V> => -g * x / (y * y);
}

internal readonly struct ModuloLeft : IDerivative
{
    public static bool IsZeroForIntegers => true;

    public static bool NeedsLeft => false;

    public static bool NeedsRight => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V x, V y)
        where V : struct, ISimd<V> => g;
}

internal readonly struct ModuloRight : IDerivative
{
    public static bool IsZeroForIntegers => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V x, V y)
        where V : struct, ISimd<V> => -g * V.Floor(x / y);
}

internal readonly struct PowerLeft : IDerivative
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V x, V y)
        where V : struct, ISimd<V> => g * y * SimdMath.Pow(x, y - V.One);
}

internal readonly struct PowerRight : IDerivative
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V x, V y)
        where V : struct, ISimd<V> => g * SimdMath.Log(x) * SimdMath.Pow(x, y);
}

/// <summary>The gradient of a number to the power of an array, from the result: g z log(base).</summary>
internal readonly struct ExponentialGradient(double number) : IBinaryBody
{
    private readonly double _logarithm = Math.Log(number);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Invoke<V>(V g, V z)
        where V : struct, ISimd<V> => g * (z * V.Constant(_logarithm));
}

internal readonly struct MaximumLeft : IDerivative
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V x, V y)
        where V : struct, ISimd<V> => V.GreaterOrEqual(x, y) & g;
}

internal readonly struct MaximumRight : IDerivative
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V x, V y)
        where V : struct, ISimd<V> => V.Less(x, y) & g;
}

internal readonly struct MinimumLeft : IDerivative
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V x, V y)
        where V : struct, ISimd<V> => V.LessOrEqual(x, y) & g;
}

internal readonly struct MinimumRight : IDerivative
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V x, V y)
        where V : struct, ISimd<V> => V.Greater(x, y) & g;
}

internal readonly struct HypotenuseLeft : IDerivative
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V x, V y)
        where V : struct, ISimd<V> => g * x / SimdMath.Hypot(x, y);
}

internal readonly struct HypotenuseRight : IDerivative
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V x, V y)
        where V : struct, ISimd<V> => g * y / SimdMath.Hypot(x, y);
}
