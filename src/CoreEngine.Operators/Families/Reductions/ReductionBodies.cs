using System.Runtime.CompilerServices;
using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Minus the sum.</summary>
internal readonly struct NegativeSum : IReducer
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Start<V>()
        where V : struct, ISimd<V> => V.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add<V>(V total, V x)
        where V : struct, ISimd<V> => total - x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Merge<V>(V left, V right)
        where V : struct, ISimd<V> => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Finish<V>(V total, V count)
        where V : struct, ISimd<V> => total;
}

internal readonly struct ProductGradient : ITernaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V x, V y)
        where V : struct, ISimd<V> => g * y / x;
}

internal readonly struct NanSumGradient : ITernaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V x, V y)
        where V : struct, ISimd<V> => V.Select(V.IsNaN(x), V.Zero, g);
}

internal readonly struct NanProductGradient : ITernaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V x, V y)
        where V : struct, ISimd<V> => V.Select(V.IsNaN(x), V.Zero, g * y / x);
}

/// <summary>Every element that equals the extreme gets the whole gradient.</summary>
internal readonly struct ExtremeGradient : ITernaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V x, V y)
        where V : struct, ISimd<V> => V.Equal(x, y) & g;
}

internal readonly struct SumOfSquaresGradient : ITernaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V x, V y)
        where V : struct, ISimd<V> => g * (x + x);
}

/// <summary>At the origin, where the norm has no derivative, 0.</summary>
internal readonly struct NormGradient : ITernaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V g, V x, V y)
        where V : struct, ISimd<V> => V.Select(V.Equal(y, V.Zero), V.Zero, g * x / y);
}
