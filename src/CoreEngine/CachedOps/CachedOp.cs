using CoreEngine.Graphs;
using CoreEngine.Operators;

namespace CoreEngine;

/// <summary>
/// A symbol as one operator on arrays: called like any operation, recorded by autograd as one call, differentiable. For
/// every combination of input shapes and types the graph is compiled once; a call then costs little more than its kernels.
/// </summary>
/// <remarks>
/// Any number of threads may call one at the same time. Within it everything is dense: sparse arguments are copied densely
/// (<see cref="StorageFallback"/> tells of it), and results are dense, or cast to the arrays that are given for them.
/// A graph with calls that run on the caller (<see cref="CustomOperator.RunsOnCaller"/>) is not compiled: its calls are made
/// and recorded one by one.
/// </remarks>
/// <example>
/// <code>
/// var net = new CachedOp(symbol);           // net.InputNames: data, fc1_weight, fc1_bias
/// using (Autograd.Record())
/// {
///     NDArray[] outputs = net.Invoke([data, weight, bias]);
///     outputs[0].Backward();
/// }
/// </code>
/// </example>
public sealed class CachedOp
{
    private const int MostSignatures = 64;

    [ThreadStatic]
    private static NDArray?[]? t_results;

    private readonly Lock _lock = new();
    private readonly Lazy<CachedGradients> _gradients;
    private readonly Lazy<OperatorDef> _recordedDefinition;
    private readonly Lazy<OperatorDef> _backwardDefinition;

    // The latest first.
    private CachedSignature[] _signatures = [];

    /// <summary>Makes an operator of a symbol.</summary>
    /// <param name="symbol">What it computes: inputs are all its variables, in the order of <see cref="InputNames"/>.</param>
    /// <param name="passes">The passes that make it cheaper; constants are not folded.</param>
    public CachedOp(Symbol symbol, GraphPasses passes = GraphPasses.All)
    {
        ArgumentNullException.ThrowIfNull(symbol);
        Passes = passes;
        Graph = symbol.Graph;
        Inputs = [.. Graph.Nodes.Where(node => node.IsVariable)];
        InputNames = [.. Inputs.Select(node => node.Name)];
        OutputNames = symbol.ListOutputs();
        RunsOnCaller = Graph.Nodes.Any(node => node.Operator is { RunsOnCaller: true });
        RandomStreams = Math.Max(1, Graph.Nodes.Count(node => node.Operator is { IsRandom: true }));
        PlainDefinition = Define(
            "_CachedOp",
            [.. OutputNames],
            CachedSignature.InferPlainShapes,
            CachedSignature.InferPlainTypes,
            CachedSignature.RunPlain,
            CachedSignature.IsPlainQuick
        );
        _gradients = new Lazy<CachedGradients>(() => new CachedGradients(Graph, Inputs));
        _recordedDefinition = new Lazy<OperatorDef>(DefineRecorded);
        _backwardDefinition = new Lazy<OperatorDef>(DefineBackward);
    }

    /// <summary>Names of the inputs: the symbol's arguments and auxiliary states, in the order of its nodes.</summary>
    public IReadOnlyList<string> InputNames { get; }

    /// <summary>Names of the outputs.</summary>
    public IReadOnlyList<string> OutputNames { get; }

    /// <summary>The passes that make it cheaper.</summary>
    public GraphPasses Passes { get; }

    internal Graph Graph { get; }

    internal IReadOnlyList<Node> Inputs { get; }

    internal CachedGradients Gradients => _gradients.Value;

    internal OperatorDef PlainDefinition { get; }

    internal OperatorDef RecordedDefinition => _recordedDefinition.Value;

    internal OperatorDef BackwardDefinition => _backwardDefinition.Value;

    private int RandomStreams { get; }

    /// <summary>Whether some call has to run on the caller, and so cannot be part of a kernel.</summary>
    private bool RunsOnCaller { get; }

    /// <summary>Calls it.</summary>
    /// <param name="inputs">One array for each of <see cref="InputNames"/>.</param>
    /// <returns>One new array for each output. They are not computed yet; reading their values waits.</returns>
    /// <exception cref="EngineException">
    /// The number of inputs is wrong, or their shapes, types or devices do not fit; while recording also when an operator
    /// of the symbol has no gradient.
    /// </exception>
    public NDArray[] Invoke(params ReadOnlySpan<NDArray> inputs)
    {
        var outputs = new NDArray?[OutputNames.Count];
        Run(inputs, outputs);
        return outputs!;
    }

