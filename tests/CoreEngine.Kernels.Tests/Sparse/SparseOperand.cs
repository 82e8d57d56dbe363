namespace CoreEngine.Kernels.Tests;

/// <summary>A random dense matrix, many of whose elements are zero, and its sparse forms in guarded memory.</summary>
internal sealed unsafe class SparseOperand : IDisposable
{
    private readonly Native _values;
    private readonly Native _indices;
    private readonly Native? _rowPointers;

    private SparseOperand(double[] dense, long rows, long columns, Native values, Native indices, Native? rowPointers)
    {
        Dense = dense;
        Rows = rows;
        Columns = columns;
        _values = values;
        _indices = indices;
        _rowPointers = rowPointers;
    }

    /// <summary>The elements, row by row.</summary>
    public double[] Dense { get; }

    public long Rows { get; }

    public long Columns { get; }

    public CsrMatrix Csr =>
        new(_values.DType, Rows, Columns)
        {
            Values = _values.Pointer,
            Indices = (long*)_indices.Pointer,
            RowPointers = (long*)_rowPointers!.Pointer,
        };

    public RowSparseMatrix RowSparse =>
        new(_values.DType, Rows, Columns, _indices.Count)
        {
            Values = _values.Pointer,
            Indices = (long*)_indices.Pointer,
        };

    public double this[long row, long column] => Dense[(row * Columns) + column];

    /// <summary>Elements, of which about a share is not zero; some rows are empty.</summary>
    public static double[] Elements(DType dtype, long rows, long columns, double density, int seed)
    {
        var random = new Random(seed);
        double[] dense = Values.Random(seed, dtype, rows * columns);
        for (long row = 0; row < rows; row++)
        {
            bool isEmpty = random.Next(4) == 0;
            for (long column = 0; column < columns; column++)
            {
                if (isEmpty || random.NextDouble() >= density)
                    dense[(row * columns) + column] = 0;
            }
        }

        return dense;
    }

    public static SparseOperand RandomCsr(DType dtype, long rows, long columns, double density, int seed) =>
        CsrOf(dtype, Elements(dtype, rows, columns, density, seed), rows, columns, isShuffled: false, seed);

    /// <summary>As the storage type allows it, columns stand in any order within a row.</summary>
    public static SparseOperand ShuffledCsr(DType dtype, long rows, long columns, double density, int seed) =>
        CsrOf(dtype, Elements(dtype, rows, columns, density, seed), rows, columns, isShuffled: true, seed);

    public static SparseOperand RandomRowSparse(DType dtype, long rows, long columns, int seed)
    {
        double[] dense = Elements(dtype, rows, columns, 0.7, seed);
        long[] stored =
        [
            .. Enumerable.Range(0, (int)rows).Where(row => HasValue(dense, row, columns)).Select(row => (long)row),
        ];
        double[] values = [.. stored.SelectMany(row => dense.AsSpan((int)(row * columns), (int)columns).ToArray())];
        return new SparseOperand(
            dense,
            rows,
            columns,
            Native.Of(dtype, values, seed % 3),
            Native.Of(DType.Int64, [.. stored.Select(row => (double)row)]),
            rowPointers: null
        );
    }

    public void Dispose()
    {
        _values.Dispose();
        _indices.Dispose();
        _rowPointers?.Dispose();
    }

    private static bool HasValue(double[] dense, int row, long columns) =>
        dense.AsSpan((int)(row * columns), (int)columns).ContainsAnyExcept(0.0);

    private static SparseOperand CsrOf(DType dtype, double[] dense, long rows, long columns, bool isShuffled, int seed)
    {
        var random = new Random(seed);
        var values = new List<double>();
        var indices = new List<double>();
        var rowPointers = new List<double> { 0 };
        for (long row = 0; row < rows; row++)
        {
            int[] order = [.. Enumerable.Range(0, (int)columns)];
            if (isShuffled)
                random.Shuffle(order);
            foreach (int column in order)
            {
                double value = dense[(row * columns) + column];
                if (value == 0)
                    continue;
                values.Add(value);
                indices.Add(column);
            }

            rowPointers.Add(values.Count);
        }

        return new SparseOperand(
            dense,
            rows,
            columns,
            Native.Of(dtype, [.. values], seed % 3),
            Native.Of(DType.Int64, [.. indices]),
            Native.Of(DType.Int64, [.. rowPointers])
        );
    }
}
