using CoreEngine.Graphs;
using CoreEngine.Graphs.Planning;
using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine;

/// <summary>
/// A graph specialised to shapes, types and devices, ready to run: calls of kernels in order, whose arguments are places
/// in regions of memory. Regions are the external arrays first, then the arenas that hold everything between.
/// </summary>
/// <remarks>Immutable; a <see cref="GraphFrame"/> joins it with addresses, and any number of frames may run at once.</remarks>
internal sealed class CompiledGraph
{
    private readonly CompiledStep[] _steps;
    private readonly TensorView[] _views;
    private readonly Request[] _requests;
    private readonly (int Region, long Offset)[] _places;

    // The views of each region, region by region.
    private readonly int[] _regionStarts;
    private readonly int[] _regionViews;

    internal CompiledGraph(
        CompiledStep[] steps,
        Segment[] segments,
        TensorView[] views,
        Request[] requests,
        (int Region, long Offset)[] places,
        int externalCount,
        MemoryPlan plan,
        int randomCount
    )
    {
        _steps = steps;
        Segments = segments;
        _views = views;
        _requests = requests;
        ExternalCount = externalCount;
        Plan = plan;
        RandomCount = randomCount;
        RunsUserCode = Array.Exists(
            steps,
            step => step.Operator.Definition.RunsUserCode && !step.Operator.RunsOnCaller
        );
        _places = places;
        _regionStarts = new int[RegionCount + 1];
        foreach ((int region, _) in places)
        {
            if (region >= 0)
                _regionStarts[region + 1]++;
        }

        for (int region = 0; region < RegionCount; region++)
        {
            _regionStarts[region + 1] += _regionStarts[region];
        }

        _regionViews = new int[_regionStarts[RegionCount]];
        int[] next = _regionStarts[..RegionCount];
        for (int view = 0; view < places.Length; view++)
        {
            if (places[view].Region >= 0)
                _regionViews[next[places[view].Region]++] = view;
        }
    }

    /// <summary>The calls in order.</summary>
    internal ReadOnlySpan<CompiledStep> Steps => _steps;

    /// <summary>Runs of steps, each of which is one operation of the engine; numbers of steps are those here.</summary>
    internal Segment[] Segments { get; }

    /// <summary>Number of arrays from outside: the regions 0 up to this.</summary>
    internal int ExternalCount { get; }

    /// <summary>Where the entries lie, and how much memory that takes.</summary>
    internal MemoryPlan Plan { get; }

    /// <summary>Bytes of each arena; arena i is region <see cref="ExternalCount"/> + i.</summary>
    internal IReadOnlyList<long> ArenaBytes => Plan.ArenaBytes;

    internal int RegionCount => ExternalCount + ArenaBytes.Count;

    /// <summary>
    /// Whether calls of users' own operators are among the steps of operations: of those nobody knows what they do.
    /// </summary>
    internal bool RunsUserCode { get; }

    /// <summary>How many streams of random numbers a run needs.</summary>
    internal int RandomCount { get; }

    internal TensorView[] CopyOfViews() => (TensorView[])_views.Clone();

    internal ReadOnlySpan<int> ViewsOf(int region) =>
        _regionViews.AsSpan(_regionStarts[region], _regionStarts[region + 1] - _regionStarts[region]);

    internal long OffsetOf(int view) => _places[view].Offset;

    /// <summary>
    /// Finds the external arrays whose contents some steps depend on, and those that they write. What they write before
    /// they read it is not read: an old fault in it means nothing.
    /// </summary>
    internal void FindExternals(int first, int count, Span<bool> isRead, Span<bool> isWritten)
    {
        foreach (ref readonly CompiledStep step in Steps.Slice(first, count))
        {
            for (int i = 0; i < step.InputCount; i++)
            {
                if (TryExternal(step.FirstView + i, out int external))
                    isRead[external] |= !isWritten[external];
            }

            foreach (int state in step.Operator.MutableInputs)
            {
                if (TryExternal(step.FirstView + state, out int external))
                    isWritten[external] = true;
            }

            for (int i = 0; i < step.OutputCount; i++)
            {
                if (!TryExternal(step.FirstView + step.InputCount + i, out int external))
                    continue;
                bool isAdded = _requests[step.FirstRequest + i] == Request.Add;
                isRead[external] |= isAdded && !isWritten[external];
                isWritten[external] = true;
            }
        }
    }

