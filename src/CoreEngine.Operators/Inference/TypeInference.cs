namespace CoreEngine.Operators;

/// <summary>
/// What is known of the element types of one call; <see cref="DType.None"/> is unknown. Rules read it, deduce, and set
/// what they learn; contradictions are refused.
/// </summary>
public sealed class TypeInference
{
    private DType[] _inputs = [];
    private DType[] _outputs = [];

    /// <summary>All inputs and outputs have one type.</summary>
    public static void Same(TypeInference types)
    {
        DType merged = DType.None;
        for (int i = 0; i < types.InputCount; i++)
        {
            merged = types.Merge(merged, types.Input(i), i);
        }

        for (int i = 0; i < types.OutputCount; i++)
        {
            merged = types.Merge(merged, types.Output(i), -1 - i);
        }

        types._inputs.AsSpan(0, types.InputCount).Fill(merged);
        types._outputs.AsSpan(0, types.OutputCount).Fill(merged);
    }

    /// <summary>The call whose types these are.</summary>
    public BoundOperator Operator { get; private set; } = null!;

    /// <summary>The name of the graph's node whose types these are; empty for a call outside a graph.</summary>
    public string NodeName { get; private set; } = "";

    /// <summary>True when more may become known later: rules then neither refuse an unknown type nor assume one.</summary>
    public bool IsTentative { get; set; }

    /// <summary>Number of inputs.</summary>
    public int InputCount { get; private set; }

    /// <summary>Number of outputs.</summary>
    public int OutputCount { get; private set; }

    /// <summary>What is known of an input's type.</summary>
    public DType Input(int index) => _inputs[index];

    /// <summary>What is known of an output's type.</summary>
    public DType Output(int index) => _outputs[index];

    /// <summary>True when every output's type is known.</summary>
    public bool IsComplete => !_outputs.AsSpan(0, OutputCount).Contains(DType.None);

    /// <summary>Starts a call: forgets everything of the one before.</summary>
    /// <param name="op">The operator.</param>
    /// <param name="inputCount">How many inputs it has here.</param>
    /// <param name="nodeName">The node's name, for messages, when the call is part of a graph.</param>
    public void Start(BoundOperator op, int inputCount, string nodeName = "")
    {
        Operator = op;
        NodeName = nodeName;
        InputCount = inputCount;
        OutputCount = op.OutputCount;
        if (_inputs.Length < inputCount)
            _inputs = new DType[inputCount];
        if (_outputs.Length < OutputCount)
            _outputs = new DType[OutputCount];
        _inputs.AsSpan().Fill(DType.None);
        _outputs.AsSpan().Fill(DType.None);
    }

    /// <summary>Applies the operator's rule.</summary>
    /// <exception cref="TypeMismatchException">The types contradict each other or the operator.</exception>
    public void Apply() => Operator.Definition.InferType(this);

    /// <summary>States an input's type; <see cref="DType.None"/> says nothing.</summary>
    /// <exception cref="TypeMismatchException">It contradicts what is known.</exception>
    public void SetInput(int index, DType dtype) => _inputs[index] = Merge(_inputs[index], dtype, index);

    /// <summary>States an output's type; <see cref="DType.None"/> says nothing.</summary>
    /// <exception cref="TypeMismatchException">It contradicts what is known.</exception>
    public void SetOutput(int index, DType dtype) => _outputs[index] = Merge(_outputs[index], dtype, -1 - index);

    /// <summary>An error that names the operator and all types known so far.</summary>
    public TypeMismatchException Error(string message)
    {
        var inputs = new List<string>();
        for (int i = 0; i < InputCount; i++)
        {
            inputs.Add($"{Operator.InputName(i)} {(_inputs[i] == DType.None ? "unknown" : _inputs[i].Name())}");
        }

        string all = inputs.Count == 0 ? "" : $" Types: {string.Join(", ", inputs)}.";
        string node = NodeName.Length == 0 ? "" : $"node '{NodeName}': ";
        return new TypeMismatchException(Operator.Name, node + message + all);
    }

    private DType Merge(DType known, DType stated, int place)
    {
        if (stated == DType.None || known == stated)
            return known;
        if (known == DType.None)
            return stated;
        string what = place >= 0 ? $"argument '{Operator.InputName(place)}'" : $"output {-1 - place}";
        throw Error($"the type of {what} cannot be both {known.Name()} and {stated.Name()}; cast one of them.");
    }
}
