using CoreEngine.Graphs;
using CoreEngine.Graphs.Planning;
using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine;

/// <summary>An executor's graph, compiled in one way and bound to the executor's arrays.</summary>
internal sealed class ExecutorProgram : IDisposable
{
    private readonly BoundGraph _bound;
    private readonly int _forwardSegments;

    // Made for this program alone: constants, and in a stepwise one all results in between.
    private readonly List<NDArray> _own = [];
    private readonly StepResults[] _steps = [];

    /// <summary>Compiles and binds.</summary>
    /// <param name="whole">What is run.</param>
    /// <param name="arrays">The arrays of variables and heads, and where everything is.</param>
    /// <param name="options">How it is bound.</param>
    /// <param name="isTraining">Whether it will run in training mode.</param>
    /// <param name="isStepwise">
    /// Whether every call is an operation of its own, whose results can be looked at: nothing is optimised then.
    /// </param>
    internal ExecutorProgram(
        ExecutorGraph whole,
        ExecutorArrays arrays,
        BindOptions options,
        bool isTraining,
        bool isStepwise = false
    )
    {
        Graph optimized = whole.Graph;
        if (!isStepwise && options.Passes != GraphPasses.None)
            (optimized, arrays) = Optimize(whole, arrays, options, isTraining);
        // Variables are added here: what the array of a sparse head held before.
        var variables = new Dictionary<Node, NDArray>(arrays.Variables, ReferenceEqualityComparer.Instance);
        arrays = arrays with { Variables = variables };
        Graph added = StorageCasts.AddedToSparse(
            optimized,
            i => whole.IsAdded(i) && IsSparse(i),
            (held, i) => variables.Add(held, arrays.Heads[i])
        );
        Graph separate = SeparateHeads.In(added, first: 0, IsAdded);
        Graph served = StorageCasts.In(separate, arrays.Storage, arrays.HeadStorage);
        PlacedGraph placed = arrays.Place(served, options);
        Graph graph = placed.Graph;
        int forwardNodes = TopologicalOrder.Of([.. graph.Heads.Take(whole.ResultCount)]).Count;
        InferredGraph inferred = arrays.Infer(graph) with
        {
            Storage = GraphInference.Storage(graph, arrays.Storage, arrays.HeadStorage),
        };

        var externals = new List<ExternalEntry>();
        var bound = new List<NDArray>();
        foreach (Node node in graph.Nodes.Where(node => node.IsVariable))
        {
            externals.Add(new ExternalEntry(new NodeEntry(node, 0)));
            bound.Add(arrays.Variables[node]);
        }

        for (int i = 0; i < graph.Heads.Count; i++)
        {
            externals.Add(new ExternalEntry(graph.Heads[i], IsAdded(i)));
            bound.Add(arrays.Heads[i]);
        }

        AddResultsBetween(placed, inferred, isStepwise, externals, bound);
        Device[] devices = [.. placed.Devices.Distinct()];
        CompiledGraph compiled = new GraphCompiler
        {
            Graph = graph,
            Shapes = [.. inferred.Shapes],
            Types = [.. inferred.Types],
            Externals = [.. externals],
            Devices = devices.Length == 1 ? [] : [.. placed.Devices.Select(device => Array.IndexOf(devices, device))],
            MostSteps = isStepwise ? 1 : int.MaxValue,
            SecondPhase = forwardNodes,
            MostStepsOfSecondPhase = isStepwise ? 1 : Engine.Default.Options.BulkLimit,
            Sharing = isStepwise ? MemorySharing.None : MemorySharing.All,
        }.Compile();
        _bound = new BoundGraph(compiled, [.. bound], devices.Length == 0 ? [arrays.Device] : devices, arrays.Arenas);
        int firstBackward = Array.FindIndex(compiled.Segments, IsBackward);
        _forwardSegments = firstBackward < 0 ? compiled.Segments.Length : firstBackward;
        if (isStepwise)
            _steps = FindSteps(compiled, externals, bound);

        bool IsSparse(int head) => arrays.Heads[head].StorageType != StorageType.Default;

        bool IsAdded(int head) => whole.IsAdded(head) && !IsSparse(head);

        bool IsBackward(Segment segment) =>
            segment.StepCount > 0 && graph.IndexOf(compiled.Steps[segment.FirstStep].Node) >= forwardNodes;
    }

    /// <summary>How many streams of random numbers a run needs.</summary>
    internal int RandomCount => _bound.Compiled.RandomCount;

    internal MemoryPlan Plan => _bound.Compiled.Plan;

    /// <summary>Schedules the computation.</summary>
    internal void Forward(bool isTraining, RandomStream random, ExecutorMonitor? monitor) =>
        Push(0, _forwardSegments, isTraining, random, monitor);

    /// <summary>Schedules the gradients.</summary>
    internal void Backward(bool isTraining, RandomStream random, ExecutorMonitor? monitor) =>
        Push(_forwardSegments, _bound.Compiled.Segments.Length - _forwardSegments, isTraining, random, monitor);

    /// <summary>Schedules a stepwise program's forward calls from a place on, up to those of one node.</summary>
    /// <param name="first">The first segment that has not run.</param>
    /// <param name="node">The node's name; null for all that is left.</param>
    /// <param name="isTraining">Whether operators run in training mode.</param>
    /// <param name="random">The run's random streams.</param>
    /// <returns>The first segment that has not run now.</returns>
    internal int Step(int first, string? node, bool isTraining, RandomStream random)
    {
        int last = _forwardSegments - 1;
        if (node is not null)
        {
            last = first;
            while (last < _forwardSegments && _steps[last].Node?.Name != node)
            {
                last++;
            }
        }

        if (last >= _forwardSegments)
            return first;
        Push(first, last + 1 - first, isTraining, random, monitor: null);
        return last + 1;
    }

