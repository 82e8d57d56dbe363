namespace CoreEngine.Perf;

/// <summary>Inference of whole networks against ONNX Runtime.</summary>
public sealed class NetworkBench : IBenchSet
{
    private const double Goal = 1.1;
    private const double Floor = 0.8;

    /// <summary>
    /// The share of the largest number by which results may differ: twenty layers in float32, with Winograd's transforms on
    /// our side and other orders of summation on both.
    /// </summary>
    private const double Bound = 1e-3;

    /// <inheritdoc/>
    public string Name => "networks";

    /// <inheritdoc/>
    public IEnumerable<BenchRow> Run(BenchOptions options)
    {
        if (!OnnxRuntimePeer.IsAvailable)
        {
            MissingPeers.Report(OnnxRuntimePeer.Name, "its NuGet package has no native library for this platform");
        }

        foreach (Func<Network> make in (Func<Network>[])[Network.ResNet18, Network.MobileNet])
        {
            Network network = make();
            foreach (int batch in (int[])[1, 8])
            {
                foreach (int threads in options.ThreadCounts)
                {
                    string title = $"{network.Name} inference, batch {batch}";
                    if (options.Wants(Name, title))
                    {
                        yield return Measure(options, network, title, batch, threads);
                    }
                }
            }
        }
    }

    private unsafe BenchRow Measure(BenchOptions options, Network network, string title, int batch, int threads)
    {
        float[] images = new float[batch * Network.ImageChannels * Network.ImageSize * Network.ImageSize];
        var random = new Random(2);
        for (int i = 0; i < images.Length; i++)
        {
            images[i] = (random.NextSingle() * 2) - 1;
        }

        using var engine = new BenchEngine(threads);
        using var kernels = new KernelThreads(threads);
        byte[] model = OnnxModel.Write(network, batch);
        using var ours = new NetworkRunner(model, batch, images);
        if (!OnnxRuntimePeer.IsAvailable)
        {
            double alone = Paired.MeasureAlone(() => ours.Run(), options.Rounds);
            return BenchRow.Rate(Name, title, threads, batch / alone, "images/s");
        }

        bool[] spinning = threads == 1 ? [false] : [true, false];
        OnnxRuntimePeer[] theirs =
        [
            .. spinning.Select(spins => new OnnxRuntimePeer(model, batch, images, threads, spins)),
        ];
        theirs[0].Run();
        fixed (
            float* a = ours.Run().ToArray<float>(),
                b = theirs[0].Result
        )
        {
            PeerCheck.Same(title, a, b, theirs[0].Result.Length, Bound);
        }

        PeerVariant[] variants =
        [
            .. spinning.Zip(
                theirs,
                (spins, peer) => PeerVariant.Here(spins ? "threads spin" : "threads sleep", peer.Run)
            ),
        ];
        Paired.Result result = Paired.Measure(
            () => ours.Run(),
            variants,
            options.Rounds,
            settle: Paired.SettleFor(threads)
        );
        Array.ForEach(theirs, peer => peer.Dispose());
        return BenchRow.Rate(Name, title, threads, batch, "images/s", OnnxRuntimePeer.Name, result, Goal, Floor);
    }
}
