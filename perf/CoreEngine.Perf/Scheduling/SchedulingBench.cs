using System.Diagnostics;
using CoreEngine.Runtime;

namespace CoreEngine.Perf;

/// <summary>The scheduler alone: throughput of empty operations, bytes per push, and latencies.</summary>
public sealed class SchedulingBench : IBenchSet
{
    private const string Set = "scheduling";
    private const string Rate = "M ops/s";

    // What Apache MXNet 1.0.0 reaches on such a machine with the same pattern; it cannot be run here.
    private const string MxnetThreaded = "MXNet 1.0.0 threaded engine, recorded";
    private const string MxnetNaive = "MXNet 1.0.0 naive engine, recorded";
    private const double MxnetThreadedRate = 1.5;
    private const double MxnetSpreadRate = 0.6;
    private const double MxnetNaiveRate = 21;
    private const double PushAndWaitBar = 7;

    /// <inheritdoc/>
    public string Name => Set;

    /// <inheritdoc/>
    public IEnumerable<BenchRow> Run(BenchOptions options)
    {
        int operations = options.Quick ? 100_000 : 500_000;
        IEnumerable<BenchRow>[] parts =
        [
            Throughput(options, operations),
            AgainstPeers(options, operations / 5),
            Allocation(options, operations),
            Latency(options, options.Quick ? 200 : 2000),
        ];
        return parts.SelectMany(static part => part);
    }

    private static IEnumerable<BenchRow> Throughput(BenchOptions options, int operations)
    {
        foreach (int workers in options.ThreadCounts)
        {
            (string Name, Func<Engine, SchedulingPattern> Make, double Recorded)[] cases =
            [
                ("push 2 reads 1 write, independent", SchedulingPattern.Independent, MxnetThreadedRate),
                ("push 2 reads 1 write, chained", SchedulingPattern.Chained, MxnetThreadedRate),
                ("push 2 reads 1 write, 1000 variables", e => SchedulingPattern.Spread(e, 1000), MxnetSpreadRate),
            ];
            foreach ((string name, Func<Engine, SchedulingPattern> make, double recorded) in cases)
            {
                if (!options.Wants(Set, name))
                {
                    continue;
                }
                using ThreadedEngine engine = NewEngine(workers);
                SchedulingPattern pattern = make(engine);
                double rate = RateOf(() => pattern.Run(operations), operations, options.Rounds);
                yield return BenchRow.Rate(Set, name, workers, rate, Rate, MxnetThreaded, recorded, 2, 1);
            }
        }
        const string Inline = "inline engine, 2 reads 1 write";
        if (options.Wants(Set, Inline))
        {
            using NaiveEngine engine = new();
            SchedulingPattern pattern = SchedulingPattern.Independent(engine);
            double rate = RateOf(() => pattern.Run(operations), operations, options.Rounds);
            yield return BenchRow.Rate(Set, Inline, 1, rate, Rate, MxnetNaive, MxnetNaiveRate, 2, 1);
        }
    }

    private static IEnumerable<BenchRow> AgainstPeers(BenchOptions options, int operations)
    {
        const string Chain = "chain against ContinueWith";
        if (options.Wants(Set, Chain))
        {
            yield return Compare(
                Chain,
                1,
                "Task.ContinueWith",
                SchedulingPattern.Chained,
                () => SchedulingPeers.ContinueWith(operations),
                operations,
                options,
                goal: 1
            );
        }
        const string Loop = "independent against Parallel.For of two";
        if (options.Wants(Set, Loop))
        {
            yield return Compare(
                Loop,
                2,
                "Parallel.For",
                SchedulingPattern.Independent,
                () => SchedulingPeers.ParallelFor(operations),
                operations,
                options,
                goal: 1
            );
        }
        // These two only queue; they show what tracking dependencies costs, so there is nothing to promise.
        foreach (int workers in options.ThreadCounts)
        {
            const string Block = "independent against Dataflow";
            if (options.Wants(Set, Block))
            {
                yield return Compare(
                    Block,
                    workers,
                    "TPL Dataflow, no dependencies",
                    SchedulingPattern.Independent,
                    () => SchedulingPeers.Dataflow(operations, workers),
                    operations,
                    options
                );
            }
            const string Pipe = "independent against Channel";
            if (options.Wants(Set, Pipe))
            {
                yield return Compare(
                    Pipe,
                    workers,
                    "Channel, no dependencies",
                    SchedulingPattern.Independent,
                    () => SchedulingPeers.Channel(operations, workers),
                    operations,
                    options
                );
            }
        }
    }