    public void Dispose()
    {
        _bound.Dispose();
        foreach (NDArray array in _own)
        {
            array.Dispose();
        }
    }

    private void Push(int first, int count, bool isTraining, RandomStream random, ExecutorMonitor? monitor)
    {
        if (monitor is null)
        {
            _bound.Push(first, count, isTraining, random);
            return;
        }

        for (int i = first; i < first + count; i++)
        {
            if (monitor.IncludesInputs)
                Show(monitor, _steps[i].Inputs);
            _bound.Push(i, 1, isTraining, random);
            Show(monitor, _steps[i].Results);
        }
    }

    private static void Show(ExecutorMonitor monitor, (string Name, NDArray Array)[] arrays)
    {
        foreach ((string name, NDArray array) in arrays)
        {
            monitor.Show(name, array.Detach());
        }
    }

    private (Graph Graph, ExecutorArrays Arrays) Optimize(
        ExecutorGraph whole,
        ExecutorArrays arrays,
        BindOptions options,
        bool isTraining
    )
    {
        var context = new PassContext
        {
            Shapes = arrays.Variables.ToDictionary(pair => pair.Key, pair => pair.Value.Shape),
            Types = arrays.Variables.ToDictionary(pair => pair.Key, pair => pair.Value.DType),
            Storage = arrays.Storage,
            Constants = arrays
                .Variables.Where(pair => options.ConstantParameters.Contains(pair.Key.Name))
                .ToDictionary(),
            IsTraining = isTraining,
            ForwardHeads = whole.ResultCount,
            FusionBytes = options.FusionBytes,
        };
        OptimizedGraph optimized = GraphOptimizer.Apply(whole.Graph, context, options.Passes);
        var variables = new Dictionary<Node, NDArray>(arrays.Variables, ReferenceEqualityComparer.Instance);
        foreach ((Node node, NDArray constant) in optimized.Constants)
        {
            if (variables.TryAdd(node, constant))
                _own.Add(constant);
        }

        return (optimized.Graph, arrays with { Variables = variables });
    }

    /// <summary>
    /// Arrays for what does not lie in the planned memory: sparse results, whose size nobody knows beforehand, what calls
    /// that run on the caller take and give, and in a stepwise program all others, too.
    /// </summary>
    private void AddResultsBetween(
        PlacedGraph placed,
        InferredGraph inferred,
        bool isStepwise,
        List<ExternalEntry> externals,
        List<NDArray> bound
    )
    {
        var known = new HashSet<NodeEntry>(externals.Select(external => external.Entry));
        HashSet<NodeEntry> read = ReadEntries(placed.Graph, _ => true);
        HashSet<NodeEntry> readByCallers = ReadEntries(placed.Graph, node => node.Operator!.RunsOnCaller);
        for (int i = 0; i < placed.Graph.Nodes.Count; i++)
        {
            Node node = placed.Graph.Nodes[i];
            for (int output = 0; output < node.OutputCount; output++)
            {
                var entry = new NodeEntry(node, output);
                StorageType storage = inferred.StorageOf(entry);
                bool isSeen = isStepwise && output < node.VisibleOutputCount;
                bool isApart = storage != StorageType.Default || node.Operator is { RunsOnCaller: true };
                isApart = (isApart && read.Contains(entry)) || readByCallers.Contains(entry);
                if (!(isSeen || isApart) || !known.Add(entry))
                    continue;
                var array = NDArray.New(storage, inferred.ShapeOf(entry), inferred.TypeOf(entry), placed.Devices[i]);
                _own.Add(array);
                externals.Add(new ExternalEntry(entry));
                bound.Add(array);
            }
        }
    }

    /// <summary>What some of the calls read the values of.</summary>
    private static HashSet<NodeEntry> ReadEntries(Graph graph, Func<Node, bool> isAsked)
    {
        var read = new HashSet<NodeEntry>();
        foreach (Node node in graph.Nodes.Where(node => !node.IsVariable && isAsked(node)))
        {
            for (int i = 0; i < node.Inputs.Count; i++)
            {
                if (Array.IndexOf(node.Operator!.ShapeOnlyInputs, i) < 0)
                    read.Add(node.Inputs[i]);
            }
        }

        return read;
    }

    private static StepResults[] FindSteps(CompiledGraph compiled, List<ExternalEntry> externals, List<NDArray> bound)
    {
        var arrays = new Dictionary<NodeEntry, NDArray>();
        for (int i = 0; i < bound.Count; i++)
        {
            arrays.Add(externals[i].Entry, bound[i]);
        }

        var steps = new StepResults[compiled.Segments.Length];
        for (int i = 0; i < steps.Length; i++)
        {
            if (compiled.Segments[i].StepCount == 0)
            {
                steps[i] = new StepResults(null, [], []);
                continue;
            }

            Node node = compiled.Steps[compiled.Segments[i].FirstStep].Node;
            steps[i] = new StepResults(
                node,
                [
                    .. Enumerable
                        .Range(0, node.Inputs.Count)
                        // Hidden results have no arrays.
                        .Where(input => arrays.ContainsKey(node.Inputs[input]))
                        .Select(input =>
                            ($"{node.Name}_{node.Operator!.InputName(input)}", arrays[node.Inputs[input]])
                        ),
                ],
                [
                    .. Enumerable
                        .Range(0, node.VisibleOutputCount)
                        .Select(output => (node.OutputName(output), arrays[new NodeEntry(node, output)])),
                ]
            );
        }

        return steps;
    }

    private readonly record struct StepResults(
        Node? Node,
        (string Name, NDArray Array)[] Inputs,
        (string Name, NDArray Array)[] Results
    );
}
