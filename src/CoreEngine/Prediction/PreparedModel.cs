using CoreEngine.Graphs;
using CoreEngine.Operators;

namespace CoreEngine;

/// <summary>
/// A model for inputs of certain shapes: its graph with everything computed that follows from the parameters alone. Handles
/// on parameters and constants are this object's own; their memory is shared with every other one made of it.
/// </summary>
internal sealed class PreparedModel : IDisposable
{
    private readonly Dictionary<Node, NDArray> _constants;

    private PreparedModel(
        Symbol symbol,
        PredictorOptions options,
        Dictionary<Node, NDArray> parameters,
        Graph graph,
        Dictionary<Node, NDArray> constants,
        Dictionary<Node, (Shape, DType)> inputs
    )
    {
        Symbol = symbol;
        Options = options;
        Parameters = parameters;
        Graph = graph;
        _constants = constants;
        Inputs = inputs;
    }

    /// <summary>The model as it was given, with the results that are wanted.</summary>
    internal Symbol Symbol { get; }

    internal PredictorOptions Options { get; }

    /// <summary>The model's parameters and states by variable.</summary>
    internal Dictionary<Node, NDArray> Parameters { get; }

    /// <summary>What is run; its heads are the symbol's results in their order.</summary>
    internal Graph Graph { get; }

    /// <summary>Shapes and types of the variables that are no parameters.</summary>
    internal Dictionary<Node, (Shape Shape, DType Type)> Inputs { get; }

    /// <summary>Prepares a model.</summary>
    /// <param name="symbol">The model.</param>
    /// <param name="parameters">Its parameters by name, with the prefixes of files or without.</param>
    /// <param name="shapes">Shapes of inputs by name.</param>
    /// <param name="options">How it will run.</param>
    internal static PreparedModel Of(
        Symbol symbol,
        IReadOnlyDictionary<string, NDArray> parameters,
        IReadOnlyDictionary<string, Shape> shapes,
        PredictorOptions options
    )
    {
        // Also of variables that the results asked for do not need.
        Dictionary<Node, Shape> known = GraphInference.ByName(symbol.Graph, shapes);
        if (options.Outputs.Count > 0)
            symbol = new Symbol([.. options.Outputs.SelectMany(name => ResultNamed(symbol, name).Entries)]);
        Graph graph = symbol.Graph;
        var own = new Dictionary<Node, NDArray>(ReferenceEqualityComparer.Instance);
        try
        {
            foreach (Node node in graph.Nodes.Where(node => node.IsVariable && !known.ContainsKey(node)))
            {
                if (Find(parameters, graph, node) is { } array)
                    own.Add(node, OnDevice(array, options.Device));
            }

            return Of(symbol, options, own, known.Where(pair => graph.Contains(pair.Key)).ToDictionary());
        }
        catch
        {
            DisposeAll(own.Values);
            throw;
        }
    }

    /// <summary>Another set of handles on the same arrays.</summary>
    internal PreparedModel Share() => new(Symbol, Options, Own(Parameters), Graph, Own(_constants), Inputs);

    /// <summary>The same model for inputs of other shapes.</summary>
    internal PreparedModel Reshape(IReadOnlyDictionary<string, Shape> shapes)
    {
        Dictionary<Node, NDArray> parameters = Own(Parameters);
        try
        {
            Dictionary<Node, Shape> known = GraphInference.ByName(Symbol.Graph, shapes);
            Node? fixedOne = known.Keys.FirstOrDefault(parameters.ContainsKey);
            if (fixedOne is not null)
                throw new EngineException($"Predictor: '{fixedOne.Name}' is a parameter; its shape is fixed.");
            return Of(Symbol, Options, parameters, known);
        }
        catch
        {
            DisposeAll(parameters.Values);
            throw;
        }
    }

    /// <summary>
    /// The auxiliary states of the prepared graph. They count as written by a run, so that whoever runs the model needs his
    /// own.
    /// </summary>
    internal IEnumerable<KeyValuePair<Node, NDArray>> States =>
        _constants.Where(pair => Graph.AuxiliaryStates.Contains(pair.Key));

    /// <summary>An executor of the prepared graph.</summary>
    internal Executor Bind(IReadOnlyDictionary<Node, NDArray> inputs, IReadOnlyDictionary<Node, NDArray> states) =>
        Bind(Graph, node => states.GetValueOrDefault(node) ?? _constants.GetValueOrDefault(node) ?? inputs[node]);

    /// <summary>An executor of the model as it was given, for those who look inside.</summary>
    internal Executor BindPlainly(IReadOnlyDictionary<Node, NDArray> inputs) =>
        Bind(Symbol.Graph, node => Parameters.GetValueOrDefault(node) ?? inputs[node]);

