using System.Runtime.CompilerServices;
using CoreEngine.Kernels;

namespace CoreEngine.Operators;

internal readonly struct Relu : IUnaryOp
{
    public static bool KeepsIntegers => true;

    public static bool IsLight => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => V.Max(x, V.Zero);
}

internal readonly struct Negative : IUnaryOp
{
    public static bool KeepsIntegers => true;

    public static bool IsLight => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => -x;
}

internal readonly struct Magnitude : IUnaryOp
{
    public static bool KeepsIntegers => true;

    public static bool IsLight => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => V.Abs(x);
}

internal readonly struct Sign : IUnaryOp
{
    public static bool IsLight => true;

    public static bool KeepsIntegers => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Sign(x);
}

internal readonly struct Square : IUnaryOp
{
    public static bool KeepsIntegers => true;

    public static bool IsLight => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => x * x;
}

internal readonly struct Reciprocal : IUnaryOp
{
    public static bool IsLight => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => V.One / x;
}

internal readonly struct SquareRoot : IUnaryOp
{
    public static bool IsLight => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => V.Sqrt(x);
}

internal readonly struct ReciprocalSquareRoot : IUnaryOp
{
    public static bool IsLight => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Rsqrt(x);
}

internal readonly struct CubeRoot : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Cbrt(x);
}

internal readonly struct ReciprocalCubeRoot : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Rcbrt(x);
}

/// <summary>Halves go away from zero.</summary>
internal readonly struct Round : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.RoundAway(x);
}

/// <summary>Halves go to the smaller number.</summary>
internal readonly struct RoundHalfDown : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.RoundHalfDown(x);
}

internal readonly struct Ceiling : IUnaryOp
{
    public static bool KeepsIntegers => true;

    public static bool IsLight => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => V.Ceiling(x);
}

internal readonly struct Floor : IUnaryOp
{
    public static bool KeepsIntegers => true;

    public static bool IsLight => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => V.Floor(x);
}

internal readonly struct Truncate : IUnaryOp
{
    public static bool KeepsIntegers => true;

    public static bool IsLight => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => V.Truncate(x);
}

internal readonly struct Exp : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Exp(x);
}

internal readonly struct Log : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Log(x);
}

internal readonly struct Log10 : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Log10(x);
}

internal readonly struct Log2 : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Log2(x);
}

internal readonly struct Log1p : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Log1p(x);
}

internal readonly struct Expm1 : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Expm1(x);
}

internal readonly struct Erf : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Erf(x);
}

internal readonly struct Gamma : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Gamma(x);
}

internal readonly struct LogGamma : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.LogGamma(x);
}

internal readonly struct Sigmoid : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Sigmoid(x);
}

internal readonly struct Sin : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Sin(x);
}

internal readonly struct Cos : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Cos(x);
}

internal readonly struct Tan : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Tan(x);
}

internal readonly struct Arcsin : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Asin(x);
}

internal readonly struct Arccos : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Acos(x);
}

internal readonly struct Arctan : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Atan(x);
}

internal readonly struct Sinh : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Sinh(x);
}

internal readonly struct Cosh : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Cosh(x);
}

internal readonly struct Tanh : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Tanh(x);
}

internal readonly struct Arcsinh : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Asinh(x);
}

internal readonly struct Arccosh : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Acosh(x);
}

internal readonly struct Arctanh : IUnaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Atanh(x);
}

internal readonly struct Degrees : IUnaryOp
{
    public static bool IsLight => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => x * V.Constant(180 / Math.PI);
}

internal readonly struct Radians : IUnaryOp
{
    public static bool IsLight => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => x * V.Constant(Math.PI / 180);
}