    /// <summary>Calls it and writes into arrays that exist. When nothing is recorded this allocates nothing.</summary>
    /// <param name="inputs">One array for each of <see cref="InputNames"/>.</param>
    /// <param name="outputs">One array for each of <see cref="OutputNames"/>, of the right shape and type.</param>
    /// <exception cref="EngineException">As for the other overload; or the outputs do not fit.</exception>
    public void Invoke(ReadOnlySpan<NDArray> inputs, ReadOnlySpan<NDArray> outputs)
    {
        // Taken while in use: a kernel that runs inline may call another one.
        NDArray?[]? kept = t_results;
        t_results = null;
        if (kept is null || kept.Length < outputs.Length)
            kept = new NDArray?[outputs.Length];
        Span<NDArray?> results = kept.AsSpan(0, outputs.Length);
        try
        {
            outputs.CopyTo(results!);
            Run(inputs, results);
        }
        finally
        {
            results.Clear();
            t_results = kept;
        }
    }

    /// <summary>Calls it; places that are null get new arrays.</summary>
    internal void Run(ReadOnlySpan<NDArray> inputs, Span<NDArray?> outputs)
    {
        if (inputs.Length != Inputs.Count)
        {
            throw new EngineException(
                $"CachedOp: {inputs.Length} inputs were given; it takes {Inputs.Count}: {string.Join(", ", InputNames)}."
            );
        }

        if (outputs.Length != OutputNames.Count)
        {
            throw new EngineException(
                $"CachedOp: {outputs.Length} output arrays were given, it has {OutputNames.Count}: "
                    + $"{string.Join(", ", OutputNames)}."
            );
        }

        if (RunsOnCaller)
        {
            RunOneByOne(inputs, outputs);
            return;
        }

        CachedSignature signature = Find(_signatures, inputs) ?? Add(inputs);
        if (!Tape.Records(inputs))
        {
            Dispatcher.Run(signature.Plain, inputs, outputs, requests: default, Autograd.IsTraining);
            return;
        }

        Tape.CheckOutputs(signature.Recorded, outputs);
        var results = new NDArray?[outputs.Length + 1];
        outputs.CopyTo(results);
        Dispatcher.Run(signature.Recorded, inputs, results, requests: default, Autograd.IsTraining);
        Tape.Record(signature.Recorded, inputs, results);
        results[^1]!.Dispose();
        results.AsSpan(0, outputs.Length).CopyTo(outputs);
    }

