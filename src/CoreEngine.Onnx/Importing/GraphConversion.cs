using CoreEngine.Operators;

namespace CoreEngine.Onnx;

/// <summary>Converts the nodes of one graph, of a graph within a node, or of a function's body, and keeps its names.</summary>
internal sealed class GraphConversion(GraphBuilder builder, OnnxModel model, GraphConversion? outer)
{
    /// <summary>Functions may call each other, but not for ever.</summary>
    private const int DeepestFunction = 32;

    private readonly Dictionary<string, OnnxValue> _values = new(StringComparer.Ordinal);
    private IReadOnlyDictionary<string, long> _opsets = outer?._opsets ?? model.Opsets;
    private IReadOnlyDictionary<string, OnnxAttribute>? _arguments = outer?._arguments;
    private int _depth = outer?._depth ?? 0;

    /// <summary>Says what a name stands for.</summary>
    public void Define(string name, OnnxValue value) => _values[name] = value;

    /// <summary>What a name stands for, here or in the graphs around.</summary>
    public OnnxValue Find(string name, string user)
    {
        for (GraphConversion? scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope._values.TryGetValue(name, out OnnxValue? value))
                return value;
        }

        throw new OnnxModelException($"nothing defines '{name}', which {user} takes");
    }

    private GraphConversion? Outer => outer;

    /// <summary>Converts a graph's nodes in their order.</summary>
    public void Convert(OnnxGraph graph)
    {
        if (graph.HasSparseInitializers)
            throw new OnnxUnsupportedException($"the graph '{graph.Name}' has sparse tensors");
        foreach (OnnxTensor tensor in graph.Initializers)
        {
            Define(tensor.Name, OnnxValue.Of(tensor));
        }

        Convert(graph.Nodes);
    }

    /// <summary>Converts a graph that lies within a node.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="inputs">What its inputs stand for.</param>
    /// <returns>What its outputs stand for.</returns>
    public OnnxValue[] Inline(OnnxGraph graph, ReadOnlySpan<OnnxValue> inputs)
    {
        var inner = new GraphConversion(builder, model, this);
        if (graph.Inputs.Count != inputs.Length)
        {
            throw new OnnxModelException(
                $"the graph '{graph.Name}' takes {graph.Inputs.Count} inputs and is given {inputs.Length}"
            );
        }

        for (int i = 0; i < inputs.Length; i++)
        {
            inner.Define(graph.Inputs[i].Name, inputs[i]);
        }

        inner.Convert(graph);
        return [.. graph.Outputs.Select(output => inner.Find(output.Name, $"the graph '{graph.Name}'"))];
    }

    private void Convert(IReadOnlyList<OnnxNode> nodes)
    {
        foreach (OnnxNode node in nodes)
        {
            try
            {
                Convert(Resolve(node));
            }
            catch (OperatorException error)
            {
                throw new OnnxUnsupportedException(node.Title, node.Operator, error.Message.TrimEnd('.'), error);
            }
            catch (Exception error)
                when (error
                        is IndexOutOfRangeException
                            or ArgumentException
                            or ArithmeticException
                            or InvalidOperationException
                )
            {
                // Conversions take the ranks and numbers of inputs for what ONNX says they are.
                throw new OnnxModelException(
                    $"the inputs or attributes of the node '{node.Title}' ({node.Operator}) are not what the operator takes",
                    error
                );
            }
        }
    }

    private void Convert(OnnxNode node)
    {
        builder.CountNode();
        OnnxValue?[] inputs =
        [
            .. node.Inputs.Select(name => name.Length == 0 ? null : Find(name, $"the node '{node.Title}'")),
        ];
        OnnxFunction? function = model.Functions.FirstOrDefault(candidate =>
            candidate.Name == node.Operator && candidate.Domain == node.Domain
        );
        if (function is not null)
        {
            Call(function, node, inputs);
            return;
        }

        string name = node.Domain.Length == 0 ? node.Operator : $"{node.Domain}.{node.Operator}";
        if (!ConversionTable.Default.TryGet(name, out Action<NodeConversion>? convert))
            throw new OnnxUnsupportedException(node.Title, name, "there is nothing to compute this operator with");
        long opset = _opsets.GetValueOrDefault(node.Domain, 1);
        var conversion = new NodeConversion(node, opset, builder, this, inputs);
        convert(conversion);
        conversion.Finish(Define);
    }

    private void Call(OnnxFunction function, OnnxNode node, OnnxValue?[] inputs)
    {
        if (_depth == DeepestFunction)
            throw new OnnxModelException($"the functions of '{node.Title}' call each other more than {_depth} deep");
        var inner = new GraphConversion(builder, model, outer: null)
        {
            _opsets = function.Opsets,
            _arguments = node.Attributes,
            _depth = _depth + 1,
        };
        for (int i = 0; i < Math.Min(inputs.Length, function.Inputs.Length); i++)
        {
            if (inputs[i] is { } input)
                inner.Define(function.Inputs[i], input);
        }

        inner.Convert(function.Nodes);
        for (int i = 0; i < Math.Min(node.Outputs.Length, function.Outputs.Length); i++)
        {
            if (node.Outputs[i].Length > 0)
                Define(node.Outputs[i], inner.Find(function.Outputs[i], $"the function '{function.Name}'"));
        }
    }

    /// <summary>A node of a function's body with the attributes that the call gives.</summary>
    private OnnxNode Resolve(OnnxNode node)
    {
        if (node.Attributes.Values.All(attribute => attribute.Reference.Length == 0))
            return node;
        var attributes = new Dictionary<string, OnnxAttribute>(StringComparer.Ordinal);
        foreach ((string name, OnnxAttribute attribute) in node.Attributes)
        {
            if (attribute.Reference.Length == 0)
                attributes.Add(name, attribute);
            else if (_arguments is not null && _arguments.TryGetValue(attribute.Reference, out OnnxAttribute? given))
                attributes.Add(name, given);
        }

        return node with
        {
            Attributes = attributes,
        };
    }
}
