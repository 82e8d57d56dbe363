using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>Element-wise operators of row-sparse matrices of one shape. Rows that are not stored are zero.</summary>
/// <remarks>Results do not depend on the number of threads.</remarks>
public static unsafe class RowSparseElementwise
{
    /// <summary>From this many times the other's rows on, looking them up one by one is faster than walking through all.</summary>
    private const long LookedUpFrom = 32;

    /// <summary>Number of rows that at least one of two matrices stores.</summary>
    public static long CountUnion(in RowSparseMatrix a, in RowSparseMatrix b)
    {
        if (a.Stored == a.Rows || b.Stored == b.Rows)
            return a.Rows;
        if (a.Stored / LookedUpFrom > b.Stored)
            return a.Stored + b.Stored - CountCommon(a, b);
        if (b.Stored / LookedUpFrom > a.Stored)
            return a.Stored + b.Stored - CountCommon(b, a);
        long common = 0;
        long i = 0;
        long j = 0;
        while (i < a.Stored && j < b.Stored)
        {
            long difference = a.Indices[i] - b.Indices[j];
            common += difference == 0 ? 1 : 0;
            i += difference <= 0 ? 1 : 0;
            j += difference >= 0 ? 1 : 0;
        }

        return a.Stored + b.Stored - common;
    }

    private static long CountCommon(in RowSparseMatrix many, in RowSparseMatrix few)
    {
        long common = 0;
        for (long i = 0; i < few.Stored; i++)
        {
            long place = many.FirstFrom(few.Indices[i]);
            common += place < many.Stored && many.Indices[place] == few.Indices[i] ? 1 : 0;
        }

        return common;
    }

    /// <summary><c>y = op(a, b)</c> on the rows that at least one of them stores.</summary>
    /// <param name="a">The left operand.</param>
    /// <param name="b">The right operand.</param>
    /// <param name="y">The result, with <see cref="CountUnion"/> rows; its indices are written too.</param>
    public static void Binary<TOp>(in RowSparseMatrix a, in RowSparseMatrix b, in RowSparseMatrix y)
        where TOp : struct, IBinaryOp
    {
        WriteUnion(a, b, y.Indices);
        var call = new BinaryCall<TOp>
        {
            A = a,
            B = b,
            Y = y,
        };
        KernelTeam.Default.For(y.Stored, RowsWorthAThread(y), &BinaryCall<TOp>.Run, &call);
    }

    /// <summary><c>y = op(a, b)</c> on the rows that a stores, whatever b has elsewhere.</summary>
    /// <param name="a">The left operand.</param>
    /// <param name="b">The right operand.</param>
    /// <param name="y">The result: rows of values as a stores them; may be those of a.</param>
    public static void BinaryOnLeft<TOp>(in RowSparseMatrix a, in RowSparseMatrix b, void* y)
        where TOp : struct, IBinaryOp
    {
        var call = new BinaryCall<TOp>
        {
            A = a,
            B = b,
            Y = a with { Values = y },
        };
        KernelTeam.Default.For(a.Stored, RowsWorthAThread(a), &BinaryCall<TOp>.Run, &call);
    }

    /// <summary><c>y = op(a, b)</c> on the rows that a stores, with the rows of a dense matrix.</summary>
    /// <param name="a">The left operand.</param>
    /// <param name="b">The right operand, dense.</param>
    /// <param name="y">The result: rows of values as a stores them; may be those of a.</param>
    public static void BinaryOnLeft<TOp>(in RowSparseMatrix a, void* b, void* y)
        where TOp : struct, IBinaryOp
    {
        var call = new DenseCall<TOp>
        {
            A = a,
            B = (byte*)b,
            Y = (byte*)y,
        };
        KernelTeam.Default.For(a.Stored, RowsWorthAThread(a), &DenseCall<TOp>.Run, &call);
    }

    /// <summary>Adds the rows of x to rows of y that have the same numbers.</summary>
    /// <param name="x">What is added.</param>
    /// <param name="y">Stores at least the rows of x.</param>
    public static void AddTo<TAdd>(in RowSparseMatrix x, in RowSparseMatrix y)
        where TAdd : struct, IBinaryOp
    {
        var call = new BinaryCall<TAdd> { A = x, Y = y };
        KernelTeam.Default.For(x.Stored, RowsWorthAThread(x), &RunAdd<TAdd>, &call);
    }

