using CoreEngine.Graphs;
using CoreEngine.Graphs.Planning;

namespace CoreEngine;

public sealed partial class Executor
{
    /// <summary>Binds a computation to arrays.</summary>
    /// <param name="graph">The computation; its heads are the results.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="arguments">One array for each argument.</param>
    /// <param name="gradients">An array for the gradient of each argument, null where none is wanted.</param>
    /// <param name="requests">What to do with each gradient.</param>
    /// <param name="states">One array for each auxiliary state.</param>
    /// <param name="options">How to bind.</param>
    internal Executor(
        Graph graph,
        Device device,
        ReadOnlySpan<NDArray> arguments,
        ReadOnlySpan<NDArray?> gradients,
        ReadOnlySpan<GradientRequest> requests,
        ReadOnlySpan<NDArray> states,
        BindOptions? options = null
    )
    {
        _options = options ??= new BindOptions();
        _graph = graph = WithOwnCalls(graph);
        Device = device;
        _arguments = Check(graph.Arguments, arguments, "argument");
        _states = Check(graph.AuxiliaryStates, states, "auxiliary state");
        (_gradients, _requests) = CheckGradients(gradients, requests);
        using ArrayScope.Suspension suspension = ArrayScope.Suspend();
        Dictionary<Node, NDArray> variables = VariableArrays();
        _whole = ExecutorGraph.Of(
            graph,
            graph.Arguments.Select((node, i) => new GradientTarget(node, i, _requests[i])),
            options.RepeatsCheapCalls ? Mirroring.IsCheap : Mirroring.IsForced
        );
        ArenaPool arenas = options.SharedExecutor?._arrays.Arenas ?? new ArenaPool();
        var own = new ExecutorArrays(device, variables, [], arenas);
        InferredGraph forward = own.Infer(graph);
        Dictionary<NodeEntry, NDArray> results = MakeResults(own, forward);
        _outputs =
        [
            .. graph.Heads.Select(head => (head.Node.IsVariable ? variables[head.Node] : results[head]).Detach()),
        ];
        _headGradients = new NDArray?[graph.Heads.Count];
        _headGradientIsOne = new bool[_headGradients.Length];
        for (int i = 0; i < _whole.HeadGradients.Length; i++)
        {
            if (_whole.HeadGradients[i] is not { } variable)
                continue;
            NDArray output = _outputs[i];
            variables[variable] = _headGradients[i] = NDArray.New(
                output.StorageType,
                output.Shape,
                output.DType,
                output.Device
            );
        }

        _arrays = own with
        {
            Heads =
            [
                .. ExecutorGraph.ResultsOf(graph).Select(head => results[head]),
                .. _whole.Targets.Select(target => _gradients[target.Argument]!.Detach()),
            ],
        };
        arenas.Join();
        // What follows from constants is computed from the values that they have when the first run is scheduled.
        if (options.ConstantParameters.Count == 0)
            _ = Program(isTraining: HasGradients);
    }

    /// <summary>Where it runs, apart from groups that have devices of their own.</summary>
    public Device Device { get; }

    /// <summary>The graph with a state of this executor's own for every call that runs on the caller.</summary>
    private static Graph WithOwnCalls(Graph graph) =>
        graph.Rewrite(
            (node, inputs, dependencies) =>
            {
                if (node.Operator is not { RunsOnCaller: true } op)
                    return null;
                var own = new Node(op.ForOneCall(), node.Name, inputs, node.Annotations, dependencies);
                return [.. Enumerable.Range(0, node.OutputCount).Select(output => new NodeEntry(own, output))];
            }
        );

    private bool HasGradients => _whole.Targets.Length > 0;

    /// <summary>
    /// The program of a mode. With gradients there is one for both, because a Backward may follow a Forward in either.
    /// </summary>
    private ExecutorProgram Program(bool isTraining)
    {
        ref ExecutorProgram? program = ref _programs[HasGradients || isTraining ? 1 : 0];
        if (program is not null)
            return program;
        using ArrayScope.Suspension suspension = ArrayScope.Suspend();
        return program = new ExecutorProgram(_whole, _arrays, _options, HasGradients || isTraining);
    }

    // Handles of their own: the caller may let go of his.
    private Dictionary<Node, NDArray> VariableArrays()
    {
        var arrays = new Dictionary<Node, NDArray>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < _arguments.Length; i++)
        {
            arrays[_graph.Arguments[i]] = _arguments[i].Detach();
        }

