using CoreEngine.Graphs;
using CoreEngine.Graphs.Planning;
using CoreEngine.Runtime;

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
        options ??= new BindOptions();
        _graph = graph;
        Device = device;
        _arguments = Check(graph.Arguments, arguments, device, "argument");
        _states = Check(graph.AuxiliaryStates, states, device, "auxiliary state");
        (_gradients, _requests) = CheckGradients(gradients, requests);
        using ArrayScope.Suspension suspension = ArrayScope.Suspend();
        ExecutorGraph whole = Prepare(options);
        Graph all = whole.Graph;

        Dictionary<Node, NDArray> variables = VariableArrays();
        InferredGraph forward = Infer(graph, variables);
        _headGradients = new NDArray?[whole.HeadGradients.Length];
        _headGradientIsOne = new bool[_headGradients.Length];
        for (int i = 0; i < _headGradients.Length; i++)
        {
            if (whole.HeadGradients[i] is not { } variable || !all.Contains(variable))
                continue;
            NodeEntry output = graph.Heads[i];
            variables[variable] = _headGradients[i] = new NDArray(
                forward.ShapeOf(output),
                forward.TypeOf(output),
                device
            );
        }

        InferredGraph inferred = ReferenceEquals(all, graph) ? forward : Infer(all, variables);
        _outputs = new NDArray[whole.OutputCount];
        (ExternalEntry[] externals, NDArray[] arrays) = FindExternals(whole, inferred, variables);
        CompiledGraph compiled = new GraphCompiler
        {
            Graph = all,
            Shapes = [.. inferred.Shapes],
            Types = [.. inferred.Types],
            Externals = externals,
            SecondPhase = whole.ForwardNodeCount,
            MostStepsOfSecondPhase = Engine.Default.Options.BulkLimit,
        }.Compile();
        _forwardSegments = CountForwardSegments(compiled, whole);
        _memory = options.SharedExecutor?._memory ?? new ArenaPool();
        _memory.Join();
        _bound = new BoundGraph(compiled, arrays, [device], _memory);
    }

    /// <summary>Where it runs.</summary>
    public Device Device { get; }

    private ExecutorGraph Prepare(BindOptions options)
    {
        var targets = new List<GradientTarget>();
        var storage = new Dictionary<Node, StorageType>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < _arguments.Length; i++)
        {
            targets.Add(new GradientTarget(_graph.Arguments[i], i, _requests[i]));
            storage[_graph.Arguments[i]] = _arguments[i].StorageType;
        }

        ExecutorGraph whole = ExecutorGraph.WithGradients(
            _graph,
            targets,
            options.RepeatsCheapCalls ? Mirroring.IsCheap : Mirroring.IsForced
        );
        Graph dense = SparseArguments.MakeDense(whole.Graph, node => storage.GetValueOrDefault(node));
        return whole.With(dense).WithSeparateGradients();
    }

    private Dictionary<Node, NDArray> VariableArrays()
    {
        var arrays = new Dictionary<Node, NDArray>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < _arguments.Length; i++)
        {
            arrays[_graph.Arguments[i]] = _arguments[i];
        }

        for (int i = 0; i < _states.Length; i++)
        {
            arrays[_graph.AuxiliaryStates[i]] = _states[i];
        }

        return arrays;
    }

    private static InferredGraph Infer(Graph graph, Dictionary<Node, NDArray> variables) =>
        GraphInference.Complete(
            graph,
            variables.ToDictionary(pair => pair.Key, pair => pair.Value.Shape),
            variables.ToDictionary(pair => pair.Key, pair => pair.Value.DType)
        );

    /// <summary>Makes the arrays of the results, and lists everything that lies in arrays.</summary>
    private (ExternalEntry[] Externals, NDArray[] Arrays) FindExternals(
        ExecutorGraph whole,
        InferredGraph inferred,
        Dictionary<Node, NDArray> variables
    )
    {
        var externals = new List<ExternalEntry>();
        var arrays = new List<NDArray>();
        foreach (Node node in whole.Graph.Nodes.Where(node => node.IsVariable))
        {
            externals.Add(new ExternalEntry(new NodeEntry(node, 0)));
            arrays.Add(variables[node]);
        }

        var places = new Dictionary<NodeEntry, NDArray>();
        for (int i = 0; i < _outputs.Length; i++)
        {
            NodeEntry head = whole.Graph.Heads[i];
            if (head.Node.IsVariable)
            {
                _outputs[i] = variables[head.Node].Detach();
            }
            else if (places.TryGetValue(head, out NDArray? same))
            {
                _outputs[i] = same.Detach();
            }
            else
            {
                _outputs[i] = places[head] = new NDArray(inferred.ShapeOf(head), inferred.TypeOf(head), Device);
                externals.Add(new ExternalEntry(head));
                arrays.Add(_outputs[i]);
            }
        }

        for (int i = 0; i < whole.Targets.Length; i++)
        {
            GradientTarget target = whole.Targets[i];
            bool isAdded = target.Request == GradientRequest.Add;
            externals.Add(new ExternalEntry(whole.Graph.Heads[whole.OutputCount + i], isAdded));
            arrays.Add(_gradients[target.Argument]!);
        }

        return ([.. externals], [.. arrays]);
    }

    private static int CountForwardSegments(CompiledGraph compiled, ExecutorGraph whole)
    {
        int count = 0;
        while (
            count < compiled.Segments.Length
            && compiled.Segments[count] is var segment
            && (
                segment.StepCount == 0
                || whole.Graph.IndexOf(compiled.Steps[segment.FirstStep].Node) < whole.ForwardNodeCount
            )
        )
        {
            count++;
        }

        return count;
    }

    private static NDArray[] Check(
        IReadOnlyList<Node> variables,
        ReadOnlySpan<NDArray> arrays,
        Device device,
        string what
    )
    {
        if (arrays.Length != variables.Count)
        {
            throw new EngineException(
                $"Bind: {arrays.Length} {what} arrays were given, the computation has {variables.Count}: "
                    + $"{string.Join(", ", variables.Select(node => node.Name))}."
            );
        }

        for (int i = 0; i < arrays.Length; i++)
        {
            if (arrays[i] is null)
                throw new EngineException($"Bind: the {what} '{variables[i].Name}' has no array.");
            if (arrays[i].Device != device)
            {
                throw new EngineException(
                    $"Bind: the {what} '{variables[i].Name}' is on {arrays[i].Device}, the computation runs on {device}; "
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

            if (array.StorageType != StorageType.Default)
            {
                throw new EngineException(
                    $"Bind: the gradient array of '{name}' is {array.StorageType}; give a dense one."
                );
            }

            arrays[i] = array;
            kept[i] = requests[i];
        }

        return (arrays, kept);
    }
}
