using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>
/// Sums over rows and columns of a compressed matrix. Floating-point numbers are summed in float64, integers in int64; the
/// result is rounded once and does not depend on the number of threads.
/// </summary>
public static unsafe class CsrSums
{
    /// <summary>Scratch memory for <see cref="Run"/>, in bytes.</summary>
    public static long Scratch(in CsrMatrix x, bool overRows) => overRows ? x.Columns * sizeof(double) : 0;

    /// <summary>Sums along one axis.</summary>
    /// <param name="x">The matrix.</param>
    /// <param name="overRows">True for the sum of each column, false for that of each row.</param>
    /// <param name="divisor">What sums are divided by: 1, or the number of rows or columns for a mean.</param>
    /// <param name="y">Receives one sum for each column or row, in the matrix's type.</param>
    /// <param name="accumulate">Adds to what y holds.</param>
    /// <param name="scratch"><see cref="Scratch"/> bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such element type.</exception>
    public static void Run(in CsrMatrix x, bool overRows, long divisor, void* y, bool accumulate, void* scratch)
    {
        var call = new Call
        {
            X = x,
            OverRows = overRows,
            Divisor = divisor,
            Y = (byte*)y,
            Accumulate = accumulate,
            Sums = scratch,
        };
        switch (x.DType)
        {
            case DType.Float32:
                Run<float, double>(&call);
                break;
            case DType.Float64:
                Run<double, double>(&call);
                break;
            case DType.Float16:
                Run<Half, double>(&call);
                break;
            case DType.UInt8:
                Run<byte, long>(&call);
                break;
            case DType.Int32:
                Run<int, long>(&call);
                break;
            case DType.Int8:
                Run<sbyte, long>(&call);
                break;
            case DType.Int64:
                Run<long, long>(&call);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(x), x.DType, "This is not an element type.");
        }
    }

    private static void Run<T, TSum>(Call* call)
        where T : unmanaged, INumber<T>
        where TSum : unmanaged, INumber<TSum>
    {
        if (call->OverRows)
            SumColumns<T, TSum>(call);
        else
            KernelTeam.Default.For(call->X.Work, Elementwise.Grain, &SumRows<T, TSum>, call);
    }

    private static void SumRows<T, TSum>(void* state, long start, long end)
        where T : unmanaged, INumber<T>
        where TSum : unmanaged, INumber<TSum>
    {
        var call = (Call*)state;
        CsrMatrix x = call->X;
        var values = (T*)x.Values;
        long last = x.RowAtWork(end);
        for (long row = x.RowAtWork(start); row < last; row++)
        {
            TSum sum = TSum.Zero;
            for (long i = x.RowPointers[row]; i < x.RowPointers[row + 1]; i++)
            {
                sum += TSum.CreateTruncating(values[i]);
            }

            Store<T, TSum>(call, row, sum);
        }
    }

    // One thread adds all: there are as many sums as columns, and what is added to which cannot be foreseen.
    private static void SumColumns<T, TSum>(Call* call)
        where T : unmanaged, INumber<T>
        where TSum : unmanaged, INumber<TSum>
    {
        CsrMatrix x = call->X;
        var values = (T*)x.Values;
        var sums = (TSum*)call->Sums;
        long stored = x.Stored;
        for (long column = 0; column < x.Columns; column++)
        {
            sums[column] = TSum.Zero;
        }

        for (long i = 0; i < stored; i++)
        {
            sums[x.Indices[i]] += TSum.CreateTruncating(values[i]);
        }

        for (long column = 0; column < x.Columns; column++)
        {
            Store<T, TSum>(call, column, sums[column]);
        }
    }

    private static void Store<T, TSum>(Call* call, long place, TSum sum)
        where T : unmanaged, INumber<T>
        where TSum : unmanaged, INumber<TSum>
    {
        T* y = (T*)call->Y + place;
        TSum total = sum / TSum.CreateTruncating(call->Divisor);
        *y = T.CreateTruncating(call->Accumulate ? total + TSum.CreateTruncating(*y) : total);
    }

    private struct Call
    {
        internal CsrMatrix X;
        internal bool OverRows;
        internal long Divisor;
        internal byte* Y;
        internal bool Accumulate;
        internal void* Sums;
    }
}
