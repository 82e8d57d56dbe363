using System.Diagnostics;
using CoreEngine.Graphs;

namespace CoreEngine.Perf;

/// <summary>
/// Point-wise calls fused into one against the same calls one after another, and against PyTorch's. Rates count what must
/// move at least: inputs read once, the result written once.
/// </summary>
internal sealed class FusionBench : IBenchSet
{
    // The pass fuses only where it pays: it must never cost anything.
    private const double Goal = 1.2;
    private const double Floor = 0.97;

    // From the smallest arrays that PointwiseFusion fuses.
    private static readonly long[] s_sizes =
    [
        PointwiseFusion.WorthwhileBytes / sizeof(float),
        1 << 18,
        1 << 20,
        1 << 24,
    ];

    private static readonly (string Name, string Program, string Torch, Func<long, Shape[]> Shapes)[] s_programs =
    [
        (
            "relu(a + b)",
            "t0 = elemwise_add(x0, x1); t1 = relu(t0); return t1",
            "torch.relu(x0 + x1)",
            n => [new Shape(n), new Shape(n)]
        ),
        (
            "a * tanh(b) + c",
            "t0 = tanh(x1); t1 = elemwise_mul(x0, t0); t2 = elemwise_add(t1, x2); return t2",
            "x0 * torch.tanh(x1) + x2",
            n => [new Shape(n), new Shape(n), new Shape(n)]
        ),
        (
            "GELU by tanh",
            "t0 = square(x0); t1 = _mul_scalar(t0, scalar=0.044715); t2 = _plus_scalar(t1, scalar=1); "
                + "t3 = elemwise_mul(t2, x0); t4 = _mul_scalar(t3, scalar=0.7978845608); t5 = tanh(t4); "
                + "t6 = _plus_scalar(t5, scalar=1); t7 = elemwise_mul(t6, x0); t8 = _mul_scalar(t7, scalar=0.5); "
                + "return t8",
            "0.5 * x0 * (1 + torch.tanh(0.7978845608 * x0 * (1 + 0.044715 * x0 * x0)))",
            n => [new Shape(n)]
        ),
        (
            "relu(a * scale + shift), per channel",
            "t0 = broadcast_mul(x0, x1); t1 = broadcast_add(t0, x2); t2 = relu(t1); return t2",
            "torch.relu(x0 * x1 + x2)",
            n => [new Shape(n / 4096, 64, 64), new Shape(n / 4096, 1, 1), new Shape(n / 4096, 1, 1)]
        ),
    ];

    public string Name => "fusion";

    public IEnumerable<BenchRow> Run(BenchOptions options)
    {
        foreach (int threads in options.ThreadCounts)
        {
            foreach ((string name, string program, string torch, Func<long, Shape[]> shapes) in s_programs)
            {
                foreach (long elements in s_sizes)
                {
                    string title = $"{name} float32 {elements}";
                    if (!options.Wants(Name, title) || options.IsPassiveRun)
                        continue;
                    using var kernels = new KernelThreads(threads);
                    using var chain = new PointwiseChain(program, shapes(elements));
                    Warm(chain);
                    double bytes = (shapes(elements).Sum(shape => shape.Size) + elements) * sizeof(float);
                    Paired.Result single = Paired.Measure(
                        chain.RunFused,
                        chain.RunSingly,
                        options.Rounds,
                        settle: Paired.SettleFor(threads)
                    );
                    yield return Row(title, threads, bytes, "single calls", single);
                    if (TorchPeer.Shared is not { } peer)
                        continue;
                    string setup = string.Join(
                        '\n',
                        shapes(elements).Select((s, i) => $"x{i} = torch.rand({string.Join(", ", s.Dims.ToArray())})")
                    );
                    using TorchCase theirs = peer.Prepare(setup, torch);
                    Paired.Result eager = Paired.Measure(
                        chain.RunFused,
                        theirs.Variants(threads),
                        options.Rounds,
                        settle: Paired.SettleFor(threads)
                    );
                    yield return Row(title, threads, bytes, TorchPeer.Name, eager);
                }
            }
        }
    }

    /// <summary>Until the compiler has replaced its first, quick translation of what runs here.</summary>
    private static void Warm(PointwiseChain chain)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < 0.3)
        {
            chain.RunFused();
            chain.RunSingly();
        }
    }

    private BenchRow Row(string title, int threads, double bytes, string peer, Paired.Result result) =>
        BenchRow.Rate(Name, title, threads, bytes * 1e-9, "GB/s", peer, result, Goal, Floor);
}
