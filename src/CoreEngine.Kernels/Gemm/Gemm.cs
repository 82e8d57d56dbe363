using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>
/// General matrix multiplication, C = alpha * op(A) * op(B) + beta * C, all matrices row-major, op the identity or the
/// transposition.
/// </summary>
/// <remarks>
/// Results do not depend on the number of threads: the depth is never divided between threads. As in BLAS, beta = 0 means
/// that C is not read, and alpha = 0 that A and B are not. float16 is computed in float32 and rounded once at the end.
/// Integers wrap; alpha and beta are truncated to the integer type. Packing buffers belong to the thread (native memory,
/// about 9 MB at most) and are kept between calls: nothing is allocated in steady state.
/// </remarks>
public static unsafe class Gemm
{
    /// <summary>Products below which a second thread costs more than it brings.</summary>
    private const long ProductsPerThread = 100_000;

    /// <summary>Rows and columns of a float16 result that are held in float32 at a time.</summary>
    private const long HalfStrip = 1024;

    /// <summary>Multiplies two matrices.</summary>
    /// <param name="dtype">The type of all three matrices.</param>
    /// <param name="transA">A is stored k x m instead of m x k.</param>
    /// <param name="transB">B is stored n x k instead of k x n.</param>
    /// <param name="m">Rows of C.</param>
    /// <param name="n">Columns of C.</param>
    /// <param name="k">Depth; 0 leaves beta * C.</param>
    /// <param name="alpha">Factor of the product.</param>
    /// <param name="a">First element of A.</param>
    /// <param name="lda">Elements from one stored row of A to the next.</param>
    /// <param name="b">First element of B.</param>
    /// <param name="ldb">Elements from one stored row of B to the next.</param>
    /// <param name="beta">Factor of what C holds; with 0 C is not read, so NaN in it does no harm.</param>
    /// <param name="c">First element of C, which must not overlap A or B.</param>
    /// <param name="ldc">Elements from one row of C to the next.</param>
    /// <exception cref="ArgumentOutOfRangeException">An extent is negative, a leading dimension is shorter than a row, or the type is none.</exception>
    public static void Run(
        DType dtype,
        bool transA,
        bool transB,
        long m,
        long n,
        long k,
        double alpha,
        void* a,
        long lda,
        void* b,
        long ldb,
        double beta,
        void* c,
        long ldc
    )
    {
        Check(transA, transB, m, n, k, lda, ldb, ldc);
        switch (dtype)
        {
            case DType.Float32:
                Run(transA, transB, m, n, k, (float)alpha, (float*)a, lda, (float*)b, ldb, (float)beta, (float*)c, ldc);
                break;
            case DType.Float64:
                Run(transA, transB, m, n, k, alpha, (double*)a, lda, (double*)b, ldb, beta, (double*)c, ldc);
                break;
            case DType.Float16:
                RunHalf(
                    transA,
                    transB,
                    m,
                    n,
                    k,
                    (float)alpha,
                    (Half*)a,
                    lda,
                    (Half*)b,
                    ldb,
                    (float)beta,
                    (Half*)c,
                    ldc
                );
                break;
            case DType.Int32:
                RunInteger<int>(transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
                break;
            case DType.Int64:
                RunInteger<long>(transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
                break;
            case DType.UInt8:
                RunInteger<byte>(transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
                break;
            case DType.Int8:
                RunInteger<sbyte>(transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "This is not an element type.");
        }
    }

    /// <summary>Multiplies many pairs of matrices of one size, which lie at equal distances.</summary>
    /// <param name="dtype">The type of all matrices.</param>
    /// <param name="transA">See <see cref="Run"/>.</param>
    /// <param name="transB">See <see cref="Run"/>.</param>
    /// <param name="batch">Number of products.</param>
    /// <param name="m">Rows of each C.</param>
    /// <param name="n">Columns of each C.</param>
    /// <param name="k">Depth.</param>
    /// <param name="alpha">Factor of the products.</param>
    /// <param name="a">First element of the first A.</param>
    /// <param name="lda">See <see cref="Run"/>.</param>
    /// <param name="strideA">Elements from one A to the next; 0 uses one for all.</param>
    /// <param name="b">First element of the first B.</param>
    /// <param name="ldb">See <see cref="Run"/>.</param>
    /// <param name="strideB">Elements from one B to the next; 0 uses one for all.</param>
    /// <param name="beta">Factor of what each C holds.</param>
    /// <param name="c">First element of the first C.</param>
    /// <param name="ldc">See <see cref="Run"/>.</param>
    /// <param name="strideC">Elements from one C to the next; the matrices must not overlap.</param>
    /// <exception cref="ArgumentOutOfRangeException">As for <see cref="Run"/>, or the batch is negative.</exception>
    public static void Batched(
        DType dtype,
        bool transA,
        bool transB,
        long batch,
        long m,
        long n,
        long k,
        double alpha,
        void* a,
        long lda,
        long strideA,
        void* b,
        long ldb,
        long strideB,
        double beta,
        void* c,
        long ldc,
        long strideC
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(batch);
        Check(transA, transB, m, n, k, lda, ldb, ldc);
        var work = new BatchedWork
        {
            DType = dtype,
            TransA = transA,
            TransB = transB,
            M = m,
            N = n,
            K = k,
            Alpha = alpha,
            A = (byte*)a,
            Lda = lda,
            StrideA = strideA * dtype.ItemSize(),
            B = (byte*)b,
            Ldb = ldb,
            StrideB = strideB * dtype.ItemSize(),
            Beta = beta,
            C = (byte*)c,
            Ldc = ldc,
            StrideC = strideC * dtype.ItemSize(),
        };

        KernelTeam team = KernelTeam.Default;
        if (batch >= team.Size)
        {
            double products = Math.Max(1.0, (double)m * n * k);
            team.For(batch, (long)Math.Max(1, ProductsPerThread / products), &RunBatch, &work);
        }
        else
        {
            RunBatch(&work, 0, batch); // Too few for all threads: each product uses the team itself.
        }
    }

    /// <summary>Multiplies with kernels of the caller's choice, which is how tests reach every width.</summary>
    internal static void Run<T>(
        GemmKernels<T> kernels,
        bool transA,
        bool transB,
        long m,
        long n,
        long k,
        T alpha,
        T* a,
        long lda,
        T* b,
        long ldb,
        T beta,
        T* c,
        long ldc
    )
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        bool accumulate = Prepare(m, n, k, ref alpha, beta, c, ldc);
        if (m > 0 && n > 0 && k > 0 && alpha != T.Zero)
        {
            var left = new Matrix<T>(a, lda, transA);
            var right = new Matrix<T>(b, ldb, transB);
            Multiply(kernels, left, right, m, n, k, alpha, c, ldc, accumulate);
        }
    }

    /// <summary>c = alpha * left * right, or c += that, by all threads of the team. The extents must not be 0.</summary>
    internal static void Multiply<T, TLeft, TRight>(
        GemmKernels<T> kernels,
        in TLeft left,
        in TRight right,
        long m,
        long n,
        long k,
        T alpha,
        T* c,
        long ldc,
        bool accumulate
    )
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
        where TLeft : unmanaged, ILeftOperand<T>
        where TRight : unmanaged, IRightOperand<T>
    {
        KernelTeam team = KernelTeam.Default;
        double products = (double)m * n * k;
        int threads = (int)Math.Clamp(products / ProductsPerThread, 1, team.Size);
        if (threads == 1)
        {
            var all = new Rectangle(0, m, 0, n);
            GemmLoops<T, TLeft, TRight>.Run(kernels, left, right, all, k, alpha, c, ldc, accumulate);
            return;
        }

        (long down, long across) = GemmGrid.Choose(threads, m, n, kernels.Rows, kernels.Columns);
        fixed (TLeft* pinnedLeft = &left)
        fixed (TRight* pinnedRight = &right)
        {
            var work = new GemmWork<T, TLeft, TRight>
            {
                Kernels = kernels,
                Left = pinnedLeft,
                Right = pinnedRight,
                M = m,
                N = n,
                K = k,
                Alpha = alpha,
                C = c,
                Ldc = ldc,
                Accumulate = accumulate,
                Down = down,
                Across = across,
            };
            team.For(down * across, 1, &GemmWork<T, TLeft, TRight>.Run, &work);
        }
    }

    private static void Run<T>(
        bool transA,
        bool transB,
        long m,
        long n,
        long k,
        T alpha,
        T* a,
        long lda,
        T* b,
        long ldb,
        T beta,
        T* c,
        long ldc
    )
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        if (m == 1 || n == 1)
        {
            bool accumulate = Prepare(m, n, k, ref alpha, beta, c, ldc);
            if (m > 0 && n > 0 && k > 0 && alpha != T.Zero)
            {
                if (n == 1)
                {
                    Gemv<T>.Run(transA, m, k, alpha, a, lda, b, transB ? 1 : ldb, c, ldc, accumulate);
                }
                else
                {
                    Gemv<T>.Run(!transB, n, k, alpha, b, ldb, a, transA ? lda : 1, c, 1, accumulate);
                }
            }

            return;
        }

        if (k == 1 && alpha != T.Zero && (!transB || ldb == 1))
        {
            bool accumulate = Prepare(m, n, k, ref alpha, beta, c, ldc);
            OuterProduct<T>.Run(m, n, alpha, a, transA ? 1 : lda, b, c, ldc, accumulate);
            return;
        }

        Run(GemmKernels<T>.Best, transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    }

    private static void RunInteger<T>(
        bool transA,
        bool transB,
        long m,
        long n,
        long k,
        double alpha,
        void* a,
        long lda,
        void* b,
        long ldb,
        double beta,
        void* c,
        long ldc
    )
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        T factor = T.CreateTruncating(alpha);
        T keep = T.CreateTruncating(beta);
        Run(GemmKernels<T>.Best, transA, transB, m, n, k, factor, (T*)a, lda, (T*)b, ldb, keep, (T*)c, ldc);
    }

    /// <summary>float16: strips of the result are computed in float32 and rounded once.</summary>
    private static void RunHalf(
        bool transA,
        bool transB,
        long m,
        long n,
        long k,
        float alpha,
        Half* a,
        long lda,
        Half* b,
        long ldb,
        float beta,
        Half* c,
        long ldc
    )
    {
        long stripColumns = Math.Min(n, HalfStrip);
        bool multiply = k > 0 && alpha != 0;
        for (long row = 0; row < m; row += HalfStrip)
        {
            long rows = Math.Min(HalfStrip, m - row);
            for (long column = 0; column < n; column += HalfStrip)
            {
                long columns = Math.Min(HalfStrip, n - column);
                float* strip = (float*)PackArena.Get(PackArena.Slot.Result, HalfStrip * stripColumns * sizeof(float));
                Half* target = c + (row * ldc) + column;
                for (long i = 0; i < rows && beta != 0; i++)
                {
                    Cast.Convert(DType.Float16, target + (i * ldc), DType.Float32, strip + (i * columns), columns);
                }

                float factor = alpha;
                bool accumulate = Prepare(rows, columns, k, ref factor, beta, strip, columns);
                if (multiply)
                {
                    var left = new HalfMatrix(a + (transA ? row : row * lda), lda, transA);
                    var right = new HalfMatrix(b + (transB ? column * ldb : column), ldb, transB);
                    Multiply(
                        GemmKernels<float>.Best,
                        left,
                        right,
                        rows,
                        columns,
                        k,
                        factor,
                        strip,
                        columns,
                        accumulate
                    );
                }

                for (long i = 0; i < rows; i++)
                {
                    Cast.Convert(DType.Float32, strip + (i * columns), DType.Float16, target + (i * ldc), columns);
                }
            }
        }
    }

    /// <summary>
    /// Applies beta where the product cannot: returns whether the product must be added to C rather than replace it.
    /// </summary>
    private static bool Prepare<T>(long m, long n, long k, ref T alpha, T beta, T* c, long ldc)
        where T : unmanaged, INumber<T>
    {
        bool nothing = k == 0 || alpha == T.Zero;
        if (beta == T.One || (beta == T.Zero && !nothing))
        {
            return beta == T.One;
        }

        for (long i = 0; i < m; i++)
        {
            T* row = c + (i * ldc);
            for (long j = 0; j < n; j++)
            {
                row[j] = beta == T.Zero ? T.Zero : row[j] * beta;
            }
        }

        return true;
    }

    private static void RunBatch(void* state, long first, long last)
    {
        var work = (BatchedWork*)state;
        for (long i = first; i < last; i++)
        {
            Run(
                work->DType,
                work->TransA,
                work->TransB,
                work->M,
                work->N,
                work->K,
                work->Alpha,
                work->A + (i * work->StrideA),
                work->Lda,
                work->B + (i * work->StrideB),
                work->Ldb,
                work->Beta,
                work->C + (i * work->StrideC),
                work->Ldc
            );
        }
    }

    private static void Check(bool transA, bool transB, long m, long n, long k, long lda, long ldb, long ldc)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(m);
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        ArgumentOutOfRangeException.ThrowIfNegative(k);
        ArgumentOutOfRangeException.ThrowIfLessThan(lda, transA ? m : k);
        ArgumentOutOfRangeException.ThrowIfLessThan(ldb, transB ? k : n);
        ArgumentOutOfRangeException.ThrowIfLessThan(ldc, n);
    }

    private struct BatchedWork
    {
        public DType DType;
        public bool TransA;
        public bool TransB;
        public long M;
        public long N;
        public long K;
        public double Alpha;
        public byte* A;
        public long Lda;
        public long StrideA;
        public byte* B;
        public long Ldb;
        public long StrideB;
        public double Beta;
        public byte* C;
        public long Ldc;
        public long StrideC;
    }
}
