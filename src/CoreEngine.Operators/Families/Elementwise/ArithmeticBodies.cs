using System.Runtime.CompilerServices;
using CoreEngine.Kernels;

namespace CoreEngine.Operators;

internal readonly struct Identity : IUnaryOp
{
    public static bool KeepsIntegers => true;

    public static bool IsLight => true;

    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => x;
}

internal readonly struct LeftOperand : IBinaryOp
{
    public static bool KeepsIntegers => true;

    public static bool IsLight => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x, V y)
        where V : struct, ISimd<V> => x;
}

internal readonly struct Add : IBinaryOp
{
    public static bool KeepsIntegers => true;

    public static bool IsLight => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x, V y)
        where V : struct, ISimd<V> => x + y;
}

internal readonly struct Subtract : IBinaryOp
{
    public static bool KeepsIntegers => true;

    public static bool IsLight => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x, V y)
        where V : struct, ISimd<V> => x - y;
}

internal readonly struct Multiply : IBinaryOp
{
    public static bool KeepsIntegers => true;

    public static bool IsLight => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x, V y)
        where V : struct, ISimd<V> => x * y;
}

internal readonly struct Divide : IBinaryOp
{
    public static bool KeepsIntegers => true;

    public static bool IsLight => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x, V y)
        where V : struct, ISimd<V> => x / y;
}

/// <summary>The remainder with the divisor's sign; 0 for the divisor 0.</summary>
internal readonly struct Modulo : IBinaryOp
{
    public static bool KeepsIntegers => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x, V y)
        where V : struct, ISimd<V> => SimdMath.Modulo(x, y);
}

internal readonly struct Power : IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x, V y)
        where V : struct, ISimd<V> => SimdMath.Pow(x, y);
}

internal readonly struct Maximum : IBinaryOp
{
    public static bool KeepsIntegers => true;

    public static bool IsLight => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x, V y)
        where V : struct, ISimd<V> => V.Max(x, y);
}

internal readonly struct Minimum : IBinaryOp
{
    public static bool KeepsIntegers => true;

    public static bool IsLight => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x, V y)
        where V : struct, ISimd<V> => V.Min(x, y);
}

internal readonly struct Hypotenuse : IBinaryOp
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x, V y)
        where V : struct, ISimd<V> => SimdMath.Hypot(x, y);
}

internal readonly struct Equal : IBinaryOp
{
    public static bool KeepsIntegers => true;

    public static bool IsLight => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x, V y)
        where V : struct, ISimd<V> => V.Equal(x, y) & V.One;
}

internal readonly struct NotEqual : IBinaryOp
{
    public static bool KeepsIntegers => true;

    public static bool IsLight => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x, V y)
        where V : struct, ISimd<V> => V.NotEqual(x, y) & V.One;
}

internal readonly struct Greater : IBinaryOp
{
    public static bool KeepsIntegers => true;

    public static bool IsLight => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x, V y)
        where V : struct, ISimd<V> => V.Greater(x, y) & V.One;
}

internal readonly struct GreaterOrEqual : IBinaryOp
{
    public static bool KeepsIntegers => true;

    public static bool IsLight => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x, V y)
        where V : struct, ISimd<V> => V.GreaterOrEqual(x, y) & V.One;
}

internal readonly struct Less : IBinaryOp
{
    public static bool KeepsIntegers => true;

    public static bool IsLight => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x, V y)
        where V : struct, ISimd<V> => V.Less(x, y) & V.One;
}

internal readonly struct LessOrEqual : IBinaryOp
{
    public static bool KeepsIntegers => true;

    public static bool IsLight => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Invoke<V>(V x, V y)
        where V : struct, ISimd<V> => V.LessOrEqual(x, y) & V.One;
}
