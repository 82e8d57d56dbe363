using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>The sum.</summary>
public readonly struct SumReducer : IReducer
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Start<V>()
        where V : struct, ISimd<V> => V.Zero;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add<V>(V total, V x)
        where V : struct, ISimd<V> => total + x;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Merge<V>(V left, V right)
        where V : struct, ISimd<V> => left + right;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Finish<V>(V total, V count)
        where V : struct, ISimd<V> => total;
}

/// <summary>The sum divided by the number of elements; of integers, truncated.</summary>
public readonly struct MeanReducer : IReducer
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Start<V>()
        where V : struct, ISimd<V> => V.Zero;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add<V>(V total, V x)
        where V : struct, ISimd<V> => total + x;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Merge<V>(V left, V right)
        where V : struct, ISimd<V> => left + right;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Finish<V>(V total, V count)
        where V : struct, ISimd<V> => total / count;
}

/// <summary>The product.</summary>
public readonly struct ProductReducer : IReducer
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Start<V>()
        where V : struct, ISimd<V> => V.One;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add<V>(V total, V x)
        where V : struct, ISimd<V> => total * x;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Merge<V>(V left, V right)
        where V : struct, ISimd<V> => left * right;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Finish<V>(V total, V count)
        where V : struct, ISimd<V> => total;
}

/// <summary>The sum of what is not NaN.</summary>
public readonly struct NanSumReducer : IReducer
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Start<V>()
        where V : struct, ISimd<V> => V.Zero;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add<V>(V total, V x)
        where V : struct, ISimd<V> => total + V.Select(V.IsNaN(x), V.Zero, x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Merge<V>(V left, V right)
        where V : struct, ISimd<V> => left + right;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Finish<V>(V total, V count)
        where V : struct, ISimd<V> => total;
}

/// <summary>The product of what is not NaN.</summary>
public readonly struct NanProductReducer : IReducer
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Start<V>()
        where V : struct, ISimd<V> => V.One;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add<V>(V total, V x)
        where V : struct, ISimd<V> => total * V.Select(V.IsNaN(x), V.One, x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Merge<V>(V left, V right)
        where V : struct, ISimd<V> => left * right;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Finish<V>(V total, V count)
        where V : struct, ISimd<V> => total;
}

/// <summary>The sum of squares.</summary>
public readonly struct SumOfSquaresReducer : IReducer
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Start<V>()
        where V : struct, ISimd<V> => V.Zero;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add<V>(V total, V x)
        where V : struct, ISimd<V> => V.MultiplyAdd(x, x, total);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Merge<V>(V left, V right)
        where V : struct, ISimd<V> => left + right;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Finish<V>(V total, V count)
        where V : struct, ISimd<V> => total;
}

/// <summary>The sum of magnitudes: the L1 norm.</summary>
public readonly struct SumOfMagnitudesReducer : IReducer
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Start<V>()
        where V : struct, ISimd<V> => V.Zero;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add<V>(V total, V x)
        where V : struct, ISimd<V> => total + V.Abs(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Merge<V>(V left, V right)
        where V : struct, ISimd<V> => left + right;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Finish<V>(V total, V count)
        where V : struct, ISimd<V> => total;
}

/// <summary>The square root of the sum of squares: the L2 norm.</summary>
public readonly struct NormReducer : IReducer
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Start<V>()
        where V : struct, ISimd<V> => V.Zero;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add<V>(V total, V x)
        where V : struct, ISimd<V> => V.MultiplyAdd(x, x, total);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Merge<V>(V left, V right)
        where V : struct, ISimd<V> => left + right;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Finish<V>(V total, V count)
        where V : struct, ISimd<V> => V.Sqrt(total);
}

/// <summary>The largest element that is not NaN; the smallest finite value where all are NaN.</summary>
public readonly struct MaxReducer : IReducer
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Start<V>()
        where V : struct, ISimd<V> => V.IsFloat ? V.Constant(double.NaN) : V.MinValue;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add<V>(V total, V x)
        where V : struct, ISimd<V> => V.Select(V.IsNaN(total), x, V.Max(x, total));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Merge<V>(V left, V right)
        where V : struct, ISimd<V> => V.Select(V.IsNaN(left), right, V.Max(right, left));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Finish<V>(V total, V count)
        where V : struct, ISimd<V> => V.Select(V.IsNaN(total), V.MinValue, total);
}

/// <summary>The smallest element that is not NaN; the largest finite value where all are NaN.</summary>
public readonly struct MinReducer : IReducer
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Start<V>()
        where V : struct, ISimd<V> => V.IsFloat ? V.Constant(double.NaN) : V.MaxValue;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add<V>(V total, V x)
        where V : struct, ISimd<V> => V.Select(V.IsNaN(total), x, V.Min(x, total));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Merge<V>(V left, V right)
        where V : struct, ISimd<V> => V.Select(V.IsNaN(left), right, V.Min(right, left));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Finish<V>(V total, V count)
        where V : struct, ISimd<V> => V.Select(V.IsNaN(total), V.MaxValue, total);
}
