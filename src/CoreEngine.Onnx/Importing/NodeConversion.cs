using CoreEngine.Graphs;

namespace CoreEngine.Onnx;

/// <summary>
/// The conversion of one node: its inputs and attributes, of which none may be overlooked, and what they become.
/// </summary>
internal sealed partial class NodeConversion(
    OnnxNode node,
    long opset,
    GraphBuilder builder,
    GraphConversion scope,
    OnnxValue?[] inputs
)
{
    private readonly bool[] _read = new bool[inputs.Length];
    private readonly HashSet<string> _readAttributes = new(StringComparer.Ordinal);
    private readonly OnnxValue?[] _outputs = new OnnxValue?[node.Outputs.Length];

    /// <summary>The version of the operator set that the node belongs to.</summary>
    public long Opset => opset;

    /// <summary>Number of inputs, those left out in between included.</summary>
    public int InputCount => inputs.Length;

    /// <summary>Number of outputs that the node names, those nobody wants in between included.</summary>
    public int OutputCount => _outputs.Length;

    /// <summary>Whether an input is there.</summary>
    public bool Has(int input) => input < inputs.Length && inputs[input] is not null;

    /// <summary>Whether somebody may want an output.</summary>
    public bool Wants(int output) => output < _outputs.Length && node.Outputs[output].Length > 0;

    /// <summary>An input that must be there.</summary>
    public OnnxValue Input(int index) =>
        OptionalInput(index) ?? throw new OnnxModelException($"{Title} has no input {index}");

    /// <summary>An input that is a tensor, or null where it is left out.</summary>
    public OnnxValue? OptionalInput(int index)
    {
        if (!Has(index))
            return null;
        _read[index] = true;
        return inputs[index];
    }

    /// <summary>All inputs; none may be left out.</summary>
    public OnnxValue[] AllInputs() => [.. Enumerable.Range(0, inputs.Length).Select(Input)];

    /// <summary>The elements of an input that must be known when the graph is made.</summary>
    public OnnxTensor Known(int input, string what) => Known(Input(input), what);

    /// <inheritdoc cref="Known(int, string)"/>
    public OnnxTensor Known(OnnxValue value, string what) =>
        builder.Evaluate(value, takeInputs: true)
        ?? throw Unsupported(
            $"{what} must be known when the model is imported, but depends on "
                + $"{string.Join(", ", builder.InputsOf(value).Select(name => $"'{name}'"))}; give values with "
                + nameof(OnnxImportOptions.KnownInputs)
        );

    /// <summary>Whole numbers from an input that must be known when the graph is made; null where it is left out.</summary>
    public long[]? KnownIntegers(int input, string what) => Has(input) ? Known(input, what).ToIntegers() : null;

    /// <summary>The element type of an attribute.</summary>
    public OnnxElementType Type(string name, OnnxElementType byDefault) =>
        (OnnxElementType)Integer(name, (long)byDefault);

    /// <summary>A whole number.</summary>
    public long Integer(string name, long byDefault) => OptionalInteger(name) ?? byDefault;

    /// <summary>A whole number; null where it is not given.</summary>
    public long? OptionalInteger(string name) =>
        Find(name) is { } attribute ? attribute.Integer ?? throw WrongKind(name, "a whole number") : null;

    /// <summary>True where a whole number is not 0.</summary>
    public bool Flag(string name, bool byDefault) => Integer(name, byDefault ? 1 : 0) != 0;

    /// <summary>A fraction.</summary>
    public double Real(string name, double byDefault) => OptionalReal(name) ?? byDefault;

    /// <summary>A fraction; null where it is not given.</summary>
    public double? OptionalReal(string name) =>
        Find(name) is { } attribute ? Widen(attribute.Float ?? throw WrongKind(name, "a number")) : null;

    /// <summary>A text.</summary>
    public string Text(string name, string byDefault) =>
        Find(name) is { } attribute ? attribute.Text ?? throw WrongKind(name, "a text") : byDefault;

    /// <summary>Whole numbers; null where they are not given.</summary>
    public long[]? Integers(string name) => Find(name)?.Integers;

    /// <summary>Fractions; null where they are not given.</summary>
    public float[]? Reals(string name) => Find(name)?.Floats;

    /// <summary>Texts; null where they are not given.</summary>
    public string[]? Texts(string name) => Find(name)?.Texts;

    /// <summary>A tensor; null where it is not given.</summary>
    public OnnxTensor? Tensor(string name) =>
        Find(name) is { } attribute ? attribute.Tensor ?? throw WrongKind(name, "a tensor") : null;

    /// <summary>A graph.</summary>
    public OnnxGraph Graph(string name) =>
        Find(name)?.Graph ?? throw new OnnxModelException($"{Title} has no graph '{name}'");

    /// <summary>Converts a graph of this node's attributes.</summary>
    public OnnxValue[] Inline(OnnxGraph graph, params ReadOnlySpan<OnnxValue> arguments) =>
        scope.Inline(graph, arguments);

    /// <summary>A value of the graph that is named by an attribute.</summary>
    public OnnxValue Named(string name) => scope.Find(name, Title);

    /// <summary>Where the graph finds a value.</summary>
    public NodeEntry EntryOf(OnnxValue value) => builder.EntryOf(value, node.Title);

    /// <summary>Says that an attribute may have any value: it changes nothing that is computed here.</summary>
    public void Ignore(string name) => _readAttributes.Add(name);

    /// <summary>States what an output is.</summary>
    public void Set(int output, OnnxValue value)
    {
        if (output < _outputs.Length)
            _outputs[output] = value;
    }

    /// <summary>States what the first output is.</summary>
    public void Set(OnnxValue value) => Set(0, value);

    /// <summary>An error that names the node.</summary>
    public OnnxUnsupportedException Unsupported(string reason) => new(node.Title, node.Operator, reason);

    /// <summary>An error about a model that contradicts itself.</summary>
    public OnnxModelException Wrong(string problem) => new($"{Title}: {problem}");

    /// <summary>Checks that nothing was overlooked and hands the outputs over.</summary>
    public void Finish(Action<string, OnnxValue> define)
    {
        foreach (string name in node.Attributes.Keys)
        {
            if (!_readAttributes.Contains(name))
                throw Unsupported($"the attribute '{name}' has no counterpart here");
        }

        bool isConstant = true;
        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i] is not null && !_read[i])
                throw Unsupported($"input {i} ('{node.Inputs[i]}') has no counterpart here");
            isConstant &= inputs[i] is null || inputs[i]!.Constant is not null;
        }

        for (int i = 0; i < _outputs.Length; i++)
        {
            if (node.Outputs[i].Length == 0)
                continue;
            OnnxValue value =
                _outputs[i] ?? throw Unsupported($"output {i} ('{node.Outputs[i]}') is not computed here");
            if (isConstant && value.Sequence is null && builder.Evaluate(value, takeInputs: false) is { } tensor)
                value = OnnxValue.Of(tensor);
            define(node.Outputs[i], value);
        }
    }

    private string Title => $"the node '{node.Title}' ({node.Operator})";

    private OnnxAttribute? Find(string name)
    {
        if (!node.Attributes.TryGetValue(name, out OnnxAttribute? attribute))
            return null;
        _readAttributes.Add(name);
        return attribute;
    }

    private OnnxModelException WrongKind(string name, string kind) => Wrong($"the attribute '{name}' is not {kind}");

    /// <summary>The double that the same decimal text stands for: 0.1f becomes 0.1.</summary>
    private static double Widen(float value) =>
        float.IsFinite(value)
            ? double.Parse(value.ToString("R"), System.Globalization.CultureInfo.InvariantCulture)
            : value;
}