    /// <summary>The call that a segment consists of when that runs on the caller; null otherwise.</summary>
    internal CallerStep? FindCaller(Segment segment, ReadOnlySpan<NDArray> externals)
    {
        if (segment.StepCount != 1 || !_steps[segment.FirstStep].Operator.RunsOnCaller)
            return null;
        CompiledStep step = _steps[segment.FirstStep];
        var inputs = new NDArray?[step.InputCount];
        var outputs = new NDArray?[step.OutputCount];
        for (int i = 0; i < inputs.Length; i++)
        {
            inputs[i] = TryExternal(step.FirstView + i, out int external) ? externals[external] : null;
        }

        int firstOutput = step.FirstView + step.InputCount;
        for (int i = 0; i < outputs.Length; i++)
        {
            outputs[i] = TryExternal(firstOutput + i, out int external) ? externals[external] : null;
        }

        return new CallerStep(
            step.Operator,
            inputs,
            outputs,
            _requests.AsSpan(step.FirstRequest, step.OutputCount).ToArray(),
            Array.ConvertAll(_views.AsSpan(firstOutput, step.OutputCount).ToArray(), view => (view.Shape, view.DType))
        );
    }

    private bool TryExternal(int view, out int external)
    {
        external = _places[view].Region;
        return external >= 0 && external < ExternalCount;
    }

    /// <summary>The name of a step's operator, for errors.</summary>
    internal string NameOf(int step) => step < _steps.Length ? _steps[step].Operator.Name : "(graph)";

    /// <summary>A step with its shapes and types, for errors.</summary>
    internal string Describe(int step)
    {
        if (step >= _steps.Length)
            return "(graph)";
        CompiledStep it = _steps[step];
        IEnumerable<string> arguments = Enumerable
            .Range(0, it.InputCount + it.OutputCount)
            .Select(i =>
            {
                TensorView view = _views[it.FirstView + i];
                string name = i < it.InputCount ? it.Operator.InputName(i) + " " : "";
                return $"{name}{view.Shape} {view.DType.Name()}";
            });
        string[] all = [.. arguments];
        string inputs = string.Join(", ", all[..it.InputCount]);
        return $"node '{it.Node.Name}', {it.Operator}: {inputs} -> {string.Join(", ", all[it.InputCount..])}";
    }

    /// <summary>Runs some steps one after another on this thread.</summary>
    /// <param name="first">The first step.</param>
    /// <param name="count">How many.</param>
    /// <param name="frame">Where the arguments are.</param>
    /// <param name="isTraining">Whether this is part of a training pass.</param>
    /// <param name="random">The first of the run's random streams.</param>
    /// <param name="scratch">Temporary memory.</param>
    /// <param name="current">The step that runs, or failed.</param>
    internal void Run(
        int first,
        int count,
        GraphFrame frame,
        bool isTraining,
        RandomStream random,
        ScratchArena scratch,
        ref int current
    )
    {
        ReadOnlySpan<TensorView> views = frame.Views;
        long mark = scratch.Mark;
        for (int i = first; i < first + count; i++)
        {
            current = i;
            ref readonly CompiledStep step = ref _steps[i];
            ReadOnlySpan<SparseStorage?> sparse = frame.HasSparse
                ? frame.Refresh(step.FirstView, step.InputCount + step.OutputCount)
                : [];
            var kernel = new KernelContext(
                step.Operator,
                views.Slice(step.FirstView, step.InputCount),
                views.Slice(step.FirstView + step.InputCount, step.OutputCount),
                _requests.AsSpan(step.FirstRequest, step.OutputCount),
                isTraining,
                random with
                {
                    Stream = random.Stream + (ulong)step.Random,
                },
                scratch,
                sparse
            );
            using (Profiler.Measure(step.Operator.Name, "graph"))
            {
                if (sparse.IsEmpty)
                    step.Kernel(ref kernel);
                else
                    SparseStorage.Run(step.Kernel, ref kernel, sparse);
            }

            scratch.Release(mark);
        }
    }
}