    internal static long RowsWorthAThread(in RowSparseMatrix matrix) =>
        Math.Max(1, Elementwise.Grain / Math.Max(1, matrix.RowLength));

    private static void WriteUnion(in RowSparseMatrix a, in RowSparseMatrix b, long* rows)
    {
        long i = 0;
        long j = 0;
        while (i < a.Stored && j < b.Stored)
        {
            long left = a.Indices[i];
            long right = b.Indices[j];
            *rows++ = Math.Min(left, right);
            i += left <= right ? 1 : 0;
            j += right <= left ? 1 : 0;
        }

        Buffer.MemoryCopy(a.Indices + i, rows, (a.Stored - i) * sizeof(long), (a.Stored - i) * sizeof(long));
        rows += a.Stored - i;
        Buffer.MemoryCopy(b.Indices + j, rows, (b.Stored - j) * sizeof(long), (b.Stored - j) * sizeof(long));
    }

    private static void RunAdd<TAdd>(void* state, long start, long end)
        where TAdd : struct, IBinaryOp
    {
        ref BinaryCall<TAdd> call = ref Unsafe.AsRef<BinaryCall<TAdd>>(state);
        RowSparseMatrix x = call.A;
        RowSparseMatrix y = call.Y;
        long j = y.FirstFrom(x.Indices[start]);
        for (long i = start; i < end; i++, j++)
        {
            while (y.Indices[j] < x.Indices[i])
            {
                j++;
            }

            Elementwise.Binary<TAdd>(x.DType, y.Row(j), x.Row(i), y.Row(j), x.RowLength);
        }
    }

    private struct BinaryCall<TOp>
        where TOp : struct, IBinaryOp
    {
        internal RowSparseMatrix A;
        internal RowSparseMatrix B;
        internal RowSparseMatrix Y;

        internal static void Run(void* state, long start, long end)
        {
            ref BinaryCall<TOp> call = ref Unsafe.AsRef<BinaryCall<TOp>>(state);
            RowSparseMatrix a = call.A;
            RowSparseMatrix b = call.B;
            RowSparseMatrix y = call.Y;
            long i = a.FirstFrom(y.Indices[start]);
            long j = b.FirstFrom(y.Indices[start]);
            for (long k = start; k < end; )
            {
                long row = y.Indices[k];
                while (j < b.Stored && b.Indices[j] < row)
                {
                    j++;
                }

                // Neighbours that the same matrices store lie one after the other everywhere.
                bool hasLeft = Has(a, i, row);
                bool hasRight = Has(b, j, row);
                long rows = 1;
                while (
                    k + rows < end
                    && (hasLeft ? Has(a, i + rows, y.Indices[k + rows]) : IsBehind(a, i, y.Indices[k + rows]))
                    && (hasRight ? Has(b, j + rows, y.Indices[k + rows]) : IsBehind(b, j, y.Indices[k + rows]))
                )
                {
                    rows++;
                }

                long count = rows * y.RowLength;
                if (hasLeft && hasRight)
                    Elementwise.Binary<TOp>(y.DType, a.Row(i), b.Row(j), y.Row(k), count);
                else if (hasLeft)
                    Elementwise.BinaryScalar<TOp>(y.DType, a.Row(i), 0, y.Row(k), count);
                else
                    Elementwise.ScalarBinary<TOp>(y.DType, 0, b.Row(j), y.Row(k), count);
                i += hasLeft ? rows : 0;
                j += hasRight ? rows : 0;
                k += rows;
            }
        }

        private static bool Has(in RowSparseMatrix matrix, long place, long row) =>
            place < matrix.Stored && matrix.Indices[place] == row;

        private static bool IsBehind(in RowSparseMatrix matrix, long place, long row) =>
            place >= matrix.Stored || matrix.Indices[place] > row;
    }

    private struct DenseCall<TOp>
        where TOp : struct, IBinaryOp
    {
        internal RowSparseMatrix A;
        internal byte* B;
        internal byte* Y;

        internal static void Run(void* state, long start, long end)
        {
            ref DenseCall<TOp> call = ref Unsafe.AsRef<DenseCall<TOp>>(state);
            RowSparseMatrix a = call.A;
            for (long i = start; i < end; i++)
            {
                byte* b = call.B + (a.Indices[i] * a.RowBytes);
                Elementwise.Binary<TOp>(a.DType, a.Row(i), b, call.Y + (i * a.RowBytes), a.RowLength);
            }
        }
    }
}
