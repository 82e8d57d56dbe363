using CoreEngine.Kernels;

namespace CoreEngine.Perf;

/// <summary>Transpositions of two to five axes and copies of parts against PyTorch and oneDNN, in float32.</summary>
public sealed unsafe class MovementBench : IBenchSet
{
    private const int Largest = 16 << 20;

    private static readonly (long[] Extents, int[] Axes)[] s_transpositions =
    [
        ([64, 64], [1, 0]),
        ([256, 256], [1, 0]),
        ([1000, 1000], [1, 0]),
        ([4096, 4096], [1, 0]),
        ([64, 10000], [1, 0]),
        ([10000, 64], [1, 0]),
        ([100000, 3], [1, 0]),
        ([3, 100000], [1, 0]),
        ([32, 128, 64], [1, 0, 2]),
        ([32, 128, 64], [0, 2, 1]),
        ([128, 64, 100], [2, 1, 0]),
        ([100, 64, 300], [1, 2, 0]),
        ([8, 64, 56, 56], [0, 2, 3, 1]),
        ([8, 56, 56, 64], [0, 3, 1, 2]),
        ([16, 3, 224, 224], [0, 2, 3, 1]),
        ([16, 224, 224, 3], [0, 3, 1, 2]),
        ([8, 512, 7, 7], [0, 2, 3, 1]),
        ([32, 64, 8, 32], [0, 2, 1, 3]),
        ([64, 3, 7, 7], [2, 3, 1, 0]),
        ([30, 40, 20, 50], [3, 2, 1, 0]),
        ([8, 16, 8, 16, 32], [0, 3, 1, 4, 2]),
        ([4, 8, 16, 32, 64], [0, 1, 3, 2, 4]),
        ([16, 12, 10, 8, 20], [4, 2, 0, 3, 1]),
    ];

    /// <inheritdoc/>
    public string Name => "movement";

    /// <inheritdoc/>
    public IEnumerable<BenchRow> Run(BenchOptions options)
    {
        using var x = new BenchArray<float>(Largest, 1);
        using var y = new BenchArray<float>(Largest, 2);
        foreach (BenchRow row in TorchRace.Run(options, Name, [.. s_transpositions.Select(t => Transpose(t, x, y))]))
        {
            yield return row;
        }

        foreach (BenchRow row in TorchRace.Run(options, Name, Copies(x, y)))
        {
            yield return row;
        }
    }

    private static TorchRace Transpose((long[] Extents, int[] Axes) t, BenchArray<float> x, BenchArray<float> y)
    {
        (long[] extents, int[] axes) = t;
        var shape = new Shape(extents);
        string dims = string.Join(", ", extents);
        string order = string.Join(", ", axes);
        return new TorchRace(
            $"transpose ({dims}) to ({order})",
            8.0 * shape.Size,
            () => Strided.Transpose(DType.Float32, x.Data, shape, axes, y.Data),
            $"x = torch.randn({dims}); v = x.permute({order}); y = torch.empty(v.shape)",
            "y.copy_(v)"
        )
        {
            OneDnn = () => OneDnn.Transpose(extents, axes, x.Data),
        };
    }

    private static TorchRace[] Copies(BenchArray<float> x, BenchArray<float> y)
    {
        const long Rows = 2000;
        const long Columns = 1000;
        Shape full = [Rows, Columns];
        return
        [
            new(
                "slice columns 100..900 of 2000x1000",
                8.0 * Rows * 800,
                () => Strided.Copy(DType.Float32, x.Data + 100, [Columns, 1], y.Data, [800, 1], [Rows, 800]),
                "x = torch.randn(2000, 1000); v = x[:, 100:900]; y = torch.empty(v.shape)",
                "y.copy_(v)"
            ),
            new(
                "slice every second column of 2000x1000",
                4.0 * Rows * (Columns + 500),
                () => Strided.Copy(DType.Float32, x.Data, [Columns, 2], y.Data, [500, 1], [Rows, 500]),
                "x = torch.randn(2000, 1000); v = x[:, ::2]; y = torch.empty(v.shape)",
                "y.copy_(v)"
            ),
            new(
                "reverse the columns of 2000x1000",
                8.0 * Rows * Columns,
                () => Strided.Copy(DType.Float32, x.Data + Columns - 1, [Columns, -1], y.Data, [Columns, 1], full.Dims),
                "x = torch.randn(2000, 1000)",
                "torch.flip(x, (1,))"
            ),
            new(
                "concat two 2000x500 along columns",
                8.0 * Rows * Columns,
                () =>
                {
                    Strided.Copy(DType.Float32, x.Data, [500, 1], y.Data, [Columns, 1], [Rows, 500]);
                    Strided.Copy(DType.Float32, x.Data, [500, 1], y.Data + 500, [Columns, 1], [Rows, 500]);
                },
                "x = torch.randn(2000, 500); z = torch.randn(2000, 500); y = torch.empty(2000, 1000)",
                "torch.cat((x, z), 1, out=y)"
            ),
            new(
                "repeat a row of 1000 2000 times",
                4.0 * Rows * Columns,
                () => Broadcast.Copy(DType.Float32, x.Data, [Columns], y.Data, full),
                "x = torch.randn(1000); v = x.expand(2000, 1000); y = torch.empty(2000, 1000)",
                "y.copy_(v)"
            ),
            new(
                "repeat a column of 2000 1000 times",
                4.0 * Rows * Columns,
                () => Broadcast.Copy(DType.Float32, x.Data, [Rows, 1], y.Data, full),
                "x = torch.randn(2000, 1); v = x.expand(2000, 1000); y = torch.empty(2000, 1000)",
                "y.copy_(v)"
            ),
        ];
    }
}
