using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>Systems of equations with lower triangular matrices, row-major. Only the lower triangle is read.</summary>
public static unsafe class Triangular
{
    /// <summary>Up to this order a system is solved directly; above, by halves, which leaves the work to matrix products.</summary>
    private const long Direct = 32;

    /// <summary>Systems whose unknowns lie along columns that are turned into rows together.</summary>
    private const long PanelSystems = 64;

    /// <summary>Up to this order a triangle is multiplied as a square: zeros cost less than more, smaller products.</summary>
    private const long Block = 64;

    /// <summary>Solves op(L) X = B, or X op(L) = B, in place of B.</summary>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="transpose">op is the transposition instead of the identity.</param>
    /// <param name="right">op(L) stands right of X.</param>
    /// <param name="n">Order of L.</param>
    /// <param name="others">The other extent of B: its columns, or its rows when L stands right.</param>
    /// <param name="l">The matrix L.</param>
    /// <param name="ldl">Elements from one row of L to the next.</param>
    /// <param name="b">The matrix B, then X.</param>
    /// <param name="ldb">Elements from one row of B to the next.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type is neither float32 nor float64.</exception>
    public static void Solve(
        DType dtype,
        bool transpose,
        bool right,
        long n,
        long others,
        void* l,
        long ldl,
        void* b,
        long ldb
    )
    {
        if (dtype is not (DType.Float32 or DType.Float64))
            throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Systems are solved in float32 or float64.");
        if (n <= Direct && dtype == DType.Float32)
            SolveDirectly(transpose, right, n, others, (float*)l, ldl, (float*)b, ldb);
        else if (n <= Direct)
            SolveDirectly(transpose, right, n, others, (double*)l, ldl, (double*)b, ldb);
        else
            SolveByHalves(dtype, transpose, right, n, others, (byte*)l, ldl, (byte*)b, ldb);
    }

    private static void SolveByHalves(
        DType dtype,
        bool transpose,
        bool right,
        long n,
        long others,
        byte* l,
        long ldl,
        byte* b,
        long ldb
    )
    {
        int size = dtype.ItemSize();
        long first = n / 2;
        long rest = n - first;
        byte* l21 = l + (first * ldl * size);
        byte* l22 = l21 + (first * size);
        byte* b2 = b + (first * (right ? 1 : ldb) * size);
        // op(L) is lower triangular on the left, or upper on the right, exactly when the first half can be solved first.
        bool firstFirst = transpose == right;
        byte* known = firstFirst ? b : b2;
        byte* open = firstFirst ? b2 : b;
        long knownExtent = firstFirst ? first : rest;
        long openExtent = firstFirst ? rest : first;
        Solve(dtype, transpose, right, knownExtent, others, firstFirst ? l : l22, ldl, known, ldb);
        if (right)
            Gemm.Run(dtype, false, transpose, others, openExtent, knownExtent, -1, known, ldb, l21, ldl, 1, open, ldb);
        else
            Gemm.Run(dtype, transpose, false, openExtent, others, knownExtent, -1, l21, ldl, known, ldb, 1, open, ldb);
        Solve(dtype, transpose, right, openExtent, others, firstFirst ? l22 : l, ldl, open, ldb);
    }

    private static void SolveDirectly<T>(
        bool transpose,
        bool right,
        long n,
        long others,
        T* l,
        long ldl,
        T* b,
        long ldb
    )
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        if (!right)
        {
            TriangularPanel<T>.Solve(transpose, n, others, l, ldl, b, ldb);
            return;
        }

