using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>
/// How the columns of windows side by side are read: one type for each step and width that nets use, so that loops over
/// rows know both, and one for each step with any width.
/// </summary>
internal unsafe interface IPoolingColumns
{
    /// <summary>Elements from one window to the next; 0 stands for any.</summary>
    public static abstract long Step { get; }

    /// <summary>Columns of a window; 0 stands for any.</summary>
    public static abstract long Taps { get; }
}

internal readonly struct Step1Taps3 : IPoolingColumns
{
    public static long Step => 1;
    public static long Taps => 3;
}

internal readonly struct Step2Taps2 : IPoolingColumns
{
    public static long Step => 2;
    public static long Taps => 2;
}

internal readonly struct Step2Taps3 : IPoolingColumns
{
    public static long Step => 2;
    public static long Taps => 3;
}

internal readonly struct Step1 : IPoolingColumns
{
    public static long Step => 1;
    public static long Taps => 0;
}

internal readonly struct Step2 : IPoolingColumns
{
    public static long Step => 2;
    public static long Taps => 0;
}

internal readonly struct AnyStep : IPoolingColumns
{
    public static long Step => 0;
    public static long Taps => 0;
}

/// <summary>Reads a register of a row, or of adjacent rows joined.</summary>
internal unsafe interface IPoolingReader
{
    public static abstract V Load<V, T, TJoin>(T* x, long width)
        where V : struct, ISimd<V>
        where T : unmanaged
        where TJoin : struct, IPoolingJoin;
}

internal readonly unsafe struct OneRow : IPoolingReader
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load<V, T, TJoin>(T* x, long width)
        where V : struct, ISimd<V>
        where T : unmanaged
        where TJoin : struct, IPoolingJoin => V.Load(x);
}

internal readonly unsafe struct TwoRows : IPoolingReader
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load<V, T, TJoin>(T* x, long width)
        where V : struct, ISimd<V>
        where T : unmanaged
        where TJoin : struct, IPoolingJoin => TJoin.Join(V.Load(x + width), TJoin.First(V.Load(x)));
}

internal readonly unsafe struct ThreeRows : IPoolingReader
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load<V, T, TJoin>(T* x, long width)
        where V : struct, ISimd<V>
        where T : unmanaged
        where TJoin : struct, IPoolingJoin =>
        TJoin.Join(V.Load(x + (2 * width)), TJoin.Join(V.Load(x + width), TJoin.First(V.Load(x))));
}

/// <summary>Reads the columns of as many windows as a register has lanes.</summary>
internal static unsafe class PoolingColumns<V, T, TColumns>
    where V : struct, ISimd<V>
    where T : unmanaged
    where TColumns : struct, IPoolingColumns
{
    /// <summary>Joins the columns of windows that start at <paramref name="x"/>, and rows as the reader says.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Join<TJoin, TRows>(T* x, long width, long taps, long step)
        where TJoin : struct, IPoolingJoin
        where TRows : struct, IPoolingReader
    {
        if (TColumns.Step == 2)
        {
            V low = TRows.Load<V, T, TJoin>(x, width);
            V high = TRows.Load<V, T, TJoin>(x + V.Count, width);
            V pairs = Interleaving.Evens(low, high);
            if (TColumns.Taps > 1 || taps > 1)
                pairs = TJoin.Join(Interleaving.Odds(low, high), pairs);
            if (TColumns.Taps == 2)
                return pairs;
            for (long k = 2; k < (TColumns.Taps > 0 ? TColumns.Taps : taps); k++)
            {
                low = TRows.Load<V, T, TJoin>(x + k, width);
                high = TRows.Load<V, T, TJoin>(x + k + V.Count, width);
                pairs = TJoin.Join(Interleaving.Evens(low, high), pairs);
            }

            return pairs;
        }

        if (TColumns.Step == 1)
        {
            V joined = TRows.Load<V, T, TJoin>(x, width);
            if (TColumns.Taps == 3)
            {
                joined = TJoin.Join(TRows.Load<V, T, TJoin>(x + 1, width), joined);
                return TJoin.Join(TRows.Load<V, T, TJoin>(x + 2, width), joined);
            }

            for (long k = 1; k < taps; k++)
            {
                joined = TJoin.Join(TRows.Load<V, T, TJoin>(x + k, width), joined);
            }

            return joined;
        }

        V strided = Strided(x, step);
        for (long k = 1; k < taps; k++)
        {
            strided = TJoin.Join(Strided(x + k, step), strided);
        }

        return strided;
    }

    /// <summary>Keeps the first largest value of each window so far, and the number of its tap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Take(T* x, long taps, V number, ref V best, ref V place)
    {
        if (TColumns.Step == 2)
        {
            V low = V.Load(x);
            V high = V.Load(x + V.Count);
            Take(Interleaving.Evens(low, high), number, ref best, ref place);
            if (TColumns.Taps > 1 || taps > 1)
            {
                number += V.One;
                Take(Interleaving.Odds(low, high), number, ref best, ref place);
            }

            if (TColumns.Taps == 2)
                return;
            if (TColumns.Taps == 3)
            {
                number += V.One;
                Take(Evens(x + 2), number, ref best, ref place);
                return;
            }

            for (long k = 2; k < taps; k++)
            {
                number += V.One;
                Take(Evens(x + k), number, ref best, ref place);
            }

            return;
        }

        Take(V.Load(x), number, ref best, ref place);
        if (TColumns.Taps == 3)
        {
            number += V.One;
            Take(V.Load(x + 1), number, ref best, ref place);
            number += V.One;
            Take(V.Load(x + 2), number, ref best, ref place);
            return;
        }

        for (long k = 1; k < taps; k++)
        {
            number += V.One;
            Take(V.Load(x + k), number, ref best, ref place);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Take(V value, V number, ref V best, ref V place)
    {
        V better = V.Greater(value, best);
        best = V.Max(value, best);
        place = V.Select(better, number, place);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Evens(T* x) => Interleaving.Evens(V.Load(x), V.Load(x + V.Count));

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static V Strided(T* x, long step)
    {
        T* lanes = stackalloc T[64 / sizeof(T)];
        for (int i = 0; i < V.Count; i++)
        {
            lanes[i] = x[i * step];
        }

        return V.Load(lanes);
    }
}
