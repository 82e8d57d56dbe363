using System.Runtime.CompilerServices;
using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Limits values to a range, the upper bound first where they contradict each other; NaN stays NaN.</summary>
internal readonly struct Clip(double low, double high) : IUnaryBody
{
    public static bool IsLight => true;

    public static bool KeepsIntegers => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Invoke<V>(V x)
        where V : struct, ISimd<V>
    {
        V most = V.Constant(high);
        return V.Select(V.Greater(x, most), most, V.Max(V.Constant(low), x));
    }
}

/// <summary>The gradient passes where the value was not limited: at the bounds, too, and where it is NaN.</summary>
internal readonly struct ClipGradient(double low, double high) : IBinaryBody
{
    public static bool IsLight => true;

    public static bool KeepsIntegers => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Invoke<V>(V g, V x)
        where V : struct, ISimd<V> => V.Select(V.Greater(x, V.Constant(high)) | V.Less(x, V.Constant(low)), V.Zero, g);
}

/// <summary>
/// The smooth L1 loss of Fast R-CNN: <c>(sigma x)² / 2</c> where <c>|x| &lt; 1 / sigma²</c>, else
/// <c>|x| - 0.5 / sigma²</c>.
/// </summary>
internal readonly struct SmoothL1(double sigma) : IUnaryBody
{
    private readonly double _curvature = 0.5 * sigma * sigma;
    private readonly double _limit = 1 / (sigma * sigma);
    private readonly double _offset = 0.5 / (sigma * sigma);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Invoke<V>(V x)
        where V : struct, ISimd<V>
    {
        V magnitude = V.Abs(x);
        V parabola = V.Constant(_curvature) * x * x;
        V line = magnitude - V.Constant(_offset);
        return V.Select(V.Greater(magnitude, V.Constant(_limit)), line, parabola);
    }
}

/// <summary>The derivative of <see cref="SmoothL1"/>.</summary>
internal readonly struct SmoothL1Gradient(double sigma) : IBinaryBody
{
    private readonly double _square = sigma * sigma;
    private readonly double _limit = 1 / (sigma * sigma);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Invoke<V>(V g, V x)
        where V : struct, ISimd<V>
    {
        V outside = V.Greater(V.Abs(x), V.Constant(_limit));
        return g * V.Select(outside, SimdMath.Sign(x), V.Constant(_square) * x);
    }
}

/// <summary>The second where the first is not 0, else the third.</summary>
internal readonly struct Choose : ITernaryOp
{
    public static bool IsLight => true;

    public static bool KeepsIntegers => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V condition, V x, V y)
        where V : struct, ISimd<V> => V.Select(V.NotEqual(condition, V.Zero), x, y);
}

/// <summary>The first where the second is not 0, else 0.</summary>
internal readonly struct KeepWhere : IBinaryOp
{
    public static bool KeepsIntegers => true;

    public static bool IsLight => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V condition)
        where V : struct, ISimd<V> => V.NotEqual(condition, V.Zero) & g;
}

/// <summary>The first where the second is 0, else 0.</summary>
internal readonly struct KeepWhereNot : IBinaryOp
{
    public static bool KeepsIntegers => true;

    public static bool IsLight => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V condition)
        where V : struct, ISimd<V> => V.Equal(condition, V.Zero) & g;
}
