using CoreEngine.Kernels;

namespace CoreEngine.Perf;

/// <summary>Embedding, its gradient and other reads and writes by index against PyTorch, in float32 with int64 indices.</summary>
public sealed unsafe class IndexingBench : IBenchSet
{
    private const int Largest = 16 << 20;

    private static readonly (long Rows, long Length, long Count)[] s_tables =
    [
        (1000, 64, 512),
        (10000, 128, 4096),
        (50000, 300, 2240),
        (30000, 512, 16384),
        (100000, 16, 50000),
        (1000000, 1, 100000),
    ];

    /// <inheritdoc/>
    public string Name => "indexing";

    /// <inheritdoc/>
    public IEnumerable<BenchRow> Run(BenchOptions options)
    {
        using var x = new BenchArray<float>(Largest, 1);
        using var y = new BenchArray<float>(Largest, 2);
        using var scratch = new BenchArray<double>(4 << 20, 3);
        foreach (TorchRace race in Cases(x, y, scratch))
        {
            foreach (BenchRow row in TorchRace.Run(options, Name, [race]))
            {
                yield return row;
            }
        }
    }

    private static IEnumerable<TorchRace> Cases(BenchArray<float> x, BenchArray<float> y, BenchArray<double> scratch) =>
        [
            .. s_tables.SelectMany(t => Table(t.Rows, t.Length, t.Count, x, y, scratch)),
            OneHotRows(1000, 1000, y),
            OneHotRows(10000, 10, y),
        ];

    private static TorchRace[] Table(
        long rows,
        long length,
        long count,
        BenchArray<float> x,
        BenchArray<float> y,
        BenchArray<double> scratch
    )
    {
        long[] indices = Indices(rows, count);
        string shape = $"{count} of {rows}x{length}";
        string index = $"i = torch.randint(0, {rows}, ({count},))";
        return
        [
            new(
                $"Embedding {shape}",
                8.0 * count * length,
                () =>
                {
                    fixed (long* i = indices)
                    {
                        Gather.Rows(DType.Float32, x.Data, length, i, count, y.Data);
                    }
                },
                $"{index}; w = torch.randn({rows}, {length}); y = torch.empty({count}, {length})",
                "torch.index_select(w, 0, i, out=y)"
            ),
            new(
                $"Embedding's gradient {shape}",
                4.0 * length * (count + rows),
                () =>
                {
                    fixed (long* i = indices)
                    {
                        Scatter.AddRows(DType.Float32, x.Data, length, i, count, y.Data, rows, false, scratch.Data);
                    }
                },
                $"{index}; g = torch.randn({count}, {length})",
                $"torch.ops.aten.embedding_dense_backward(g, i, {rows}, -1, False)"
            ),
        ];
    }

    private static long[] Indices(long rows, long count)
    {
        var random = new Random(1);
        long[] indices = new long[count];
        for (long i = 0; i < count; i++)
        {
            indices[i] = random.NextInt64(rows);
        }

        return indices;
    }

    private static TorchRace OneHotRows(long count, long depth, BenchArray<float> y)
    {
        long[] indices = Indices(depth, count);
        return new TorchRace(
            $"one-hot {count}x{depth}",
            4.0 * count * depth,
            () =>
            {
                fixed (long* i = indices)
                {
                    OneHot.Encode(DType.Float32, i, count, depth, 1, 0, y.Data);
                }
            },
            $"i = torch.randint(0, {depth}, ({count}, 1)); y = torch.empty({count}, {depth})",
            "y.zero_().scatter_(1, i, 1.0)"
        );
    }
}
