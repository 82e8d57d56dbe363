using System.Diagnostics;
using CoreEngine.Graphs.Planning;
using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine;

/// <summary>
/// A compiled graph joined with the arrays that it works on. A run pushes its segments to the engine, one operation
/// each; the engine orders them by what they depend on, among each other and with everything else that uses the arrays.
/// Calls that run on the caller (<see cref="BoundOperator.RunsOnCaller"/>) are segments of their own, and are made when the
/// run comes to them.
/// </summary>
internal sealed unsafe class BoundGraph : IDisposable
{
    private readonly Engine _engine;
    private readonly NDArray[] _externals;
    private readonly NDArray[] _arenas;
    private readonly Device[] _devices;
    private readonly GraphFrame _frame;
    private readonly Var[][] _reads;
    private readonly Var[][] _writes;
    private readonly RunTime[] _times;

    // By segment; null for those that are operations.
    private readonly CallerStep?[] _callers;
    private readonly bool _mayRunAtOnce;
    private readonly Lock _lock = new();
    private SegmentRun? _free;

    /// <summary>Joins a graph with arrays.</summary>
    /// <param name="compiled">The graph.</param>
    /// <param name="externals">Its external arrays in order; this takes handles of its own.</param>
    /// <param name="devices">The device of each arena.</param>
    /// <param name="memory">Where the arenas come from.</param>
    internal BoundGraph(CompiledGraph compiled, NDArray[] externals, Device[] devices, ArenaPool memory)
    {
        _engine = Engine.Default;
        Compiled = compiled;
        _devices = devices;
        using (ArrayScope.Suspend())
        {
            _externals = Array.ConvertAll(externals, array => array.Detach());
        }

        _arenas = new NDArray[devices.Length];
        _frame = new GraphFrame(compiled);
        for (int i = 0; i < _externals.Length; i++)
        {
            if (_externals[i].Storage.Sparse is { } sparse)
                _frame.SetSparse(i, sparse);
            else
                _frame.SetRegion(i, _externals[i].Pointer);
        }

        for (int i = 0; i < devices.Length; i++)
        {
            long bytes = i < compiled.ArenaBytes.Count ? compiled.ArenaBytes[i] : 0;
            _arenas[i] = memory.Take(devices[i], bytes);
            if (bytes > 0)
                _frame.SetRegion(compiled.ExternalCount + i, _arenas[i].Pointer);
        }

        int count = compiled.Segments.Length;
        var own = new Var[count];
        for (int i = 0; i < count; i++)
        {
            own[i] = _engine.NewVar(contents: this);
        }

        _reads = new Var[count][];
        _writes = new Var[count][];
        _times = new RunTime[count];
        _callers = Array.ConvertAll(compiled.Segments, segment => compiled.FindCaller(segment, _externals));
        _mayRunAtOnce = !compiled.RunsUserCode;
        for (int i = 0; i < count; i++)
        {
            (_reads[i], _writes[i]) = FindVariables(i, own);
            _times[i] = _callers[i] is not null || IsShort(compiled.Segments[i]) ? RunTime.Nothing : new RunTime();
        }
    }

    internal CompiledGraph Compiled { get; }

    /// <summary>Pushes some segments. A run starts with the first one and goes through them in order.</summary>
    internal void Push(int first, int count, bool isTraining, RandomStream random)
    {
        // Together: one after another, many short segments would hold up the caller as one long one does.
        bool isQuick = _mayRunAtOnce && RunTime.AreQuick(_times.AsSpan(first, count));
        for (int i = first; i < first + count; i++)
        {
            Segment segment = Compiled.Segments[i];
            _callers[i]?.Run(_devices[segment.Device], isTraining);
            SegmentRun run = Rent();
            run.Start(i, isQuick, isTraining, random);
            _engine.Push(run, _reads[i], _writes[i], new PushOptions(_devices[segment.Device]));
        }
    }

    /// <summary>Lets go of the arrays; what was pushed still runs.</summary>
    public void Dispose()
    {
        foreach (NDArray array in _externals)
        {
            array.Dispose();
        }

        foreach (NDArray arena in _arenas)
        {
            arena.Dispose();
        }
    }

    private (Var[] Reads, Var[] Writes) FindVariables(int index, Var[] own)
    {
        Segment segment = Compiled.Segments[index];
        var reads = new HashSet<Var>();
        var writes = new HashSet<Var> { own[index] };
        // The first segment waits for the whole run before; all others wait for it.
        foreach (NDArray arena in _arenas)
        {
            (index == 0 ? writes : reads).Add(arena.Variable);
        }

        foreach (int dependency in segment.Dependencies)
        {
            reads.Add(own[dependency]);
        }

        Span<bool> isWritten = new bool[Compiled.ExternalCount];
        Span<bool> isRead = new bool[Compiled.ExternalCount];
        Compiled.FindExternals(segment.FirstStep, segment.StepCount, isRead, isWritten);
        // What a call on the caller writes, operations of its own write; this only keeps the order of segments.
        if (_callers[index] is not null)
            isWritten.Clear();
        for (int i = 0; i < _externals.Length; i++)
        {
            if (isWritten[i])
                writes.Add(_externals[i].Variable);
            if (isRead[i])
                reads.Add(_externals[i].Variable);
        }

        return ([.. reads], [.. writes]);
    }

    private bool IsShort(Segment segment)
    {
        const int Few = 4;
        if (segment.StepCount > Few)
            return false;
        foreach (ref readonly CompiledStep step in Compiled.Steps.Slice(segment.FirstStep, segment.StepCount))
        {
            if (!step.IsQuick)
                return false;
        }

        return true;
    }

    private SegmentRun Rent()
    {
        lock (_lock)
        {
            SegmentRun run = _free ?? new SegmentRun(this);
            _free = run.Next;
            return run;
        }
    }

    private void Return(SegmentRun run)
    {
        lock (_lock)
        {
            run.Next = _free;
            _free = run;
        }
    }

    /// <summary>One push of one segment.</summary>
    private sealed class SegmentRun(BoundGraph graph) : OperationBody
    {
        private int _segment;
        private int _current;
        private bool _isQuick;
        private bool _hasFailed;
        private bool _isTraining;
        private RandomStream _random;

        internal SegmentRun? Next { get; set; }

        // Errors name the call that failed; traces show the calls one by one inside of this.
        public override string Name => _hasFailed ? graph.Compiled.NameOf(_current) : "(graph)";

        public override bool IsQuick => _isQuick;

        public override string Describe() => graph.Compiled.Describe(_current);

        internal void Start(int segment, bool isQuick, bool isTraining, RandomStream random)
        {
            _segment = segment;
            _isQuick = isQuick;
            _current = graph.Compiled.Segments[segment].FirstStep;
            _hasFailed = false;
            _isTraining = isTraining;
            _random = random;
        }

        public override void Execute(ref OperationContext context)
        {
            if (graph._callers[_segment] is not null)
                return;
            Segment segment = graph.Compiled.Segments[_segment];
            // Taken back at the end; an exception leaves it.
            _hasFailed = true;
            long began = Stopwatch.GetTimestamp();
            graph.Compiled.Run(
                segment.FirstStep,
                segment.StepCount,
                graph._frame,
                _isTraining,
                _random,
                context.Scratch,
                ref _current
            );
            graph._times[_segment].Note(began);
            _hasFailed = false;
        }

        public override void Finished() => graph.Return(this);
    }
}