    public void Dispose()
    {
        DisposeAll(Parameters.Values);
        DisposeAll(_constants.Values);
    }

    private static PreparedModel Of(
        Symbol symbol,
        PredictorOptions options,
        Dictionary<Node, NDArray> parameters,
        Dictionary<Node, Shape> shapes
    )
    {
        Graph graph = symbol.Graph;
        Dictionary<Node, DType> types = options
            .Types.SelectMany(pair => Variables(graph, pair.Key).Select(node => (node, pair.Value)))
            .ToDictionary();
        var context = new PassContext
        {
            Shapes = shapes,
            Types = types,
            Constants = parameters,
        };
        InferredGraph inferred = context.Infer(graph);
        Dictionary<Node, (Shape Shape, DType Type)> inputs = graph
            .Nodes.Where(node => node.IsVariable && !parameters.ContainsKey(node))
            .ToDictionary(
                node => node,
                node => (inferred.ShapeOf(new NodeEntry(node, 0)), inferred.TypeOf(new NodeEntry(node, 0)))
            );
        context = context with
        {
            Shapes = inputs.ToDictionary(pair => pair.Key, pair => pair.Value.Shape),
            Types = inputs.ToDictionary(pair => pair.Key, pair => pair.Value.Type),
            // Inputs are dense, whatever the model says of them.
            Storage = inputs.ToDictionary(pair => pair.Key, _ => StorageType.Default),
        };
        NodeEntry[] results = ExecutorGraph.ResultsOf(graph);
        OptimizedGraph optimized = GraphOptimizer.Apply(new Graph(results), context, options.Passes);
        Dictionary<NodeEntry, NodeEntry> prepared = results
            .Zip(optimized.Graph.Heads, (from, to) => (from, to))
            .ToDictionary(pair => pair.from, pair => pair.to);
        Dictionary<Node, NDArray> constants = optimized.Constants.ToDictionary(
            pair => pair.Key,
            pair => parameters.ContainsKey(pair.Key) ? pair.Value.Detach() : pair.Value
        );
        NodeEntry[] heads = [.. graph.Heads.Select(head => head.Node.IsVariable ? head : prepared[head])];
        foreach (Node variable in heads.Select(head => head.Node).Where(parameters.ContainsKey).Distinct())
        {
            if (!constants.ContainsKey(variable))
                constants.Add(variable, parameters[variable].Detach());
        }

        // Whoever runs the model does so without waiting for what it reads.
        foreach (NDArray array in parameters.Values.Concat(constants.Values))
        {
            array.WaitToRead();
        }

        return new PreparedModel(symbol, options, parameters, new Graph(heads), constants, inputs);
    }

    private Executor Bind(Graph graph, Func<Node, NDArray> arrayOf) =>
        new(
            graph,
            Options.Device,
            [.. graph.Arguments.Select(arrayOf)],
            gradients: [],
            requests: [],
            [.. graph.AuxiliaryStates.Select(arrayOf)],
            new BindOptions { Passes = GraphPasses.None }
        );

    private static Symbol ResultNamed(Symbol symbol, string name)
    {
        Symbol internals = symbol.Internals();
        IReadOnlyList<string> names = internals.ListOutputs();
        for (int i = 0; i < names.Count; i++)
        {
            if (names[i] == name)
                return internals[i];
        }

        throw new EngineException($"Predictor: the model has no result '{name}'. It has: {NameList.Of(names, name)}");
    }

    private static NDArray? Find(IReadOnlyDictionary<string, NDArray> parameters, Graph graph, Node node)
    {
        string prefix = graph.AuxiliaryStates.Contains(node) ? "aux:" : "arg:";
        return parameters.GetValueOrDefault(prefix + node.Name) ?? parameters.GetValueOrDefault(node.Name);
    }

    private static IEnumerable<Node> Variables(Graph graph, string name) =>
        graph.Nodes.Where(node => node.IsVariable && node.Name == name);

    private static NDArray OnDevice(NDArray array, Device device)
    {
        if (array.Device == device)
            return array.Detach();
        NDArray copy = NDArray.New(array.StorageType, array.Shape, array.DType, device);
        Imperative.Invoke("_copyto", [array], outputs: [copy]);
        return copy;
    }

    private static Dictionary<Node, NDArray> Own(Dictionary<Node, NDArray> arrays) =>
        arrays.ToDictionary(pair => pair.Key, pair => pair.Value.Detach());

    private static void DisposeAll(IEnumerable<NDArray> arrays)
    {
        foreach (NDArray array in arrays)
        {
            array.Dispose();
        }
    }
}
