using CoreEngine.Kernels;

namespace CoreEngine.Perf;

/// <summary>Reductions over any axes, and searches for extremes, against PyTorch and oneDNN, in float32.</summary>
public sealed unsafe class ReductionBench : IBenchSet
{
    private const int Largest = 16 << 20;

    private static readonly (long[] Extents, int[] Axes)[] s_sums =
    [
        ([1000], [0]),
        ([100000], [0]),
        ([16000000], [0]),
        ([1000, 1000], [1]),
        ([1000, 1000], [0]),
        ([100000, 10], [1]),
        ([100000, 10], [0]),
        ([10, 100000], [1]),
        ([10, 100000], [0]),
        ([4096, 4096], [1]),
        ([4096, 4096], [0]),
        ([64, 1000], [1]),
        ([64, 1000], [0]),
        ([8, 64, 56, 56], [2, 3]),
        ([8, 64, 56, 56], [0, 2, 3]),
        ([8, 64, 56, 56], [1]),
        ([8, 56, 56, 64], [0, 1, 2]),
        ([32, 128, 64], [1]),
        ([20, 30, 40, 50], [1, 3]),
        ([20, 30, 40, 50], [0, 2]),
        ([4096, 24], [1]),
        ([32, 512, 7, 7], [2, 3]),
    ];

    private static readonly (long[] Extents, int[] Axes)[] s_others =
    [
        ([1000000], [0]),
        ([1000, 1000], [1]),
        ([1000, 1000], [0]),
        ([32, 128, 64], [1]),
    ];

    private static readonly (long[] Extents, int Axis)[] s_searches =
    [
        ([1000000], 0),
        ([64, 1000], 1),
        ([1000, 1000], 1),
        ([1000, 1000], 0),
        ([10000, 10], 1),
        ([8, 64, 56, 56], 1),
    ];

    /// <inheritdoc/>
    public string Name => "reduction";

    /// <inheritdoc/>
    public IEnumerable<BenchRow> Run(BenchOptions options)
    {
        using var x = new BenchArray<float>(Largest, 1);
        using var y = new BenchArray<float>(1 << 20, 2);
        foreach (BenchRow row in TorchRace.Run(options, Name, Cases(x, y)))
        {
            yield return row;
        }
    }

    private static IEnumerable<TorchRace> Cases(BenchArray<float> x, BenchArray<float> y) =>
        [
            .. s_sums.Select(s =>
                Case<SumReducer>("sum", s, x, y, "torch.sum(x, {0}, out=y)", OneDnnAlgorithm.ReductionSum)
            ),
            .. s_others.Select(s =>
                Case<MaxReducer>("max", s, x, y, "torch.amax(x, {0}, out=y)", OneDnnAlgorithm.ReductionMax)
            ),
            .. s_others.Select(s =>
                Case<MeanReducer>("mean", s, x, y, "torch.mean(x, {0}, out=y)", OneDnnAlgorithm.ReductionMean)
            ),
            .. s_others.Select(s =>
                Case<ProductReducer>("product", s, x, y, "torch.prod(x, {1}, out=y)", OneDnnAlgorithm.ReductionProduct)
            ),
            .. s_others.Select(s =>
                Case<NormReducer>("norm", s, x, y, "torch.linalg.vector_norm(x, 2, {0}, out=y)", null)
            ),
            .. s_searches.Select(s => Search(s, x, y)),
        ];

    private static TorchRace Case<TReducer>(
        string name,
        (long[] Extents, int[] Axes) s,
        BenchArray<float> x,
        BenchArray<float> y,
        string body,
        OneDnnAlgorithm? algorithm
    )
        where TReducer : struct, IReducer
    {
        (long[] extents, int[] axes) = s;
        var shape = new Shape(extents);
        string dims = string.Join(", ", extents);
        string reduced = string.Join(", ", axes);
        return new TorchRace(
            $"{name} ({dims}) over ({reduced})",
            4.0 * shape.Size,
            () => Reduce.Run<TReducer>(DType.Float32, x.Data, shape, axes, y.Data),
            $"x = torch.rand({dims}) - 0.5; y = torch.sum(x, ({reduced},))",
            string.Format(System.Globalization.CultureInfo.InvariantCulture, body, $"({reduced},)", axes[0])
        )
        {
            OneDnn = algorithm is { } known ? () => OneDnn.Reduction(known, extents, axes, x.Data) : null,
        };
    }

    private static TorchRace Search((long[] Extents, int Axis) s, BenchArray<float> x, BenchArray<float> y)
    {
        var shape = new Shape(s.Extents);
        string dims = string.Join(", ", s.Extents);
        return new TorchRace(
            $"argmax ({dims}) along {s.Axis}",
            4.0 * shape.Size,
            () => Reduce.ArgMax(DType.Float32, x.Data, shape, s.Axis, y.Data),
            $"x = torch.rand({dims}) - 0.5; y = torch.argmax(x, {s.Axis})",
            $"torch.argmax(x, {s.Axis}, out=y)"
        );
    }
}
