using System.Numerics;
using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>Sums down the columns of a matrix, all columns at once: rows are read as they lie in memory.</summary>
internal static unsafe class ColumnSums<T>
    where T : unmanaged, INumber<T>
{
    /// <summary>Rows that are summed in the element type before their sums go to float64.</summary>
    private const long BlockRows = 64;

    /// <summary>The mean and the biased variance of each column.</summary>
    internal static void Moments(T* x, long rows, long stride, long columns, T* mean, T* variance)
    {
        byte* memory = (byte*)PackArena.Get(PackArena.Slot.Result, columns * 2 * (sizeof(T) + sizeof(double)));
        double* totals = (double*)memory;
        T* sums = (T*)(totals + (2 * columns));
        T* squares = sums + columns;

        // Distances from the first row, then from the mean that they give.
        LongRuns.Copy(x, mean, columns);
        for (int pass = 0; pass < 2; pass++)
        {
            LongRuns.Clear(totals, 2 * columns);
            for (long row = 0; row < rows; row += BlockRows)
            {
                LongRuns.Clear(sums, 2 * columns);
                for (long r = row; r < Math.Min(rows, row + BlockRows); r++)
                {
                    AddDistances(x + (r * stride), mean, columns, sums, squares);
                }

                AddTotals(sums, columns, totals);
            }

            for (long c = 0; c < columns; c++)
            {
                double left = totals[c] / rows;
                mean[c] = T.CreateTruncating(double.CreateTruncating(mean[c]) + left);
                variance[c] = T.CreateTruncating(Math.Max(0, (totals[columns + c] / rows) - (left * left)));
            }
        }
    }

    /// <summary>For each column the sum of dy * (x - mean), and that of dy, one behind the other.</summary>
    internal static void Products(T* dy, T* x, long rows, long stride, long columns, T* mean, double* sums)
    {
        byte* memory = (byte*)PackArena.Get(PackArena.Slot.Result, columns * 2 * (sizeof(T) + sizeof(double)));
        double* totals = (double*)memory;
        T* values = (T*)(totals + (2 * columns));
        LongRuns.Clear(totals, 2 * columns);
        for (long row = 0; row < rows; row += BlockRows)
        {
            LongRuns.Clear(values, 2 * columns);
            for (long r = row; r < Math.Min(rows, row + BlockRows); r++)
            {
                AddProducts(dy + (r * stride), x + (r * stride), mean, columns, values, values + columns);
            }

            AddTotals(values, columns, totals);
        }

        for (long c = 0; c < columns; c++)
        {
            sums[2 * c] = totals[columns + c];
            sums[(2 * c) + 1] = totals[c];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddTotals(T* sums, long columns, double* totals)
    {
        for (long i = 0; i < 2 * columns; i++)
        {
            totals[i] += double.CreateTruncating(sums[i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddDistances(T* x, T* mean, long columns, T* sums, T* squares)
    {
        long i = 0;
        if (typeof(T) == typeof(float))
            i = Distances<Simd256<float>>(x, mean, columns, sums, squares);
        else if (typeof(T) == typeof(double))
            i = Distances<Simd256<double>>(x, mean, columns, sums, squares);
        for (; i < columns; i++)
        {
            T distance = x[i] - mean[i];
            sums[i] += distance;
            squares[i] += distance * distance;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Distances<V>(T* x, T* mean, long columns, T* sums, T* squares)
        where V : struct, ISimd<V>
    {
        long i = 0;
        for (; i + V.Count <= columns; i += V.Count)
        {
            V distance = V.Load(x + i) - V.Load(mean + i);
            V.Store(V.Load(sums + i) + distance, sums + i);
            V.Store(V.MultiplyAdd(distance, distance, V.Load(squares + i)), squares + i);
        }

        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddProducts(T* dy, T* x, T* mean, long columns, T* values, T* products)
    {
        long i = 0;
        if (typeof(T) == typeof(float))
            i = ProductColumns<Simd256<float>>(dy, x, mean, columns, values, products);
        else if (typeof(T) == typeof(double))
            i = ProductColumns<Simd256<double>>(dy, x, mean, columns, values, products);
        for (; i < columns; i++)
        {
            values[i] += dy[i];
            products[i] += dy[i] * (x[i] - mean[i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long ProductColumns<V>(T* dy, T* x, T* mean, long columns, T* values, T* products)
        where V : struct, ISimd<V>
    {
        long i = 0;
        for (; i + V.Count <= columns; i += V.Count)
        {
            V gradient = V.Load(dy + i);
            V distance = V.Load(x + i) - V.Load(mean + i);
            V.Store(V.Load(values + i) + gradient, values + i);
            V.Store(V.MultiplyAdd(gradient, distance, V.Load(products + i)), products + i);
        }

        return i;
    }
}