    private static BenchRow Compare(
        string name,
        int workers,
        string peer,
        Func<Engine, SchedulingPattern> make,
        Action theirs,
        int operations,
        BenchOptions options,
        double? goal = null
    )
    {
        using ThreadedEngine engine = NewEngine(workers);
        SchedulingPattern pattern = make(engine);
        Paired.Result result = Paired.Measure(() => pattern.Run(operations), theirs, options.Rounds);
        return BenchRow.Rate(
            Set,
            name,
            workers,
            operations / result.Ours / 1e6,
            Rate,
            peer,
            operations / result.Theirs / 1e6,
            goal,
            goal / 2
        );
    }

    private static IEnumerable<BenchRow> Allocation(BenchOptions options, int operations)
    {
        const string Name = "bytes allocated per push";
        if (!options.Wants(Set, Name))
        {
            yield break;
        }
        using ThreadedEngine engine = NewEngine(1);
        SchedulingPattern pattern = SchedulingPattern.Spread(engine, 1000);
        pattern.Run(operations);
        pattern.Run(operations);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        pattern.Run(operations);
        double bytes = (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)operations;
        yield return BenchRow.Cost(Set, Name, 1, Math.Round(bytes, 3), "B");
    }

    private static IEnumerable<BenchRow> Latency(BenchOptions options, int samples)
    {
        const string Busy = "push and wait of one operation, again and again";
        if (options.Wants(Set, Busy))
        {
            using ThreadedEngine engine = NewEngine(1);
            double[] times = PushAndWait(engine, samples * 10, TimeSpan.Zero).Waited;
            yield return BenchRow.Cost(
                Set,
                $"{Busy}, median",
                1,
                Paired.Median(times),
                "us",
                "bar",
                PushAndWaitBar,
                1,
                1
            );
        }
        const string Idle = "idle engine";
        if (!options.Wants(Set, Idle))
        {
            yield break;
        }
        using ThreadedEngine idle = NewEngine(1);
        (double[] started, double[] waited) = PushAndWait(idle, samples, TimeSpan.FromMilliseconds(1));
        double[] pool = PoolLatency(samples);
        const string Pool = "ThreadPool work item";
        yield return BenchRow.Cost(
            Set,
            $"{Idle}, push to start, median",
            1,
            Paired.Median(started),
            "us",
            Pool,
            Paired.Median(pool),
            1,
            0.5
        );
        yield return BenchRow.Cost(
            Set,
            $"{Idle}, push to start, p99",
            1,
            Paired.Percentile(started, 0.99),
            "us",
            Pool,
            Paired.Percentile(pool, 0.99),
            1,
            0.25
        );
        yield return BenchRow.Cost(
            Set,
            $"{Idle}, push and wait, median",
            1,
            Paired.Median(waited),
            "us",
            "bar",
            PushAndWaitBar,
            1,
            0.5
        );
    }

    // Times in microseconds, from the push to the start of the operation and to the return of the wait.
    private static (double[] Started, double[] Waited) PushAndWait(Engine engine, int samples, TimeSpan pause)
    {
        StampBody body = new();
        Var[] write = [engine.NewVar()];
        double[] started = new double[samples];
        double[] waited = new double[samples];
        for (int i = -samples / 10; i < samples; i++)
        {
            if (pause > TimeSpan.Zero)
            {
                Thread.Sleep(pause);
            }
            long start = Stopwatch.GetTimestamp();
            engine.Push(body, [], write, PushOptions.Cpu);
            engine.WaitForVar(write[0]);
            long end = Stopwatch.GetTimestamp();
            if (i >= 0)
            {
                started[i] = Stopwatch.GetElapsedTime(start, body.Started).TotalMicroseconds;
                waited[i] = Stopwatch.GetElapsedTime(start, end).TotalMicroseconds;
            }
        }
        return (started, waited);
    }

    private static double[] PoolLatency(int samples)
    {
        double[] times = new double[samples];
        using ManualResetEventSlim done = new();
        long started = 0;
        for (int i = 0; i < samples; i++)
        {
            Thread.Sleep(1);
            done.Reset();
            long start = Stopwatch.GetTimestamp();
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    started = Stopwatch.GetTimestamp();
                    done.Set();
                },
                null
            );
            done.Wait();
            times[i] = Stopwatch.GetElapsedTime(start, started).TotalMicroseconds;
        }
        return times;
    }

    private static double RateOf(Action run, int operations, int rounds) =>
        operations / Paired.MeasureAlone(run, rounds) / 1e6;

    private static ThreadedEngine NewEngine(int workers) => new(new EngineOptions { CpuWorkers = workers });
}
