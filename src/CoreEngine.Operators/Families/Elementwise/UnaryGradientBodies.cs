using System.Runtime.CompilerServices;
using CoreEngine.Kernels;

namespace CoreEngine.Operators;

internal readonly struct ReluGradient : IBinaryOp
{
    public static bool IsLight => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V y)
        where V : struct, ISimd<V> => V.Select(V.Greater(y, V.Zero), g, V.Zero);
}

internal readonly struct MagnitudeGradient : IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V x)
        where V : struct, ISimd<V> => g * SimdMath.Sign(x);
}

internal readonly struct SquareGradient : IBinaryOp
{
    public static bool IsLight => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V x)
        where V : struct, ISimd<V> => g * (x + x);
}

internal readonly struct ReciprocalGradient : IBinaryOp
{
    public static bool IsLight => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V y)
        where V : struct, ISimd<V> => -g * (y * y);
}

internal readonly struct SquareRootGradient : IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V y)
        where V : struct, ISimd<V> => g * V.Constant(0.5) / y;
}

internal readonly struct ReciprocalSquareRootGradient : IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V y)
        where V : struct, ISimd<V> => g * V.Constant(-0.5) * (y * y * y);
}

internal readonly struct CubeRootGradient : IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V y)
        where V : struct, ISimd<V> => g / (V.Constant(3) * (y * y));
}

internal readonly struct ReciprocalCubeRootGradient : IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V y)
        where V : struct, ISimd<V> => g * V.Constant(-1.0 / 3) * (y * y) * (y * y);
}

internal readonly struct ExpGradient : IBinaryOp
{
    public static bool IsLight => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V y)
        where V : struct, ISimd<V> => g * y;
}

internal readonly struct LogGradient : IBinaryOp
{
    public static bool IsLight => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V x)
        where V : struct, ISimd<V> => g / x;
}

internal readonly struct Log10Gradient : IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V x)
        where V : struct, ISimd<V> => g / (x * V.Constant(Math.Log(10)));
}

internal readonly struct Log2Gradient : IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V x)
        where V : struct, ISimd<V> => g / (x * V.Constant(Math.Log(2)));
}

internal readonly struct Log1pGradient : IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V x)
        where V : struct, ISimd<V> => g / (V.One + x);
}

internal readonly struct Expm1Gradient : IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V x)
        where V : struct, ISimd<V> => g * SimdMath.Exp(x);
}

internal readonly struct ErfGradient : IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V x)
        where V : struct, ISimd<V> => g * V.Constant(2 / 1.7724538509055160273) * SimdMath.Exp(-(x * x));
}

internal readonly struct GammaGradient : IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V x)
        where V : struct, ISimd<V> => g * SimdMath.Gamma(x) * SimdMath.Digamma(x);
}

internal readonly struct LogGammaGradient : IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V x)
        where V : struct, ISimd<V> => g * SimdMath.Digamma(x);
}

internal readonly struct SigmoidGradient : IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V y)
        where V : struct, ISimd<V> => g * (y * (V.One - y));
}

internal readonly struct SinGradient : IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V x)
        where V : struct, ISimd<V> => g * SimdMath.Cos(x);
}

internal readonly struct CosGradient : IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V x)
        where V : struct, ISimd<V> => -g * SimdMath.Sin(x);
}

internal readonly struct TanGradient : IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V y)
        where V : struct, ISimd<V> => g * V.MultiplyAdd(y, y, V.One);
}

internal readonly struct ArcsinGradient : IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V x)
        where V : struct, ISimd<V> => g / V.Sqrt(V.One - (x * x));
}

internal readonly struct ArccosGradient : IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V x)
        where V : struct, ISimd<V> => -g / V.Sqrt(V.One - (x * x));
}

internal readonly struct ArctanGradient : IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V x)
        where V : struct, ISimd<V> => g / V.MultiplyAdd(x, x, V.One);
}

internal readonly struct SinhGradient : IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V x)
        where V : struct, ISimd<V> => g * SimdMath.Cosh(x);
}

internal readonly struct CoshGradient : IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V x)
        where V : struct, ISimd<V> => g * SimdMath.Sinh(x);
}

internal readonly struct TanhGradient : IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V y)
        where V : struct, ISimd<V> => g * (V.One - (y * y));
}

/// <summary>The square root of x² + 1 without overflow.</summary>
internal readonly struct ArcsinhGradient : IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V x)
        where V : struct, ISimd<V> => g / SimdMath.Hypot(x, V.One);
}

internal readonly struct ArccoshGradient : IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V x)
        where V : struct, ISimd<V> => g / V.Sqrt((x * x) - V.One);
}

internal readonly struct ArctanhGradient : IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V x)
        where V : struct, ISimd<V> => g / (V.One - (x * x));
}