        // X op(L) = B means op(L)^T X^T = B^T: the systems lie along rows then, as the panel wants them.
        T* panel = stackalloc T[(int)(Direct * PanelSystems)];
        for (long first = 0; first < others; first += PanelSystems)
        {
            long count = Math.Min(PanelSystems, others - first);
            T* rows = b + (first * ldb);
            for (long c = 0; c < count; c++)
            {
                for (long i = 0; i < n; i++)
                {
                    panel[(i * PanelSystems) + c] = rows[(c * ldb) + i];
                }
            }

            TriangularPanel<T>.Solve(!transpose, n, count, l, ldl, panel, PanelSystems);
            for (long c = 0; c < count; c++)
            {
                for (long i = 0; i < n; i++)
                {
                    rows[(c * ldb) + i] = panel[(i * PanelSystems) + c];
                }
            }
        }
    }

    /// <summary>Y = alpha op(L) B, or alpha B op(L), or Y += that.</summary>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="transpose">op is the transposition instead of the identity.</param>
    /// <param name="right">op(L) stands right of B.</param>
    /// <param name="n">Order of L.</param>
    /// <param name="others">The other extent of B: its columns, or its rows when L stands right.</param>
    /// <param name="alpha">The factor.</param>
    /// <param name="l">The matrix L.</param>
    /// <param name="ldl">Elements from one row of L to the next.</param>
    /// <param name="b">The matrix B.</param>
    /// <param name="ldb">Elements from one row of B to the next.</param>
    /// <param name="accumulate">The product is added to Y.</param>
    /// <param name="y">The matrix Y, which does not overlap the others.</param>
    /// <param name="ldy">Elements from one row of Y to the next.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type is neither float32 nor float64.</exception>
    public static void Multiply(
        DType dtype,
        bool transpose,
        bool right,
        long n,
        long others,
        double alpha,
        void* l,
        long ldl,
        void* b,
        long ldb,
        bool accumulate,
        void* y,
        long ldy
    )
    {
        if (dtype is not (DType.Float32 or DType.Float64))
            throw new ArgumentOutOfRangeException(
                nameof(dtype),
                dtype,
                "Triangles are multiplied in float32 or float64."
            );
        int size = dtype.ItemSize();
        double beta = accumulate ? 1 : 0;
        if (n <= Block)
        {
            byte* square = stackalloc byte[(int)(n * n) * size];
            CopyLower((byte*)l, ldl * size, square, n, size);
            if (right)
                Gemm.Run(dtype, false, transpose, others, n, n, alpha, b, ldb, square, n, beta, y, ldy);
            else
                Gemm.Run(dtype, transpose, false, n, others, n, alpha, square, n, b, ldb, beta, y, ldy);
            return;
        }

        long first = n / 2;
        long rest = n - first;
        byte* l21 = (byte*)l + (first * ldl * size);
        byte* l22 = l21 + (first * size);
        byte* b1 = (byte*)b;
        byte* b2 = b1 + (first * (right ? 1 : ldb) * size);
        byte* y1 = (byte*)y;
        byte* y2 = y1 + (first * (right ? 1 : ldy) * size);
        Multiply(dtype, transpose, right, first, others, alpha, l, ldl, b1, ldb, accumulate, y1, ldy);
        Multiply(dtype, transpose, right, rest, others, alpha, l22, ldl, b2, ldb, accumulate, y2, ldy);
        // The block beside the diagonal leads from one half to the other, which way depends on where it stands.
        bool toFirst = transpose != right;
        byte* from = toFirst ? b2 : b1;
        byte* to = toFirst ? y1 : y2;
        long depth = toFirst ? rest : first;
        long extent = toFirst ? first : rest;
        if (right)
            Gemm.Run(dtype, false, transpose, others, extent, depth, alpha, from, ldb, l21, ldl, 1, to, ldy);
        else
            Gemm.Run(dtype, transpose, false, extent, others, depth, alpha, l21, ldl, from, ldb, 1, to, ldy);
    }

    /// <summary>X = L^-1, lower triangular: above the diagonal it gets zeros.</summary>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="n">Order of L.</param>
    /// <param name="l">The matrix L.</param>
    /// <param name="ldl">Elements from one row of L to the next.</param>
    /// <param name="x">The matrix X, which does not overlap L.</param>
    /// <param name="ldx">Elements from one row of X to the next.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type is neither float32 nor float64.</exception>
    public static void Invert(DType dtype, long n, void* l, long ldl, void* x, long ldx)
    {
        int size = dtype.ItemSize();
        if (n <= Direct)
        {
            for (long i = 0; i < n; i++)
            {
                byte* row = (byte*)x + (i * ldx * size);
                Elementwise.Fill(dtype, 0, row, n);
                Elementwise.Fill(dtype, 1, row + (i * size), 1);
            }

            Solve(dtype, transpose: false, right: false, n, n, l, ldl, x, ldx);
            return;
        }

        // The inverse of ((L11, 0), (L21, L22)) has -L22^-1 L21 L11^-1 below its diagonal blocks.
        long first = n / 2;
        long rest = n - first;
        byte* l21 = (byte*)l + (first * ldl * size);
        byte* x12 = (byte*)x + (first * size);
        byte* x21 = (byte*)x + (first * ldx * size);
        byte* x22 = x21 + (first * size);
        Invert(dtype, first, l, ldl, x, ldx);
        Invert(dtype, rest, l21 + (first * size), ldl, x22, ldx);
        Multiply(dtype, false, true, first, rest, -1, x, ldx, l21, ldl, false, x21, ldx);
        Solve(dtype, transpose: false, right: false, rest, first, l21 + (first * size), ldl, x21, ldx);
        for (long i = 0; i < first; i++)
        {
            Elementwise.Fill(dtype, 0, x12 + (i * ldx * size), rest);
        }
    }

    /// <summary>Y = L^T L, all of the symmetric matrix.</summary>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="n">Order of L.</param>
    /// <param name="l">The matrix L, with zeros above its diagonal.</param>
    /// <param name="ldl">Elements from one row of L to the next.</param>
    /// <param name="y">The matrix Y, which does not overlap L.</param>
    /// <param name="ldy">Elements from one row of Y to the next.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type is neither float32 nor float64.</exception>
    public static void MultiplyByTransposed(DType dtype, long n, void* l, long ldl, void* y, long ldy)
    {
        if (n <= Block)
        {
            Gemm.Run(dtype, true, false, n, n, n, 1, l, ldl, l, ldl, 0, y, ldy);
            return;
        }

        int size = dtype.ItemSize();
        long first = n / 2;
        long rest = n - first;
        byte* l21 = (byte*)l + (first * ldl * size);
        byte* l22 = l21 + (first * size);
        byte* y21 = (byte*)y + (first * ldy * size);
        MultiplyByTransposed(dtype, first, l, ldl, y, ldy);
        Gemm.Run(dtype, true, false, first, first, rest, 1, l21, ldl, l21, ldl, 1, y, ldy);
        Multiply(dtype, true, false, rest, first, 1, l22, ldl, l21, ldl, false, y21, ldy);
        MultiplyByTransposed(dtype, rest, l22, ldl, y21 + (first * size), ldy);
        if (dtype == DType.Float32)
            Mirror((float*)y, ldy, first, n);
        else
            Mirror((double*)y, ldy, first, n);
    }

    /// <summary>Copies the block below the first rows to the right of them.</summary>
    private static void Mirror<T>(T* y, long ldy, long first, long n)
        where T : unmanaged
    {
        const long Square = 16;
        for (long top = first; top < n; top += Square)
        {
            for (long left = 0; left < first; left += Square)
            {
                for (long i = top; i < Math.Min(top + Square, n); i++)
                {
                    for (long j = left; j < Math.Min(left + Square, first); j++)
                    {
                        y[(j * ldy) + i] = y[(i * ldy) + j];
                    }
                }
            }
        }
    }

    private static void CopyLower(byte* l, long pitch, byte* square, long n, int size)
    {
        new Span<byte>(square, (int)(n * n) * size).Clear();
        for (long i = 0; i < n; i++)
        {
            long bytes = (i + 1) * size;
            Buffer.MemoryCopy(l + (i * pitch), square + (i * n * size), bytes, bytes);
        }
    }
}
