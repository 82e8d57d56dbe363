using CoreEngine.Graphs;
using CoreEngine.Operators;

namespace CoreEngine.Onnx;

/// <summary>Makes nodes while a model is imported, and knows at once the shape and type of what they give.</summary>
internal sealed class GraphBuilder
{
    /// <summary>The largest constant that an import makes or computes; models bring larger ones themselves.</summary>
    public const long MostConstantElements = 1 << 27;

    /// <summary>Loops, recurrent layers and functions are written out, and a small file can ask for a lot of that.</summary>
    private const int MostNodes = 1_000_000;

    private readonly ShapeInference _shapes = new();
    private readonly TypeInference _types = new();

    // Every name that is taken, and the number to try next where it is wanted again.
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<Node, NDArray> _constants = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Node, OnnxTensor> _knownInputs = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<string> _fixedInputs = new(StringComparer.Ordinal);
    private readonly Dictionary<Node, long> _elements = new(ReferenceEqualityComparer.Instance);
    private int _nodes;

    /// <summary>The variables that hold constants, with their values.</summary>
    public IReadOnlyDictionary<Node, NDArray> Constants => _constants;

    /// <summary>The inputs whose given values are built into the graph.</summary>
    public IReadOnlySet<string> FixedInputs => _fixedInputs;

    /// <summary>A name that nothing else has: the wanted one, or that with a number.</summary>
    public string UniqueName(string wanted)
    {
        if (_names.TryAdd(wanted, 1))
            return wanted;
        string name;
        do
        {
            name = $"{wanted}_{_names[wanted]++}";
        } while (!_names.TryAdd(name, 1));
        return name;
    }

    /// <summary>A variable that whoever runs the graph must give.</summary>
    /// <param name="name">Its name, which must be free.</param>
    /// <param name="type">The element type.</param>
    /// <param name="dims">The extents.</param>
    /// <param name="known">The value that may be built in where it decides shapes; null when it is not known.</param>
    public OnnxValue Input(string name, OnnxElementType type, long[] dims, OnnxTensor? known)
    {
        var hints = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["__dtype__"] = $"{(int)type.ToDType()}",
            ["__shape__"] = OnnxValue.GraphShape(dims).ToString(),
        };
        var node = new Node(null, UniqueName(name), [], hints);
        if (known is not null)
            _knownInputs.Add(node, known);
        return OnnxValue.Of(new NodeEntry(node, 0), type, dims);
    }

    /// <summary>An input whose value is part of the graph from the start.</summary>
    public OnnxValue Fixed(string name, OnnxTensor value)
    {
        _fixedInputs.Add(name);
        return OnnxValue.Of(value);
    }

    /// <summary>Where the graph finds a value; a constant gets a variable of its own when it is first used.</summary>
    /// <exception cref="OnnxUnsupportedException">It is empty, or of a type that arrays cannot hold.</exception>
    public NodeEntry EntryOf(OnnxValue value, string name)
    {
        if (value.Entry is { } entry)
            return entry;
        OnnxTensor tensor =
            value.Constant
            ?? throw new OnnxUnsupportedException(
                $"'{name}' takes a sequence where only a tensor can be computed with"
            );
        NDArray array = tensor.ToArray();
        string title = UniqueName(tensor.Name.Length > 0 ? tensor.Name : $"{name}_constant");
        // Whoever loads the symbol from a file must not take the variable for one of float32.
        Dictionary<string, string>? hints =
            array.DType == DType.Float32 ? null : new() { ["__dtype__"] = $"{(int)array.DType}" };
        var node = new Node(null, title, [], hints);
        _constants.Add(node, array);
        entry = new NodeEntry(node, 0);
        value.Entry = entry;
        return entry;
    }

    /// <summary>Calls an operator.</summary>
    /// <returns>Its visible outputs, with the extents that they have in the graph.</returns>
    public OnnxValue[] Call(string name, BoundOperator op, ReadOnlySpan<OnnxValue> inputs)
    {
        var entries = new NodeEntry[inputs.Length];
        _shapes.Start(op, inputs.Length);
        _types.Start(op, inputs.Length);
        for (int i = 0; i < inputs.Length; i++)
        {
            entries[i] = EntryOf(inputs[i], name);
            _shapes.SetInput(i, inputs[i].Shape);
            _types.SetInput(i, inputs[i].ElementType.ToDType());
        }

        op.Definition.InferShape(_shapes);
        op.Definition.InferType(_types);
        if (!_shapes.IsComplete || !_types.IsComplete)
            throw new OperatorException(op.Name, "the shapes of its outputs do not follow from its inputs.");
        CountNode();
        var node = new Node(op, UniqueName(name), entries);
        long elements = 0;
        var outputs = new OnnxValue[op.VisibleOutputCount];
        for (int i = 0; i < outputs.Length; i++)
        {
            outputs[i] = OnnxValue.Of(
                new NodeEntry(node, i),
                OnnxElementTypes.FromDType(_types.Output(i)),
                _shapes.Output(i).Dims.ToArray()
            );
            elements += _shapes.Output(i).Size;
        }

        _elements.Add(node, elements);
        return outputs;
    }

    /// <summary>Counts a node of the model or of the graph.</summary>
    /// <exception cref="OnnxUnsupportedException">There are more than any model needs.</exception>
    public void CountNode()
    {
        if (++_nodes > MostNodes)
            throw new OnnxUnsupportedException($"written out, the model has more than {MostNodes} nodes");
    }

    /// <summary>
    /// Computes a value now. What it depends on must be constants and inputs whose values are known; those inputs are
    /// from now on part of the graph.
    /// </summary>
    /// <returns>The value; null when it depends on an input that is not known, or on chance.</returns>
    public OnnxTensor? Evaluate(OnnxValue value, bool takeInputs)
    {
        if (value.Constant is not null || value.Entry is not { } entry)
            return value.Constant;
        List<Node> order = TopologicalOrder.Of([entry]);
        foreach (Node node in order)
        {
            bool isKnown = node.IsVariable
                ? _constants.ContainsKey(node) || (takeInputs && _knownInputs.ContainsKey(node))
                : !node.Operator!.IsRandom;
            if (!isKnown)
                return null;
            if (!node.IsVariable && _elements.TryGetValue(node, out long elements) && elements > MostConstantElements)
                return null;
        }

        using var scope = new ArrayScope();
        var results = new Dictionary<Node, NDArray[]>(ReferenceEqualityComparer.Instance);
        foreach (Node node in order)
        {
            results[node] = node.Operator is null
                ? [ValueOf(node)]
                : Imperative.Invoke(node.Operator, [.. node.Inputs.Select(input => results[input.Node][input.Index])]);
        }

        return OnnxTensor.FromArray(results[entry.Node][entry.Index], value.ElementType, value.Dims);
    }

    /// <summary>The names of the inputs that a value depends on.</summary>
    public IEnumerable<string> InputsOf(OnnxValue value) =>
        value.Entry is { } entry
            ? TopologicalOrder
                .Of([entry])
                .Where(node => node.IsVariable && !_constants.ContainsKey(node))
                .Select(node => node.Name)
            : [];

    private NDArray ValueOf(Node variable)
    {
        if (_constants.TryGetValue(variable, out NDArray? constant))
            return constant;
        _fixedInputs.Add(variable.Name);
        return _knownInputs[variable].ToArray();
    }
}