        for (int i = 0; i < _states.Length; i++)
        {
            arrays[_graph.AuxiliaryStates[i]] = _states[i].Detach();
        }

        return arrays;
    }

    /// <summary>New arrays for the results that are computed, where they are computed.</summary>
    private Dictionary<NodeEntry, NDArray> MakeResults(ExecutorArrays arrays, InferredGraph forward)
    {
        PlacedGraph? placed = _options.GroupDevices.Count == 0 ? null : arrays.PlaceFreely(_graph, _options);
        var results = new Dictionary<NodeEntry, NDArray>();
        for (int i = 0; i < _graph.Heads.Count; i++)
        {
            NodeEntry head = _graph.Heads[i];
            if (head.Node.IsVariable || results.ContainsKey(head))
                continue;
            Device device = placed?.Devices[placed.Graph.IndexOf(placed.Graph.Heads[i].Node)] ?? Device;
            StorageType storage = forward.StorageOf(head);
            Shape shape = forward.ShapeOf(head);
            DType type = forward.TypeOf(head);
            results[head] = SharedResult(i, storage, shape, type, device) ?? NDArray.New(storage, shape, type, device);
        }

        return results;
    }

    /// <summary>
    /// The first elements of the other executor's result at the same place, if it has room for this one, and is not what
    /// this one computes with.
    /// </summary>
    private NDArray? SharedResult(int head, StorageType storage, Shape shape, DType type, Device device)
    {
        if (!_options.SharesResults || _options.SharedExecutor is not { } other || head >= other._outputs.Length)
            return null;
        NDArray result = other._outputs[head];
        bool fits =
            !other._graph.Heads[head].Node.IsVariable
            && storage == StorageType.Default
            && result.StorageType == StorageType.Default
            && result.DType == type
            && result.Device == device
            && result.Size >= shape.Size
            && !((NDArray?[])[.. _arguments, .. _gradients, .. _states]).Any(array =>
                array is { StorageType: StorageType.Default } && array.Storage == result.Storage
            );
        return fits ? result.FirstElements(shape) : null;
    }

    private NDArray[] Check(IReadOnlyList<Node> variables, ReadOnlySpan<NDArray> arrays, string what)
    {
        if (arrays.Length != variables.Count)
        {
            throw new EngineException(
                $"Bind: {arrays.Length} {what} arrays were given, the computation has {variables.Count}: "
                    + $"{NameList.Of(variables.Select(node => node.Name))}."
            );
        }

        for (int i = 0; i < arrays.Length; i++)
        {
            if (arrays[i] is null)
                throw new EngineException($"Bind: the {what} '{variables[i].Name}' has no array.");
            if (arrays[i].Device != Device && _options.GroupDevices.Count == 0)
            {
                throw new EngineException(
                    $"Bind: the {what} '{variables[i].Name}' is on {arrays[i].Device}, the computation runs on {Device}; "
                        + "copy it there first."
                );
            }
        }

        return arrays.ToArray();
    }

    private (NDArray?[] Gradients, GradientRequest[] Requests) CheckGradients(
        ReadOnlySpan<NDArray?> gradients,
        ReadOnlySpan<GradientRequest> requests
    )
    {
        int count = _arguments.Length;
        if (!gradients.IsEmpty && (gradients.Length != count || requests.Length != count))
        {
            throw new EngineException(
                $"Bind: {gradients.Length} gradient arrays and {requests.Length} requests were given for {count} "
                    + "arguments; give one each, null where no gradient is wanted."
            );
        }

        var arrays = new NDArray?[count];
        var kept = new GradientRequest[count];
        for (int i = 0; i < gradients.Length; i++)
        {
            if (gradients[i] is not { } array || requests[i] == GradientRequest.Null)
                continue;
            NDArray argument = _arguments[i];
            string name = _graph.Arguments[i].Name;
            if (array.Shape != argument.Shape || array.DType != argument.DType || array.Device != argument.Device)
            {
                throw new EngineException(
                    $"Bind: the gradient of '{name}' must have the shape, type and device of {argument}; it is {array}."
                );
            }

            arrays[i] = array;
            kept[i] = requests[i];
        }

        return (arrays, kept);
    }
}
