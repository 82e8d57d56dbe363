using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace CoreEngine.Kernels;

/// <summary>
/// Fork-join over a fixed set of threads: the caller and <see cref="Size"/> - 1 helpers, which spin briefly for the next
/// piece of work and then sleep. Safe to call from any thread; allocates nothing per call.
/// </summary>
/// <remarks>
/// The ranges of a call depend only on its count and grain and on the team's size. Which thread runs which range is open:
/// the caller takes over ranges that no helper has begun, so a busy machine delays nobody.
/// </remarks>
public sealed unsafe class KernelTeam : IForkParticipant, IDisposable
{
    /// <summary>The largest team; tickets count ranges in 16 bits.</summary>
    public const int MaxSize = 1024;

    /// <summary>About 50 us on current CPUs: longer than the gap between two kernels of one network.</summary>
    private const int HelperSpins = 1500;

    /// <summary>About 200 us: what a caller waits for is running already, and a sleep costs it some 10 us.</summary>
    private const int CallerSpins = 6000;

    /// <summary>At least so long lies between two placements of the helpers.</summary>
    private static readonly long s_placementTicks = Stopwatch.Frequency / 200;

    private static readonly Lock s_defaultLock = new();
    private static KernelTeam? s_default;

    /// <summary>Set while this thread runs a range: calls from inside a range run inline.</summary>
    [ThreadStatic]
    private static bool t_inside;

    private readonly Thread[] _threads;
    private readonly int[] _systemThreads;
    private readonly Signals* _signals;
    private readonly bool _spin;

    private delegate* <void*, long, long, void> _body;
    private void* _state;
    private long _count;
    private long _grain;
    private long _chunks;
    private ExceptionDispatchInfo? _failure;
    private int _busy;
    private int _placedFor = -1;
    private long _placedAt;
    private volatile bool _stopping;
    private bool _stoppedForFork;

    /// <summary>Starts the helpers of a team.</summary>
    /// <param name="size">Number of threads that work on one call, the caller included; 1 means everything runs inline.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is below 1 or above 1024.</exception>
    public KernelTeam(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, MaxSize);
        Size = size;
        _spin = Environment.ProcessorCount > 1;
        _signals = (Signals*)NativeMemory.AlignedAlloc((nuint)sizeof(Signals), 128);
        *_signals = default;
        _threads = new Thread[size - 1];
        _systemThreads = new int[size - 1];
        if (ProcessFork.IsChild)
        {
            _stopping = true;
            return;
        }

