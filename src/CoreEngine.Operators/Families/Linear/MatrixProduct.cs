using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>
/// Products of (batches of) matrices, Y = alpha * op(A) * op(B), and what flows back through them. The matrices are
/// row-major and lie one after the other.
/// </summary>
/// <param name="DType">Type of all matrices.</param>
/// <param name="TransposeA">A is stored K x M instead of M x K.</param>
/// <param name="TransposeB">B is stored N x K instead of K x N.</param>
/// <param name="Batch">Number of products.</param>
/// <param name="M">Rows of Y.</param>
/// <param name="N">Columns of Y.</param>
/// <param name="K">Depth.</param>
/// <param name="Alpha">The factor.</param>
internal readonly unsafe record struct MatrixProduct(
    DType DType,
    bool TransposeA,
    bool TransposeB,
    long Batch,
    long M,
    long N,
    long K,
    double Alpha = 1
)
{
    private long StrideA => TransposeA ? M : K;

    private long StrideB => TransposeB ? K : N;

    /// <summary>Y = alpha * op(A) * op(B) + beta * Y.</summary>
    internal void Forward(void* a, void* b, void* y, double beta) =>
        Multiply(TransposeA, TransposeB, M, N, K, a, StrideA, b, StrideB, y, N, beta);

    /// <summary>The gradient of A, where dY is that of Y.</summary>
    internal void BackwardA(void* dy, void* b, void* da, double beta)
    {
        if (TransposeA)
            Multiply(TransposeB, true, K, M, N, b, StrideB, dy, N, da, M, beta);
        else
            Multiply(false, !TransposeB, M, K, N, dy, N, b, StrideB, da, K, beta);
    }

    /// <summary>The gradient of B, where dY is that of Y.</summary>
    internal void BackwardB(void* dy, void* a, void* db, double beta)
    {
        if (TransposeB)
            Multiply(true, TransposeA, N, K, M, dy, N, a, StrideA, db, K, beta);
        else
            Multiply(!TransposeA, false, K, N, M, a, StrideA, dy, N, db, N, beta);
    }

    private void Multiply(
        bool transA,
        bool transB,
        long m,
        long n,
        long k,
        void* a,
        long lda,
        void* b,
        long ldb,
        void* c,
        long ldc,
        double beta
    )
    {
        if (Batch == 1)
            Gemm.Run(DType, transA, transB, m, n, k, Alpha, a, lda, b, ldb, beta, c, ldc);
        else
        {
            Gemm.Batched(
                DType,
                transA,
                transB,
                Batch,
                m,
                n,
                k,
                Alpha,
                a,
                lda,
                m * k,
                b,
                ldb,
                k * n,
                beta,
                c,
                ldc,
                m * n
            );
        }
    }
}
