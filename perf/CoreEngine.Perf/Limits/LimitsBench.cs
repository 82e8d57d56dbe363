using System.Runtime.InteropServices;
using CoreEngine.Kernels;

namespace CoreEngine.Perf;

/// <summary>
/// What this machine can do at most: fused multiply-adds on registers, and bytes to and from each cache and memory. Bytes
/// are counted as in STREAM: what the loop reads and writes, not what the caches move for it besides. A limit is what the
/// fastest round shows; everything else here is a median.
/// </summary>
public sealed unsafe class LimitsBench : IBenchSet
{
    /// <summary>The name of the set.</summary>
    public const string SetName = "limits";

    /// <summary>The case that is the roof of computing.</summary>
    internal const string Peak = "fused multiply-add on registers, float32";

    /// <summary>The case that is the roof of memory.</summary>
    internal const string Memory = "copy DRAM, non-temporal stores";

    private const long Iterations = 200_000;
    private const double TurnSeconds = 0.01;

    // Floats in one array of one thread; up to three arrays are in use at once, and two threads share the last cache.
    private static (string Name, long Length)[] Levels =>
        [
            ("L1", Rounded(CpuInfo.L1Bytes / 16)),
            ("L2", Rounded(CpuInfo.L2Bytes / 16)),
            ("L3", Rounded(Math.Max(CpuInfo.L2Bytes, CpuInfo.L3Bytes / 32))),
            ("DRAM", Rounded(Math.Max(8L << 20, CpuInfo.L3Bytes / 2))),
        ];

    /// <inheritdoc/>
    public string Name => SetName;

    /// <inheritdoc/>
    public IEnumerable<BenchRow> Run(BenchOptions options)
    {
        foreach (int threads in options.ThreadCounts)
        {
            using var team = new KernelThreads(threads);
            if (options.Wants(Name, Peak))
            {
                double work = 1e-9 * threads * Iterations * MultiplyAddLoop.OperationsPerIteration;
                double seconds = Paired.Fastest(() => OnEach(threads, MultiplyAdds), options.Rounds, TurnSeconds);
                yield return BenchRow.Rate(SetName, Peak, threads, work / seconds, "GFLOP/s");
            }

            foreach ((string level, long length) in Levels)
            {
                foreach (BenchRow row in Streams(options, level, length, threads))
                {
                    yield return row;
                }
            }
        }
    }

    /// <summary>The peak of one thread in GFLOP/s, in a few milliseconds.</summary>
    internal static double MeasurePeak() =>
        1e-9
        * Iterations
        * MultiplyAddLoop.OperationsPerIteration
        / Paired.Fastest(static () => MultiplyAdds(0), rounds: 5, minimumSeconds: 0);

    private static IEnumerable<BenchRow> Streams(BenchOptions options, string level, long length, int threads)
    {
        StreamCase[] wanted = [.. Cases(level).Where(entry => options.Wants(SetName, entry.Name))];
        if (wanted.Length == 0)
        {
            yield break;
        }

        StreamArrays[] data = [.. Enumerable.Range(0, threads).Select(_ => new StreamArrays(length))];
        foreach (StreamCase entry in wanted)
        {
            double work = 1e-9 * entry.Arrays * sizeof(float) * length * data[0].Passes * threads;
            double seconds = Paired.Fastest(
                () => OnEach(threads, thread => Pass(entry.Loop, data[thread])),
                options.Rounds,
                TurnSeconds
            );
            yield return BenchRow.Rate(SetName, entry.Name, threads, work / seconds, "GB/s");
        }

        Array.ForEach(data, arrays => arrays.Dispose());
    }

    private static IEnumerable<StreamCase> Cases(string level)
    {
        StreamCase[] cached =
        [
            new($"read {level}", static x => StreamLoops.Read(x.X, x.Length), 1),
            new($"copy {level}", static x => StreamLoops.Copy(x.X, x.Z, x.Length), 2),
            new($"memcpy {level}", static x => StreamLoops.CopyOfLibrary(x.Z, x.X, (nuint)x.Length * sizeof(float)), 2),
            new($"triad {level}", static x => StreamLoops.Triad(x.X, x.Y, 3, x.Z, x.Length), 3),
        ];
        StreamCase[] streaming =
        [
            new(Memory, static x => StreamLoops.CopyStreaming(x.X, x.Z, x.Length), 2),
            new(
                "triad DRAM, non-temporal stores",
                static x => StreamLoops.TriadStreaming(x.X, x.Y, 3, x.Z, x.Length),
                3
            ),
        ];
        return level == "DRAM" ? cached.Concat(streaming) : cached;
    }

    private static long Rounded(long floats) => floats / (2 * StreamLoops.Step) * (2 * StreamLoops.Step);

    private static void MultiplyAdds(int thread) => _ = MultiplyAddLoop.Run(Iterations, 0.5f, 1);

    private static void Pass(Action<StreamArrays> loop, StreamArrays data)
    {
        int passes = data.Passes;
        for (int i = 0; i < passes; i++)
        {
            loop(data);
        }
    }

    // Runs a body once on each thread of the team.
    private static void OnEach(int threads, Action<int> body)
    {
        GCHandle handle = GCHandle.Alloc(body);
        KernelTeam.Default.For(threads, 1, &Invoke, (void*)GCHandle.ToIntPtr(handle));
        handle.Free();
    }

    private static void Invoke(void* state, long begin, long end)
    {
        var body = (Action<int>)GCHandle.FromIntPtr((nint)state).Target!;
        for (long i = begin; i < end; i++)
        {
            body((int)i);
        }
    }

    /// <summary>A loop over one thread's arrays, and how many of the three it touches.</summary>
    private sealed record StreamCase(string Name, Action<StreamArrays> Loop, int Arrays);
}