        StartHelpers();
        ProcessFork.Register(this, ForkPhase.Kernels);
    }

    /// <summary>
    /// The team that kernels use. Its size is <c>COREENGINE_THREADS</c>, else <c>OMP_NUM_THREADS</c>, else the number of
    /// processors. A new value takes effect with the next kernel; the old team is not disposed.
    /// </summary>
    public static KernelTeam Default
    {
        get
        {
            if (Volatile.Read(ref s_default) is { } team)
            {
                return team;
            }

            lock (s_defaultLock)
            {
                return s_default ??= new KernelTeam(SizeFromEnvironment());
            }
        }
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            lock (s_defaultLock)
            {
                s_default = value;
            }
        }
    }

    /// <summary>Number of threads that work on one call, the caller included.</summary>
    public int Size { get; }

    /// <summary>
    /// Runs <paramref name="body"/> over all of [0, count), cut into at most <see cref="Size"/> contiguous ranges whose
    /// borders are multiples of <paramref name="grain"/>, and returns when all are done.
    /// </summary>
    /// <remarks>
    /// Runs as one range on the calling thread when count is at most grain, when the team has one thread or is disposed,
    /// when called from inside a range, and when another thread is using the team.
    /// </remarks>
    /// <param name="count">Number of items; nothing happens when it is 0 or less.</param>
    /// <param name="grain">Smallest number of items worth a thread of its own.</param>
    /// <param name="body">Receives the state, and the first and the one-past-last item of its range.</param>
    /// <param name="state">Handed to the body; must stay valid during the call.</param>
    /// <exception cref="Exception">Whatever the body throws; the other ranges are completed first.</exception>
    public void For(long count, long grain, delegate* <void*, long, long, void> body, void* state)
    {
        if (count <= 0)
        {
            return;
        }

        grain = Math.Max(grain, 1);
        if (count <= grain || Size == 1 || t_inside || Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
        {
            body(state, 0, count);
            return;
        }

        if (_stopping)
        {
            Volatile.Write(ref _busy, 0);
            body(state, 0, count);
            return;
        }

        long chunks = ((count - 1) / grain) + 1;
        int parts = (int)Math.Min(Size, chunks);
        _body = body;
        _state = state;
        _count = count;
        _grain = grain;
        _chunks = chunks;
        int processor = ThreadPlacement.CurrentProcessor;
        if (processor != _placedFor)
        {
            Place(processor);
        }

        Volatile.Write(ref _signals->Pending, parts);
        Announce(parts);

        int generation = Generation(_signals->Ticket);
        t_inside = true;
        while (TryTake(generation, out int part))
        {
            RunPart(part, parts);
        }

        t_inside = false;
        AwaitHelpers();

        ExceptionDispatchInfo? failure = _failure;
        _failure = null;
        Volatile.Write(ref _busy, 0);
        failure?.Throw();
    }

    /// <summary>Stops and joins the helpers, after a call in progress. Later calls run inline.</summary>
    /// <exception cref="InvalidOperationException">Called from inside a range of a team.</exception>
    public void Dispose()
    {
        if (t_inside)
        {
            throw new InvalidOperationException("A KernelTeam cannot be disposed from inside its own work.");
        }

        SpinWait spin = default;
        while (Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
        {
            spin.SpinOnce();
        }

        if (!_stopping)
        {
            StopHelpers();
            NativeMemory.AlignedFree(_signals);
        }

        Volatile.Write(ref _busy, 0);
    }

    /// <summary>Takes the team, so that no call is in progress during the fork, and stops the helpers.</summary>
    void IForkParticipant.BeforeFork()
    {
        SpinWait spin = default;
        while (!t_inside && Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
        {
            spin.SpinOnce();
        }

        _stoppedForFork = !t_inside && !_stopping;
        if (_stoppedForFork)
        {
            StopHelpers();
            for (int i = 0; i < _systemThreads.Length; i++)
            {
                ProcessFork.AwaitEnd(Volatile.Read(ref _systemThreads[i]));
                Volatile.Write(ref _systemThreads[i], 0);
            }
        }
    }

    void IForkParticipant.AfterForkInParent()
    {
        if (_stoppedForFork)
        {
            _stopping = false;
            _placedFor = -1;
            StartHelpers();
        }

        LeaveAfterFork();
    }

    /// <summary>The team stays without helpers, and every call runs inline.</summary>
    void IForkParticipant.AfterForkInChild() => LeaveAfterFork();

    private void LeaveAfterFork()
    {
        _stoppedForFork = false;
        if (!t_inside)
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    private void StartHelpers()
    {
        for (int i = 0; i < _threads.Length; i++)
        {
            int index = i;
            _threads[i] = new Thread(() => Serve(index)) { IsBackground = true, Name = $"KernelTeam {i + 1}/{Size}" };
            _threads[i].Start();
        }
    }

    private void StopHelpers()
    {
        _stopping = true;
        Announce(0);
        foreach (Thread thread in _threads)
        {
            thread.Join();
        }
    }

    private static int SizeFromEnvironment()
    {
        foreach (string name in (ReadOnlySpan<string>)["COREENGINE_THREADS", "OMP_NUM_THREADS"])
        {
            string? text = Environment.GetEnvironmentVariable(name);
            if (int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out int size) && size > 0)
            {
                return Math.Min(size, MaxSize);
            }
        }

        return Math.Min(Environment.ProcessorCount, MaxSize);
    }

    private static int Generation(long ticket) => (int)(ticket >> 32);

    /// <summary>Publishes a new generation with this many ranges and wakes sleeping helpers.</summary>
    private void Announce(int parts)
    {
        uint generation = (uint)Generation(_signals->Ticket) + 1;
        Interlocked.Exchange(ref _signals->Ticket, ((long)generation << 32) | ((long)parts << 16));
        if (Volatile.Read(ref _signals->Sleepers) > 0)
        {
            Futex.Wake(_signals->GenerationWord, parts == 0 ? int.MaxValue : parts - 1);
        }
    }

    /// <summary>Takes the next range of this generation, unless all are taken or the generation is over.</summary>
    private bool TryTake(int generation, out int part)
    {
        long ticket = Volatile.Read(ref _signals->Ticket);
        while (true)
        {
            part = (int)(ticket & 0xFFFF);
            int parts = (int)(ticket >> 16) & 0xFFFF;
            if (Generation(ticket) != generation || part >= parts)
            {
                return false;
            }

            long seen = Interlocked.CompareExchange(ref _signals->Ticket, ticket + 1, ticket);
            if (seen == ticket)
            {
                return true;
            }

            ticket = seen;
        }
    }

    private void RunPart(int part, int parts)
    {
        long first = _chunks * part / parts * _grain;
        long last = Math.Min(_chunks * (part + 1) / parts * _grain, _count);
        try
        {
            _body(_state, first, last);
        }
#pragma warning disable CA1031 // Every failure reaches the caller of For, which rethrows the first one.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(exception), null);
        }

        // The signals live as long as the team: a disposer waits until the caller of For has left.
        if (Interlocked.Decrement(ref _signals->Pending) == 0 && Volatile.Read(ref _signals->CallerSleeps) != 0)
        {
            Futex.Wake(&_signals->Pending, 1);
        }
    }

    private void AwaitHelpers()
    {
        for (int i = _spin ? CallerSpins : 0; i > 0; i--)
        {
            if (Volatile.Read(ref _signals->Pending) == 0)
            {
                return;
            }

            Thread.SpinWait(1);
        }

        Interlocked.Exchange(ref _signals->CallerSleeps, 1);
        int pending;
        while ((pending = Volatile.Read(ref _signals->Pending)) != 0)
        {
            Futex.Wait(&_signals->Pending, pending);
        }

        Volatile.Write(ref _signals->CallerSleeps, 0);
    }

    /// <summary>
    /// Keeps the helpers off the caller's processor. The system's scheduler likes to wake a thread where its waker runs; there
    /// it would get its turn when the caller has done all the work alone.
    /// </summary>
    private void Place(int processor)
    {
        long now = Stopwatch.GetTimestamp();
        if (now - _placedAt < s_placementTicks)
        {
            return;
        }

        _placedAt = now;
        _placedFor = processor;
        for (int i = 0; i < _systemThreads.Length; i++)
        {
            int thread = Volatile.Read(ref _systemThreads[i]);
            if (thread != 0)
            {
                ThreadPlacement.KeepOff(thread, processor, Size);
            }
            else
            {
                _placedFor = -1; // It has not begun to run: once more with a later call.
            }
        }
    }

    private void Serve(int index)
    {
        t_inside = true;
        Volatile.Write(ref _systemThreads[index], ThreadPlacement.CurrentThread);
        int seen = 0;
        while (true)
        {
            seen = AwaitGeneration(seen);
            if (_stopping)
            {
                return;
            }

            int parts = (int)(Volatile.Read(ref _signals->Ticket) >> 16) & 0xFFFF;
            while (TryTake(seen, out int part))
            {
                RunPart(part, parts);
            }
        }
    }

    /// <summary>Waits until the generation differs from the last one seen, and returns the new one.</summary>
    private int AwaitGeneration(int seen)
    {
        for (int i = _spin ? HelperSpins : 0; i > 0; i--)
        {
            int now = Generation(Volatile.Read(ref _signals->Ticket));
            if (now != seen)
            {
                return now;
            }

            Thread.SpinWait(1);
        }

        Interlocked.Increment(ref _signals->Sleepers);
        int generation;
        while ((generation = Generation(Volatile.Read(ref _signals->Ticket))) == seen)
        {
            Futex.Wait(_signals->GenerationWord, seen);
        }

        Interlocked.Decrement(ref _signals->Sleepers);
        return generation;
    }

    /// <summary>The words that threads poll, each on cache lines of its own.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 384)]
    private struct Signals
    {
        /// <summary>Generation (32 bits), number of ranges (16), next range to take (16).</summary>
        [FieldOffset(0)]
        public long Ticket;

        /// <summary>Ranges that are not finished.</summary>
        [FieldOffset(128)]
        public int Pending;

        [FieldOffset(132)]
        public int CallerSleeps;

        [FieldOffset(256)]
        public int Sleepers;

        /// <summary>The half of the ticket that holds the generation, as a word to sleep on.</summary>
        public int* GenerationWord
        {
            get
            {
                int* words = (int*)Unsafe.AsPointer(ref Ticket);
                return BitConverter.IsLittleEndian ? words + 1 : words;
            }
        }
    }
}
