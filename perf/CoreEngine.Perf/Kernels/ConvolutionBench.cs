namespace CoreEngine.Perf;

/// <summary>
/// The three passes of the convolutions of well-known networks against oneDNN, which may keep every array in the layout
/// that it prefers; of ours the forward pass's weights are prepared once, and all data are plain.
/// </summary>
public sealed unsafe class ConvolutionBench : IBenchSet
{
    private const double Goal = 1.0;
    private const double Floor = 0.8;

    // Sums of up to 400,000 products in float32, and Winograd's transforms, differ by no more than this.
    private const double Bound = 2e-4;

    /// <inheritdoc/>
    public string Name => "convolution";

    /// <inheritdoc/>
    public IEnumerable<BenchRow> Run(BenchOptions options)
    {
        GemmBench.ReportMissing();
        var cases =
            from threads in options.ThreadCounts
            from pass in Enum.GetValues<ConvolutionPass>()
            from batch in options.Quick ? new long[] { 1 } : [1, 8]
            from layer in ConvolutionLayer.All
            where layer.IsQuick || !options.Quick
            // No network asks for the gradient of its images.
            where pass != ConvolutionPass.BackwardData || layer.Image.Channels > 3
            where options.Wants(Name, layer.Title(pass, batch))
            select (threads, pass, batch, layer);
        foreach ((int threads, ConvolutionPass pass, long batch, ConvolutionLayer layer) in cases)
        {
            using var team = new KernelThreads(threads);
            using var work = new ConvolutionWork(pass, layer.Shape(batch));
            double operations = layer.Operations(batch);
            yield return Measure(options, Name, layer.Title(pass, batch), work, operations, threads, Goal, Floor);
        }
    }

    /// <summary>The row of one pass.</summary>
    internal static BenchRow Measure(
        BenchOptions options,
        string set,
        string title,
        ConvolutionWork work,
        double operations,
        int threads,
        double goal,
        double floor
    )
    {
        double intensity = operations / work.Bytes;
        if (!OneDnn.IsAvailable)
        {
            double seconds = Paired.MeasureAlone(work.Run, options.Rounds);
            return BenchRow.Rate(set, title, threads, 1e-9 * operations / seconds, "GFLOP/s") with
            {
                Intensity = intensity,
            };
        }

        BenchArray<float> ours = work.Result;
        using var reference = new BenchArray<float>(ours.Length, 4);
        using var theirs = new OneDnnVariants(threads, work.Peer);
        theirs.Read(work.PeerResult, reference.Data);
        work.Run();
        PeerCheck.Same(title, ours.Data, reference.Data, ours.Length, Bound);
        Paired.Result result = Paired.Measure(
            work.Run,
            theirs.Variants,
            options.Rounds,
            settle: Paired.SettleFor(threads)
        );
        return BenchRow.Rate(set, title, threads, 1e-9 * operations, "GFLOP/s", OneDnn.Name, result, goal, floor) with
        {
            Intensity = intensity,
        };
    }
}