    /// <summary>Makes the graph's calls one by one, each recorded as any other.</summary>
    private void RunOneByOne(ReadOnlySpan<NDArray> inputs, Span<NDArray?> outputs)
    {
        using var scope = new ArrayScope();
        var values = new NDArray[Graph.EntryCount];
        for (int i = 0; i < inputs.Length; i++)
        {
            values[Graph.NumberOf(new NodeEntry(Inputs[i], 0))] = inputs[i];
        }

        for (int i = 0; i < Graph.Nodes.Count; i++)
        {
            Node node = Graph.Nodes[i];
            if (node.Operator is not { } op)
                continue;
            NDArray[] arguments = [.. node.Inputs.Select(input => values[Graph.NumberOf(input)])];
            Imperative.Invoke(op, arguments).CopyTo(values, Graph.FirstEntryOf(i));
        }

        var taken = new HashSet<NDArray>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < outputs.Length; i++)
        {
            NodeEntry head = Graph.Heads[i];
            NDArray value = values[Graph.NumberOf(head)];
            if (outputs[i] is { } output)
                Imperative.Invoke(Dispatcher.CopyInto(output, value), [value], [output]);
            else
                outputs[i] = scope.Keep(
                    head.Node.IsVariable || !taken.Add(value) ? Imperative.Call("_copy", value) : value
                );
        }
    }

    private static CachedSignature? Find(CachedSignature[] signatures, ReadOnlySpan<NDArray> inputs)
    {
        foreach (CachedSignature signature in signatures)
        {
            if (signature.Fits(inputs))
                return signature;
        }

        return null;
    }

    private CachedSignature Add(ReadOnlySpan<NDArray> inputs)
    {
        lock (_lock)
        {
            if (Find(_signatures, inputs) is { } found)
                return found;
            var signature = new CachedSignature(this, inputs);
            _signatures = [signature, .. _signatures.Take(MostSignatures - 1)];
            return signature;
        }
    }

    private OperatorDef DefineRecorded() =>
        Define(
            "_CachedOp_recorded",
            [.. OutputNames, "state"],
            CachedSignature.InferRecordedShapes,
            CachedSignature.InferRecordedTypes,
            CachedSignature.RunRecorded,
            CachedSignature.IsRecordedQuick,
            CachedSignature.Differentiate,
            ComposeGradient
        );

    private OperatorDef Define(
        string name,
        string[] outputs,
        ShapeRule inferShape,
        TypeRule inferType,
        KernelFunction kernel,
        Func<BoundOperator, bool> isQuick,
        GradientRule? gradient = null,
        GradientRule? composedGradient = null
    ) =>
        new(name)
        {
            Description = "A graph that is run by one call.",
            Inputs = [.. InputNames],
            Outputs = outputs,
            CountVisibleOutputs = _ => OutputNames.Count,
            MutableInputs = ChangedBy(Graph, Inputs),
            InferShape = inferShape,
            InferType = inferType,
            Kernel = kernel,
            SelectIsQuick = isQuick,
            Gradient = gradient,
            ComposedGradient = composedGradient,
            IsRandom = Graph.Nodes.Any(node => node.Operator is { IsRandom: true }),
            RandomStreams = RandomStreams,
        };

    private OperatorDef DefineBackward()
    {
        CachedGradients gradients = Gradients;
        Node[] inputs =
        [
            .. gradients.HeadGradients,
            .. gradients.UsedInputs.Select(place => Inputs[place]),
            .. gradients.Outputs,
        ];
        return new OperatorDef("_backward_CachedOp")
        {
            Inputs = [.. inputs.Select(node => node.Name), "state"],
            Outputs = [.. gradients.Targets.Select(place => InputNames[place])],
            MutableInputs = ChangedBy(gradients.Backward, inputs),
            InferShape = CachedSignature.InferGradientShapes,
            InferType = CachedSignature.InferGradientTypes,
            Kernel = CachedSignature.RunBackward,
            SelectIsQuick = CachedSignature.IsBackwardQuick,
        };
    }

    /// <summary>Places of the variables that some call of a graph changes.</summary>
    private static int[] ChangedBy(Graph graph, IReadOnlyList<Node> variables)
    {
        var changed = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        foreach (Node node in graph.Nodes)
        {
            if (node.Operator is { } op)
                changed.UnionWith(op.MutableInputs.Select(input => node.Inputs[input].Node));
        }

        return [.. Enumerable.Range(0, variables.Count).Where(i => changed.Contains(variables[i]))];
    }

    /// <summary>
    /// The gradient as calls that can be differentiated again: the graph's own calls and those of its gradients, one by
    /// one, with the graph computed once more.
    /// </summary>
    private void ComposeGradient(GradientContext context)
    {
        if (PlainDefinition.IsRandom)
        {
            throw new OperatorException(
                PlainDefinition.Name,
                "a graph with random operators has no gradients of higher order: computed once more, its random numbers "
                    + "would be others. Call the operators one by one instead of through a CachedOp."
            );
        }

        NodeEntry[] outputs = [.. Graph.Heads];
        Node[] headGradients = [.. outputs.Select((_, i) => new Node(null, $"output{i}_gradient", []))];
        NodeEntry?[] gradients = GradientPass.Build(
            outputs,
            Array.ConvertAll(headGradients, node => new NodeEntry(node, 0)),
            [.. Inputs.Select(node => new NodeEntry(node, 0))],
            differentiable: true
        );
        var values = new Dictionary<Node, Value>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < Inputs.Count; i++)
        {
            values[Inputs[i]] = context.Input(i);
        }

        NodeEntry[] heads = [.. gradients.Where(gradient => gradient is not null).Select(gradient => gradient!.Value)];
        foreach (Node node in TopologicalOrder.Of(heads))
        {
            int place = Array.IndexOf(headGradients, node);
            if (place >= 0)
                values[node] = context.OutputGradient(place);
            else if (!node.IsVariable)
                values[node] = context.Call(node.Operator!, [.. node.Inputs.Select(ValueOf)]);
        }

        for (int i = 0; i < gradients.Length; i++)
        {
            if (gradients[i] is { } gradient)
                context.Set(i, ValueOf(gradient));
        }

        // A variable's value may be any output of the call that made it.
        Value ValueOf(NodeEntry entry) =>
            entry.Node.IsVariable ? values[entry.Node] : values[entry.Node].Output(entry.Index);
    }
}
