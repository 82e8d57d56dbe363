using System.Diagnostics;
using CoreEngine.Runtime;

namespace CoreEngine.Fuzz;

/// <summary>
/// Reads valid and damaged files by the million. A reader passes when it accepts every valid file, refuses everything
/// else with an <see cref="EngineException"/> or accepts something sound, keeps no memory of what it refused, takes
/// memory only for bytes that are there, and comes back in time.
/// </summary>
/// <remarks>The input of a number depends on format and seed only, not on the number of threads or on other inputs.</remarks>
internal sealed class FuzzRunner
{
    /// <summary>A run that failed so often stops, unless somebody wants to see more.</summary>
    public const int DefaultMaxFailures = 10;

    /// <summary>Every so many inputs, one is read into memory with guard zones.</summary>
    private const int GuardedEvery = 64;

    private const int MaxRefusalKinds = 10_000;

    /// <summary>Native memory for one input: seeds are small, so that honest ones need far less.</summary>
    private const long NativeLimit = 16 << 20;

    private readonly FuzzFormat _format;
    private readonly int _seed;
    private readonly Lock _lock = new();
    private readonly List<FuzzFailure> _failures = [];
    private readonly HashSet<ulong> _refusals = [];
    private long _next;
    private long _inputs;
    private long _accepted;

    /// <summary>Prepares a run.</summary>
    /// <param name="format">Whose reader is attacked.</param>
    /// <param name="seed">Another seed, other inputs.</param>
    public FuzzRunner(FuzzFormat format, int seed)
    {
        _format = format;
        _seed = seed;
        Patience = format.Patience;
    }

    /// <summary>After so long an input counts as one on which the reader hangs.</summary>
    public TimeSpan Patience { get; init; }

    /// <summary>A run that failed so often stops.</summary>
    public int MaxFailures { get; init; } = DefaultMaxFailures;

    /// <summary>How many threads read.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>The input of a number: first the valid files themselves, then damaged ones.</summary>
    public byte[] Input(long number)
    {
        int valid = _format.Seeds.Count;
        if (number < valid)
        {
            return _format.Seeds[(int)number];
        }

        // The finaliser of splitmix64 makes neighbouring numbers independent: G. Steele, D. Lea, C. Flood, 2014.
        ulong mixed = ((ulong)number * 0x9E3779B97F4A7C15) + (ulong)_seed;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        var random = new Random((int)(mixed ^ (mixed >> 31)));
        return _format.Mutate(random.Next(valid), random);
    }

    /// <summary>Reads the inputs from one number up to, not including, another.</summary>
    /// <param name="first">The first number.</param>
    /// <param name="end">The end.</param>
    /// <param name="mark">Keeps the numbers in work for the case that the process dies; null when nobody asks.</param>
    /// <param name="cancellation">Stops between two inputs.</param>
    public FuzzResult Run(long first, long end, RunningMark? mark = null, CancellationToken cancellation = default)
    {
        using IDisposable? prepared = _format.Prepare();
        _next = first;
        Worker[] workers = [.. Enumerable.Range(0, Threads).Select(i => new Worker(this, i, end, mark, cancellation))];
        foreach (Worker worker in workers)
        {
            worker.Thread.Start();
        }

        foreach (Worker worker in workers)
        {
            while (!worker.Thread.Join(TimeSpan.FromMilliseconds(100)))
            {
                if (workers.FirstOrDefault(one => one.IsStuck(Patience)) is { } stuck)
                {
                    long number = stuck.Number;
                    Fail(number, $"is still being read after {Patience.TotalSeconds:0.#} s", Input(number));
                    return Result();
                }
            }
        }

        return Result();
    }

    private FuzzResult Result()
    {
        lock (_lock)
        {
            return new(Volatile.Read(ref _inputs), Volatile.Read(ref _accepted), _refusals.Count, [.. _failures]);
        }
    }

    private void Fail(long number, string problem, byte[] input)
    {
        lock (_lock)
        {
            if (_failures.Count < MaxFailures)
            {
                _failures.Add(new FuzzFailure(number, problem, input));
            }
        }
    }

