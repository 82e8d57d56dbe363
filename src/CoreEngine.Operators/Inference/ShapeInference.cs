namespace CoreEngine.Operators;

/// <summary>
/// What is known of the shapes of one call. Rules read it, deduce, and set what they learn; setting merges with what
/// was known before and refuses contradictions.
/// </summary>
/// <remarks>Rank 0 is an unknown shape, extent 0 an unknown extent.</remarks>
public sealed class ShapeInference
{
    /// <summary>The most axes that the operators' kernels take.</summary>
    public const int MaxRank = 32;

    private Shape[] _inputs = [];
    private Shape[] _outputs = [];

    /// <summary>All inputs and outputs have one shape.</summary>
    public static void Same(ShapeInference shapes)
    {
        Shape merged = default;
        for (int i = 0; i < shapes.InputCount; i++)
        {
            merged = shapes.Merge(merged, shapes.Input(i), i);
        }

        for (int i = 0; i < shapes.OutputCount; i++)
        {
            merged = shapes.Merge(merged, shapes.Output(i), -1 - i);
        }

        for (int i = 0; i < shapes.InputCount; i++)
        {
            shapes._inputs[i] = merged;
        }

        for (int i = 0; i < shapes.OutputCount; i++)
        {
            shapes._outputs[i] = merged;
        }
    }

    /// <summary>The call whose shapes these are.</summary>
    public BoundOperator Operator { get; private set; } = null!;

    /// <summary>The name of the graph's node whose shapes these are; empty for a call outside a graph.</summary>
    public string NodeName { get; private set; } = "";

    /// <summary>
    /// True when no more will become known and the answer is for information only: a rule may then state what MXNet
    /// states, even if that need not be so.
    /// </summary>
    public bool MayAssume { get; set; }

    /// <summary>Number of inputs.</summary>
    public int InputCount { get; private set; }

    /// <summary>Number of outputs.</summary>
    public int OutputCount { get; private set; }

    /// <summary>What is known of an input's shape.</summary>
    public Shape Input(int index) => _inputs[index];

    /// <summary>What is known of an output's shape.</summary>
    public Shape Output(int index) => _outputs[index];

    /// <summary>True when every output's shape is fully known.</summary>
    public bool IsComplete
    {
        get
        {
            for (int i = 0; i < OutputCount; i++)
            {
                if (!_outputs[i].IsKnown)
                    return false;
            }

            return true;
        }
    }

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
            _inputs = new Shape[inputCount];
        if (_outputs.Length < OutputCount)
            _outputs = new Shape[OutputCount];
        Array.Clear(_inputs);
        Array.Clear(_outputs);
    }

    /// <summary>Applies the operator's rule.</summary>
    /// <exception cref="ShapeMismatchException">The shapes contradict each other or the operator, or are too large.</exception>
    public void Apply()
    {
        CheckRanks(_inputs);
        try
        {
            Operator.Definition.InferShape(this);
        }
        catch (OverflowException)
        {
            throw Error("the sizes of the arrays exceed what 64 bits can count.");
        }
        catch (ArgumentOutOfRangeException negative) when (negative.ParamName == "dims")
        {
            throw Error($"an extent would be {negative.ActualValue}; extents are not negative: check {Operator}.");
        }

        CheckRanks(_outputs);
    }

    private void CheckRanks(Shape[] shapes)
    {
        foreach (Shape shape in shapes)
        {
            if (shape.Rank > MaxRank)
                throw Error($"an array of {shape.Rank} axes was found; operators take at most {MaxRank}.");
        }
    }

    /// <summary>States an input's shape, or a part of it.</summary>
    /// <exception cref="ShapeMismatchException">It contradicts what is known.</exception>
    public void SetInput(int index, Shape shape) => _inputs[index] = Merge(_inputs[index], shape, index);

    /// <summary>States an output's shape, or a part of it.</summary>
    /// <exception cref="ShapeMismatchException">It contradicts what is known.</exception>
    public void SetOutput(int index, Shape shape) => _outputs[index] = Merge(_outputs[index], shape, -1 - index);

    /// <summary>An error that names the operator and all shapes known so far.</summary>
    public ShapeMismatchException Error(string message)
    {
        var inputs = new List<string>();
        for (int i = 0; i < InputCount; i++)
        {
            inputs.Add($"{Operator.InputName(i)} {(_inputs[i].Rank == 0 ? "unknown" : _inputs[i])}");
        }

        string all = inputs.Count == 0 ? "" : $" Shapes: {string.Join(", ", inputs)}.";
        string node = NodeName.Length == 0 ? "" : $"node '{NodeName}': ";
        return new ShapeMismatchException(Operator.Name, node + message + all);
    }

    /// <summary>Puts together what two shapes say of one array.</summary>
    /// <returns>False when they contradict each other.</returns>
    public static bool TryMerge(Shape first, Shape second, out Shape merged)
    {
        merged = first.Rank == 0 ? second : first;
        if (first.Rank == 0 || second.Rank == 0 || first.Equals(second))
            return true;
        if (first.Rank != second.Rank)
            return false;
        long[] dims = first.Dims.ToArray();
        for (int i = 0; i < dims.Length; i++)
        {
            if (dims[i] == 0)
                dims[i] = second[i];
            else if (second[i] != 0 && second[i] != dims[i])
                return false;
        }

        merged = new Shape(dims);
        return true;
    }

    private Shape Merge(Shape known, Shape stated, int place) =>
        TryMerge(known, stated, out Shape merged) ? merged : throw Contradiction(known, stated, place);

    private ShapeMismatchException Contradiction(Shape known, Shape stated, int place)
    {
        string what = place >= 0 ? $"argument '{Operator.InputName(place)}'" : $"output {-1 - place}";
        // The first two words are MXNet's: frontends look for them.
        return Error($"Shape inconsistent: {what} cannot be both {known} and {stated}.");
    }
}
