using CoreEngine.Kernels;

namespace CoreEngine.Perf;

/// <summary>Sorting and the selection of the largest against PyTorch, which gives values and places, as we do here.</summary>
public sealed unsafe class SortBench : IBenchSet
{
    private const int Largest = 1 << 20;

    private static readonly (long Rows, long Length)[] s_sorted =
    [
        (1, 1000),
        (1, 30000),
        (1, 1000000),
        (64, 1000),
        (1000, 100),
        (10000, 16),
    ];

    private static readonly (long Rows, long Length, long Count)[] s_selected =
    [
        (1, 1000000, 10),
        (64, 1000, 5),
        (128, 1000, 1),
        (64, 8000, 100),
        (1, 30000, 1000),
        (32, 30000, 10),
        (10000, 64, 8),
    ];

    /// <inheritdoc/>
    public string Name => "sort";

    /// <inheritdoc/>
    public IEnumerable<BenchRow> Run(BenchOptions options)
    {
        using var x = new BenchArray<float>(Largest, 1);
        using var y = new BenchArray<float>(Largest, 2);
        using var places = new BenchArray<double>(Largest, 3);
        using var scratch = new BenchArray<double>(4 * Largest, 4);
        foreach (BenchRow row in TorchRace.Run(options, Name, Cases(x, y, places, scratch)))
        {
            yield return row;
        }
    }

    private static IEnumerable<TorchRace> Cases(
        BenchArray<float> x,
        BenchArray<float> y,
        BenchArray<double> places,
        BenchArray<double> scratch
    )
    {
        var order = (long*)places.Data;
        Action Ours(long rows, long length, long count, bool ascending) =>
            () =>
            {
                Sort.Order(DType.Float32, x.Data, rows, length, 1, ascending, count, order, scratch.Data);
                AxisIndex.ToFlat(order, order, rows, count, 1, length);
                Gather.Rows(DType.Float32, x.Data, 1, order, rows * count, y.Data);
            };
        return
        [
            .. s_sorted.Select(s => new TorchRace(
                $"sort {s.Rows}x{s.Length}",
                4.0 * s.Rows * s.Length,
                Ours(s.Rows, s.Length, s.Length, ascending: true),
                $"x = torch.rand({s.Rows}, {s.Length}) - 0.5; r = torch.sort(x, 1)",
                "torch.sort(x, 1, out=r)"
            )),
            .. s_selected.Select(s => new TorchRace(
                $"largest {s.Count} of {s.Rows}x{s.Length}",
                4.0 * s.Rows * s.Length,
                Ours(s.Rows, s.Length, s.Count, ascending: false),
                $"x = torch.rand({s.Rows}, {s.Length}) - 0.5; r = torch.topk(x, {s.Count}, 1)",
                $"torch.topk(x, {s.Count}, 1, out=r)"
            )),
        ];
    }
}
