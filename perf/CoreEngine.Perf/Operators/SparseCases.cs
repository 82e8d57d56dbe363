namespace CoreEngine.Perf;

using static OperatorInput;

/// <summary>
/// Operators on sparse arrays: matrices of 4096 x 4096 with one element in a hundred, and 65536 rows of which one in sixteen
/// is stored. PyTorch's CSR matrices multiply; for the rest it has coordinates.
/// </summary>
internal static class SparseCases
{
    private const string Group = "sparse";
    private const string Compressed = "import warnings; warnings.simplefilter('ignore'); a = a.to_sparse_csr()";
    private const string Coordinates = "a = a.to_sparse().coalesce()";
    private const string BothCoordinates = "a = a.to_sparse().coalesce(); b = b.to_sparse().coalesce()";
    private const string BothRows = "a = a.to_sparse(1).coalesce(); b = b.to_sparse(1).coalesce()";

    private static readonly OperatorInput s_matrix = Thinned(StorageType.Csr, rowShare: 1, share: 100, 4096, 4096);
    private static readonly OperatorInput s_rows = Thinned(StorageType.RowSparse, rowShare: 16, share: 1, 65536, 32);

    public static IEnumerable<OperatorCase> All =>
        [
            new(Group, "dot", [s_matrix, Signed(4096, 64)], "a @ b")
            {
                Detail = "csr and 64 columns",
                Setup = Compressed,
            },
            new(Group, "dot", [s_matrix, Signed(4096, 10)], "a @ b")
            {
                Detail = "csr and 10 columns",
                Setup = Compressed,
            },
            new(Group, "dot", [s_matrix, Signed(4096)], "a @ b") { Detail = "csr and vector", Setup = Coordinates },
            new(Group, "dot", [s_matrix, Signed(4096, 64)], "torch.sparse.mm(a, b)")
            {
                Detail = "transposed csr and 64 columns",
                Attributes = "transpose_a=1",
                Setup = "a = a.to_sparse().t().coalesce()",
            },
            Binary("elemwise_add", s_matrix, "csr", "a + b", BothCoordinates),
            Binary("elemwise_mul", s_matrix, "csr", "a * b", BothCoordinates),
            Binary("elemwise_add", s_rows, "rows", "a + b", BothRows),
            new(Group, "sum", [s_matrix], "torch.sparse.sum(a, 0)")
            {
                Detail = "csr over rows",
                Attributes = "axis=0",
                Setup = Coordinates,
                Expected = "y.to_dense()",
            },
            new(Group, "sum", [s_matrix], "torch.sparse.sum(a, 1)")
            {
                Detail = "csr over columns",
                Attributes = "axis=1",
                Setup = Coordinates,
                Expected = "y.to_dense()",
            },
            new(Group, "cast_storage", [s_matrix with { Storage = StorageType.Default }], "a.to_sparse()")
            {
                Detail = "to csr",
                Attributes = "stype=csr",
                Expected = "y.to_dense()",
            },
            new(Group, "cast_storage", [s_matrix], "a.to_dense()")
            {
                Detail = "from csr",
                Attributes = "stype=default",
                Setup = Coordinates,
            },
            new(Group, "cast_storage", [s_rows with { Storage = StorageType.Default }], "a.to_sparse(1)")
            {
                Detail = "to rows",
                Attributes = "stype=row_sparse",
                Expected = "y.to_dense()",
            },
            new(
                Group,
                "_contrib_SparseEmbedding",
                [Index(65536, 8192), Signed(65536, 64)],
                "torch.nn.functional.embedding(a, b, sparse=True)"
            )
            {
                Attributes = "input_dim=65536; output_dim=64",
                Setup = "a = a.long()",
            },
            // PyTorch leaves equal rows beside each other until somebody asks for their sums.
            new(
                Group,
                "_backward_SparseEmbedding",
                [Signed(8192, 64), Index(65536, 8192), Signed(65536, 64)],
                "torch.sparse_coo_tensor(b, a, (65536, 64)).coalesce()"
            )
            {
                Attributes = "input_dim=65536; output_dim=64",
                Setup = "b = b.long().unsqueeze(0)",
                Expected = "y.to_dense()",
            },
        ];

    private static OperatorCase Binary(string name, OperatorInput input, string detail, string torch, string setup) =>
        new(Group, name, [input, input], torch)
        {
            Detail = detail,
            Setup = setup,
            Expected = "y.to_dense()",
        };

    private static OperatorInput Thinned(StorageType storage, int rowShare, int share, long rows, long columns) =>
        Signed(rows, columns) with
        {
            Storage = storage,
            Value = random =>
            {
                float[] values = new float[rows * columns];
                for (long row = 0; row < rows; row++)
                {
                    bool isStored = random.Next(rowShare) == 0;
                    for (long column = 0; column < columns && isStored; column++)
                    {
                        if (random.Next(share) == 0)
                            values[(row * columns) + column] = (2 * random.NextSingle()) - 1;
                    }
                }

                return values;
            },
        };
}
