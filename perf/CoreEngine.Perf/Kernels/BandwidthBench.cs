using CoreEngine.Kernels;

namespace CoreEngine.Perf;

/// <summary>
/// Kernels that memory limits, on arrays that fit no cache, against a plain copy past the caches that moves as many bytes in
/// as much time: the ratio is the share of the copy's bandwidth.
/// </summary>
public sealed unsafe class BandwidthBench : IBenchSet
{
    private const int Length = 16 << 20;

    /// <inheritdoc/>
    public string Name => "bandwidth";

    /// <inheritdoc/>
    public IEnumerable<BenchRow> Run(BenchOptions options)
    {
        using var x = new ElementwiseArrays(Length);
        foreach ((string name, int arrays, Action ours) in Cases(x).Where(c => options.Wants(Name, c.Name)))
        {
            foreach (int threads in options.ThreadCounts)
            {
                using var team = new KernelThreads(threads);
                Paired.Result result = Paired.Measure(ours, () => Copy(x), options.Rounds);
                double bytes = sizeof(float) * 1e-9 * Length;
                yield return BenchRow.Rate(
                    Name,
                    name,
                    threads,
                    arrays * bytes / result.Ours,
                    "GB/s",
                    "copy",
                    2 * bytes / result.Theirs,
                    goal: 0.95,
                    floor: 0.85
                ) with
                {
                    Ratio = result.Ratio * arrays / 2,
                };
            }
        }
    }

    private static (string Name, int Arrays, Action Ours)[] Cases(ElementwiseArrays x) =>
        [
            ("add", 3, () => Elementwise.Binary<Add>(DType.Float32, x.A, x.B, x.Y, Length)),
            ("add scalar", 2, () => Elementwise.BinaryScalar<Add>(DType.Float32, x.A, 1.5, x.Y, Length)),
            ("relu", 2, () => Elementwise.Unary<Relu>(DType.Float32, x.A, x.Y, Length)),
            ("multiply-add", 4, () => Elementwise.Ternary<MultiplyAdd>(DType.Float32, x.A, x.B, x.C, x.Y, Length)),
            ("add in place", 3, () => Elementwise.Binary<Add>(DType.Float32, x.State, x.C, x.State, Length)),
            ("int32 to float32", 2, () => Cast.Convert(DType.Int32, x.Whole, DType.Float32, x.Y, Length)),
            ("sum", 1, () => Reduce.Run<SumReducer>(DType.Float32, x.A, x.Shape, default, x.Y)),
            ("transpose 4096x4096", 2, () => Strided.Transpose(DType.Float32, x.A, [4096, 4096], [1, 0], x.Y)),
        ];

    private static void Copy(ElementwiseArrays x)
    {
        var call = new CopyCall { X = x.A, Y = x.Y };
        KernelTeam.Default.For(Length, 1 << 20, &Copy, &call);
    }

    private static void Copy(void* state, long start, long end)
    {
        var call = (CopyCall*)state;
        StreamLoops.CopyStreaming(call->X + start, call->Y + start, end - start);
    }

    private struct CopyCall
    {
        public float* X;
        public float* Y;
    }
}
