namespace CoreEngine.Operators;

/// <summary>
/// What is known of the shapes of one call. Rules read it, deduce, and set what they learn; setting merges with what
/// was known before and refuses contradictions.
/// </summary>
/// <remarks>Rank 0 is an unknown shape, extent 0 an unknown extent.</remarks>
public sealed class ShapeInference
{
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
    public void Start(BoundOperator op, int inputCount)
    {
        Operator = op;
        InputCount = inputCount;
        OutputCount = op.OutputCount;
        if (_inputs.Length < inputCount)
            _inputs = new Shape[inputCount];
        if (_outputs.Length < OutputCount)
            _outputs = new Shape[OutputCount];
        Array.Clear(_inputs);
        Array.Clear(_outputs);
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
        return new ShapeMismatchException(Operator.Name, message + all);
    }

    private Shape Merge(Shape known, Shape stated, int place)
    {
        if (stated.Rank == 0 || known.Equals(stated))
            return known;
        if (known.Rank == 0)
            return stated;
        if (known.Rank != stated.Rank)
            throw Contradiction(known, stated, place);
        long[] dims = known.Dims.ToArray();
        for (int i = 0; i < dims.Length; i++)
        {
            if (dims[i] == 0)
                dims[i] = stated[i];
            else if (stated[i] != 0 && stated[i] != dims[i])
                throw Contradiction(known, stated, place);
        }

        return new Shape(dims);
    }

    private ShapeMismatchException Contradiction(Shape known, Shape stated, int place)
    {
        string what = place >= 0 ? $"argument '{Operator.InputName(place)}'" : $"output {-1 - place}";
        return Error($"the shape of {what} cannot be both {known} and {stated}.");
    }
}
