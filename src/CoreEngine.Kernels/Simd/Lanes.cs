using System.Numerics;
using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>Lane-by-lane forms of what the processor cannot do to a whole register.</summary>
internal static unsafe class Lanes
{
    /// <summary>The widest register, in bytes.</summary>
    internal const int MaxBytes = 64;

    /// <summary>Kept out of line, so that the rare or slow path does not disturb the loop around it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static V Map<V, T, TFunction>(V value)
        where V : struct, ISimd<V>
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
        where TFunction : struct, IScalarFunction
    {
        T* lanes = stackalloc T[MaxBytes / sizeof(T)];
        V.Store(value, lanes);
        for (int i = 0; i < V.Count; i++)
        {
            lanes[i] = SimdScalar<T>.Map<TFunction>(lanes[i]).Value;
        }

        return V.Load(lanes);
    }

    /// <summary>Kept out of line, so that the rare or slow path does not disturb the loop around it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static V Map<V, T, TFunction>(V x, V y)
        where V : struct, ISimd<V>
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
        where TFunction : struct, IScalarBinaryFunction
    {
        T* left = stackalloc T[MaxBytes / sizeof(T)];
        T* right = stackalloc T[MaxBytes / sizeof(T)];
        V.Store(x, left);
        V.Store(y, right);
        for (int i = 0; i < V.Count; i++)
        {
            left[i] = SimdScalar<T>.Map<TFunction>(left[i], right[i]).Value;
        }

        return V.Load(left);
    }

    /// <summary>Integer quotients.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static V Divide<V, T>(V x, V y)
        where V : struct, ISimd<V>
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        T* left = stackalloc T[MaxBytes / sizeof(T)];
        T* right = stackalloc T[MaxBytes / sizeof(T)];
        V.Store(x, left);
        V.Store(y, right);
        for (int i = 0; i < V.Count; i++)
        {
            left[i] = Quotient(left[i], right[i]);
        }

        return V.Load(left);
    }

    /// <summary>An integer quotient that never traps: by 0 it is 0, and the smallest value by -1 wraps to itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Quotient<T>(T x, T y)
        where T : unmanaged, INumber<T>
    {
        if (y == T.Zero)
            return T.Zero;
        return T.IsNegative(y) && y + T.One == T.Zero ? unchecked(-x) : x / y;
    }
}