    private bool HasFailedEnough
    {
        get
        {
            lock (_lock)
            {
                return _failures.Count >= MaxFailures;
            }
        }
    }

    private void Check(long number, StoragePool pool)
    {
        byte[] input;
        try
        {
            input = Input(number);
        }
        catch (Exception error)
        {
            Fail(number, $"could not be made, which is the fuzzer's own fault: {error}", []);
            return;
        }

        Check(number, input, pool);
    }

    private void Check(long number, byte[] input, StoragePool pool)
    {
        object? value = null;
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            value = _format.Read(input, pool);
        }
        catch (EngineException refusal) when (IsRefusal(refusal))
        {
            if (number < _format.Seeds.Count)
            {
                Fail(number, $"is valid, but refused: {refusal.Message}", input);
            }

            Remember(refusal.Message);
        }
        catch (Exception error)
        {
            Fail(number, $"gave {error}", input);
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (allocated > _format.ManagedBudget(input.Length))
        {
            Fail(number, $"of {input.Length:N0} bytes made the reader allocate {allocated:N0}", input);
        }

        if (value is not null)
        {
            Interlocked.Increment(ref _accepted);
            CheckAccepted(number, input, value, pool);
        }

        if (pool.Statistics.InUse != 0)
        {
            Fail(number, $"left {pool.Statistics.InUse:N0} bytes of memory in use", input);
            pool.Trim();
        }
    }

    private void CheckAccepted(long number, byte[] input, object value, StoragePool pool)
    {
        try
        {
            _format.CheckAccepted(value, pool);
            (value as IDisposable)?.Dispose();
        }
        catch (Exception error)
        {
            Fail(number, $"was accepted, and then gave {error}", input);
        }
    }

    private bool IsRefusal(EngineException error) =>
        error switch
        {
            DeviceOutOfMemoryException => _format.MayExpand,
            MemoryCorruptionException => false,
            _ => true,
        };

    /// <summary>Keeps a refusal's words without what the input says: names, numbers, shapes and quoted texts.</summary>
    private void Remember(string message)
    {
        ulong hash = 14695981039346656037;
        bool isQuoted = false;
        foreach (char letter in message.AsSpan(message.IndexOf(": ", StringComparison.Ordinal) + 1))
        {
            isQuoted ^= letter is '\'' or '"';
            if (!isQuoted && (char.IsAsciiLetterLower(letter) || letter == ' '))
            {
                hash = (hash ^ letter) * 1099511628211;
            }
        }

        lock (_lock)
        {
            if (_refusals.Count < MaxRefusalKinds)
            {
                _refusals.Add(hash);
            }
        }
    }

    /// <summary>One thread, with memory of its own.</summary>
    private sealed class Worker
    {
        private readonly FuzzRunner _run;
        private readonly StoragePool _pool = new(Device.Cpu()) { Limit = NativeLimit };
        private readonly StoragePool _guarded = new(Device.Cpu()) { Limit = NativeLimit, Debug = true };
        private long _number = -1;
        private long _since;

        public Worker(FuzzRunner run, int index, long end, RunningMark? mark, CancellationToken cancellation)
        {
            _run = run;
            Thread = new Thread(() => Work(index, end, mark, cancellation)) { IsBackground = true };
        }

        public Thread Thread { get; }

        public long Number => Volatile.Read(ref _number);

        public bool IsStuck(TimeSpan patience) =>
            Thread.IsAlive && Number >= 0 && Stopwatch.GetElapsedTime(Volatile.Read(ref _since)) > patience;

        private void Work(int index, long end, RunningMark? mark, CancellationToken cancellation)
        {
            while (!cancellation.IsCancellationRequested && !_run.HasFailedEnough)
            {
                long number = Interlocked.Increment(ref _run._next) - 1;
                if (number >= end)
                {
                    break;
                }

                Volatile.Write(ref _since, Stopwatch.GetTimestamp());
                Volatile.Write(ref _number, number);
                mark?.Set(index, number);
                _run.Check(number, number % GuardedEvery == 0 ? _guarded : _pool);
                Interlocked.Increment(ref _run._inputs);
            }

            Volatile.Write(ref _number, -1);
        }
    }
}
