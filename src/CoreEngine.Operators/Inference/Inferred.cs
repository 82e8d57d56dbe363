namespace CoreEngine.Operators;

/// <summary>
/// What inference found for one combination of input shapes and types. Rules depend on nothing else but the attributes,
/// so a <see cref="BoundOperator"/> keeps its latest findings and a repeated call skips the rules.
/// </summary>
public sealed class Inferred
{
    private const int MostKept = 8;

    private readonly Argument[] _inputs;
    private readonly Argument[] _outputs;
    private readonly int _count = 1;

    private Inferred(ShapeInference shapes, TypeInference types, bool fromOutputs, Inferred? older)
    {
        _inputs = new Argument[shapes.InputCount];
        for (int i = 0; i < _inputs.Length; i++)
        {
            _inputs[i] = new Argument(shapes.Input(i), types.Input(i));
            MostElements = Math.Max(MostElements, _inputs[i].Elements);
        }

        _outputs = new Argument[shapes.OutputCount];
        for (int i = 0; i < _outputs.Length; i++)
        {
            _outputs[i] = new Argument(shapes.Output(i), types.Output(i));
            MostElements = Math.Max(MostElements, _outputs[i].Elements);
        }

        NeedsOutputs = fromOutputs;
        if (older is { _count: < MostKept })
        {
            Older = older;
            _count += older._count;
        }
    }

    /// <summary>Elements of the largest input or output.</summary>
    public long MostElements { get; }

    /// <summary>True when output arrays were given: they may have told the rules something.</summary>
    public bool NeedsOutputs { get; }

    /// <summary>The finding before this one.</summary>
    public Inferred? Older { get; }

    /// <summary>Number of inputs.</summary>
    public int InputCount => _inputs.Length;

    /// <summary>Whether an input has this shape and type.</summary>
    public bool HasInput(int index, Shape shape, DType dtype) => _inputs[index].Is(shape, dtype);

    /// <summary>Whether an output has this shape and type.</summary>
    public bool HasOutput(int index, Shape shape, DType dtype) => _outputs[index].Is(shape, dtype);

    /// <summary>An output's shape.</summary>
    public Shape Output(int index) => _outputs[index].Shape;

    /// <summary>An output's type.</summary>
    public DType OutputType(int index) => _outputs[index].DType;

    /// <summary>Bytes of a dense output; <see cref="long.MaxValue"/> when they exceed 64 bits.</summary>
    public long OutputBytes(int index) => _outputs[index].Bytes;

    /// <summary>Keeps a complete inference with its operator.</summary>
    /// <param name="shapes">The shapes found.</param>
    /// <param name="types">The types found.</param>
    /// <param name="fromOutputs">Whether the caller gave output arrays.</param>
    public static Inferred Keep(ShapeInference shapes, TypeInference types, bool fromOutputs)
    {
        BoundOperator op = shapes.Operator;
        return op.LatestInferred = new Inferred(shapes, types, fromOutputs, op.LatestInferred);
    }

    private readonly struct Argument
    {
        internal readonly Shape Shape;
        internal readonly DType DType;
        internal readonly long Elements = 1;

        internal Argument(Shape shape, DType dtype)
        {
            Shape = shape;
            DType = dtype;
            foreach (long extent in shape)
            {
                long most = long.MaxValue / Math.Max(extent, 1);
                Elements = Elements > most ? long.MaxValue : Elements * extent;
            }
        }

        internal long Bytes =>
            Elements > long.MaxValue / DType.ItemSize() ? long.MaxValue : Elements * DType.ItemSize();

        internal bool Is(Shape shape, DType dtype) => DType == dtype && Shape.Equals(shape);
    }
}
