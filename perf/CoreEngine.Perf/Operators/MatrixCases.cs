namespace CoreEngine.Perf;

using static OperatorInput;

/// <summary>Products and factorizations of matrices.</summary>
internal static class MatrixCases
{
    private const string Group = "matrix";
    private const int Batch = 16;
    private const int N = 128;

    private static readonly OperatorInput s_square = Signed(384, 384);
    private static readonly OperatorInput s_batch = Signed(Batch, N, N);

    public static IEnumerable<OperatorCase> All => [.. Products(), .. Linalg()];

    private static OperatorCase[] Products() =>
        [
            Dot("384x384x384", s_square, s_square, "", "torch.mm(a, b, out=y)") with
            {
                Variables = "ab",
            },
            Dot("transposed left", s_square, s_square, "transpose_a=1", "torch.mm(a.t(), b, out=y)"),
            Dot("transposed right", s_square, s_square, "transpose_b=1", "torch.mm(a, b.t(), out=y)"),
            Dot("matrix and vector", Signed(512, 1024), Signed(1024), "", "torch.mv(a, b, out=y)") with
            {
                Variables = "ab",
            },
            Dot("vectors", Signed(524288), Signed(524288), "", "torch.dot(a, b, out=y)"),
            new(Group, "batch_dot", [s_batch, s_batch], "torch.bmm(a, b, out=y)") { Variables = "ab", Bound = 1e-4 },
            new(Group, "batch_dot", [s_batch, s_batch], "torch.bmm(a.transpose(1, 2), b, out=y)")
            {
                Detail = "transposed left",
                Attributes = "transpose_a=1",
                Bound = 1e-4,
            },
            new(Group, "batch_dot", [s_batch, s_batch], "torch.bmm(a, b.transpose(1, 2), out=y)")
            {
                Detail = "transposed right",
                Attributes = "transpose_b=1",
                Bound = 1e-4,
            },
            new(Group, "_linalg_gemm", [s_batch, s_batch, s_batch], "torch.baddbmm(c, a, b, alpha=2, beta=3)")
            {
                Attributes = "alpha=2; beta=3",
                Variables = "abc",
                Bound = 1e-4,
            },
            new(Group, "_linalg_gemm2", [s_batch, s_batch], "torch.bmm(a, b, out=y)")
            {
                Variables = "ab",
                Bound = 1e-4,
            },
            new(Group, "_linalg_syrk", [s_batch], "torch.bmm(a, a.transpose(1, 2), out=y)")
            {
                Variables = "a",
                Bound = 1e-4,
            },
        ];

    private static OperatorCase Dot(
        string detail,
        OperatorInput left,
        OperatorInput right,
        string attributes,
        string torch
    ) =>
        new(Group, "dot", [left, right], torch)
        {
            Detail = detail,
            Attributes = attributes,
            Bound = 1e-4,
        };

    private static IEnumerable<OperatorCase> Linalg()
    {
        foreach (
            (string detail, int batch, int n) in ((string, int, int)[])[("16x128x128", Batch, N), ("512x512", 1, 512)]
        )
        {
            OperatorInput definite = Definite(batch, n);
            OperatorInput lower = LowerTriangular(batch, n);
            OperatorInput right = Signed(batch, n, n);
            OperatorCase[] cases =
            [
                new(Group, "_linalg_potrf", [definite], "torch.linalg.cholesky(a, out=y)")
                {
                    Variables = "a",
                    // PyTorch spreads the gradient over both triangles as well.
                    Bound = 1e-3,
                },
                new(Group, "_linalg_potri", [lower], "torch.cholesky_inverse(a)")
                {
                    Variables = "a",
                    Bound = 1e-3,
                    ExpectedGradients = ["a.grad.tril()"],
                },
                new(Group, "_linalg_trmm", [lower, right], "torch.matmul(a, b, out=y)")
                {
                    Variables = "ab",
                    Bound = 1e-4,
                    ExpectedGradients = ["a.grad.tril()", "b.grad"],
                },
                new(Group, "_linalg_trsm", [lower, right], "torch.linalg.solve_triangular(a, b, upper=False, out=y)")
                {
                    Variables = "ab",
                    Bound = 1e-3,
                },
                new(Group, "_linalg_sumlogdiag", [lower], "a.diagonal(dim1=1, dim2=2).log().sum(1)")
                {
                    Variables = "a",
                },
                // Signs of rows and of eigenvectors are free; the eigenvalues are not.
                new(Group, "_linalg_gelqf", [right], "torch.linalg.qr(a.mT)") { Expected = null },
                new(Group, "_linalg_syevd", [definite], "torch.linalg.eigh(a)")
                {
                    Result = 1,
                    Expected = "y[0]",
                    Bound = 1e-3,
                },
            ];
            foreach (OperatorCase one in cases)
            {
                yield return one with
                {
                    Detail = detail,
                };
            }
        }
    }
}
