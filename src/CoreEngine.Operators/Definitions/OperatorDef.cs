using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace CoreEngine.Operators;

/// <summary>Computes an operator's outputs on the CPU.</summary>
public delegate void KernelFunction(ref KernelContext context);

/// <summary>Propagates what is known of the shapes of inputs and outputs, in both directions.</summary>
public delegate void ShapeRule(ShapeInference shapes);

/// <summary>Finds the shape of an output in the values of the inputs.</summary>
public delegate Shape ValueShapeRule(BoundOperator op, ReadOnlySpan<TensorView> inputs);

/// <summary>Propagates what is known of the element types of inputs and outputs, in both directions.</summary>
public delegate void TypeRule(TypeInference types);

/// <summary>
/// Deduces how outputs are stored from how inputs are. False when the kernel does not take or give such arrays: it is then
/// called with dense ones.
/// </summary>
public delegate bool StorageRule(StorageInference storage);

/// <summary>States the gradients of an operator's inputs as calls of other operators.</summary>
public delegate void GradientRule(GradientContext context);

/// <summary>
/// Everything there is to know about one operator: names, arguments, parameters, inference, gradient and kernel.
/// There is one way to run an operator, and it starts here.
/// </summary>
public sealed class OperatorDef
{
    private readonly ConcurrentDictionary<string, BoundOperator> _bound = new(StringComparer.Ordinal);
    private readonly BoundOperator?[] _scalars = new BoundOperator?[ScalarsKept];
    private BoundOperator? _plain;

    /// <summary>The <see cref="QuickElements"/> of operators that take some nanoseconds per element at most.</summary>
    internal const long FewElements = 1024;

    // A program uses few attribute sets per operator; one that makes new ones for ever must not fill the memory.
    private const int BoundLimit = 4096;
    private const int ScalarsKept = 16;

    /// <summary>An operator with this canonical name.</summary>
    public OperatorDef(string name) => Name = name;

    /// <summary>The canonical name.</summary>
    public string Name { get; }

    /// <summary>Other names that mean the same operator.</summary>
    public string[] Aliases { get; init; } = [];

    /// <summary>
    /// What the operator computes, for documentation. Those of the registry have it in <see cref="OperatorDescriptions"/>.
    /// </summary>
    public string Description
    {
        get => field ?? OperatorDescriptions.Of(Name);
        init;
    }

    /// <summary>Makes a parameters object with default values; null when the operator has none and accepts any attribute.</summary>
    public Func<IParameters>? NewParameters { get; init; }

    /// <summary>The inputs' names, auxiliary states last. A variadic operator names its inputs arg0, arg1 ...</summary>
    public string[] Inputs { get; init; } = ["data"];

    /// <summary>
    /// The inputs that code generators are told of. For some operators MXNet leaves out states and optional inputs there.
    /// </summary>
    public string[] DescribedInputs
    {
        get => field ?? (VariadicCount.Length > 0 ? Inputs[..1] : Inputs);
        init;
    }

    /// <summary>The inputs of one call where attributes decide (for example no_bias); null when always all.</summary>
    public Func<BoundOperator, string[]>? SelectInputs { get; init; }

    /// <summary>The attribute that says how many inputs a variadic operator has, usually "num_args"; empty otherwise.</summary>
    public string VariadicCount { get; init; } = "";

    /// <summary>Whether attributes can ask for a result without elements: an extent of 0 is then meant, not unknown.</summary>
    public bool MayBeEmpty { get; init; }

    /// <summary>Number of inputs of a variadic call; null when not variadic.</summary>
    public Func<BoundOperator, int>? CountVariadicInputs { get; init; }

    /// <summary>The outputs' names.</summary>
    public string[] Outputs { get; init; } = ["output"];

    /// <summary>The outputs' names where attributes decide; <see cref="Outputs"/> otherwise.</summary>
    public Func<BoundOperator, string[]>? SelectOutputs { get; init; }

    /// <summary>Number of outputs where attributes decide; all of <see cref="Outputs"/> otherwise.</summary>
    public Func<BoundOperator, int>? SelectOutputCount { get; init; }

    /// <summary>Number of outputs that a caller sees; null when all of them.</summary>
    public Func<BoundOperator, int>? CountVisibleOutputs { get; init; }

    /// <summary>
    /// Number of outputs that MXNet's operator has where ours keeps more or fewer hidden ones; null when they agree.
    /// Symbol files count by it.
    /// </summary>
    public Func<BoundOperator, int>? CountStoredOutputs { get; init; }

    /// <summary>
    /// How a variable at some input is initialized unless it says so itself: a description that is noted on it
    /// (<c>__init__</c>) when a symbol is composed.
    /// </summary>
    public (int Input, string Description)[] InputInitializers { get; init; } = [];

    /// <summary>Places of inputs that the kernel changes: auxiliary states and optimizer states.</summary>
    public int[] MutableInputs { get; init; } = [];

    /// <summary>The inputs that the kernel changes where attributes decide; <see cref="MutableInputs"/> otherwise.</summary>
    public Func<BoundOperator, int[]>? SelectMutableInputs { get; init; }

    /// <summary>How many of the last inputs are auxiliary states (not trained, no gradient).</summary>
    public int AuxiliaryCount { get; init; }

    /// <summary>Number of auxiliary states where attributes decide; <see cref="AuxiliaryCount"/> otherwise.</summary>
    public Func<BoundOperator, int>? SelectAuxiliaryCount { get; init; }

    /// <summary>
    /// Places of inputs that only say which shape and type something has: the kernel does not read their values, and
    /// whoever plans memory need not keep them.
    /// </summary>
    public int[] ShapeOnlyInputs { get; init; } = [];

    /// <summary>The inputs that are not read where attributes decide; <see cref="ShapeOnlyInputs"/> otherwise.</summary>
    public Func<BoundOperator, int[]>? SelectShapeOnlyInputs { get; init; }

    /// <summary>Pairs (input, output) that may share memory.</summary>
    public (int Input, int Output)[] Inplace { get; init; } = [];

    /// <summary>The pairs that may share memory where attributes decide; <see cref="Inplace"/> otherwise.</summary>
    public Func<BoundOperator, (int Input, int Output)[]>? SelectInplace { get; init; }

    /// <summary>Whether outputs depend on inputs element by element.</summary>
    public Pointwise Pointwise { get; init; }

    /// <summary>Whether outputs depend on inputs element by element where attributes decide; <see cref="Pointwise"/> otherwise.</summary>
    public Func<BoundOperator, Pointwise>? SelectPointwise { get; init; }

    /// <summary>Shape inference; the default is that all inputs and outputs have one shape.</summary>
    public ShapeRule InferShape { get; init; } = ShapeInference.Same;

    /// <summary>
    /// The shape of the one output where it depends on the inputs' values, which are waited for; null when shapes alone tell it.
    /// Graphs cannot have such operators.
    /// </summary>
    public ValueShapeRule? ShapeOfValues { get; init; }

    /// <summary>Type inference; the default is that all inputs and outputs have one type.</summary>
    public TypeRule InferType { get; init; } = TypeInference.Same;

    /// <summary>The gradient; null when there is none.</summary>
    public GradientRule? Gradient { get; init; }

    /// <summary>
    /// The gradient as a composition of differentiable operators, used when the gradient itself will be differentiated;
    /// null when <see cref="Gradient"/> serves.
    /// </summary>
    public GradientRule? ComposedGradient { get; init; }

    /// <summary>The CPU kernel.</summary>
    public required KernelFunction Kernel { get; init; }

    /// <summary>
    /// Which sparse arrays the kernel takes, and how its outputs are then stored; null when all are dense: the caller
    /// makes them so.
    /// </summary>
    public StorageRule? InferStorage { get; init; }

    /// <summary>True when outputs can be sparse although all arguments are dense.</summary>
    public bool MakesSparse { get; init; }

    /// <summary>
    /// True when the kernel writes parts of an output that is there already: where an array is given, the request is
    /// <see cref="Request.WriteInplace"/>; where none is, it is <see cref="Request.Write"/>, and the rest becomes zero.
    /// </summary>
    public bool KeepsOutput { get; init; }

    /// <summary>True when the output may be on another device than the inputs.</summary>
    public bool CrossesDevices { get; init; }

    /// <summary>True when the kernel draws random numbers.</summary>
    public bool IsRandom { get; init; }

    /// <summary>How many streams of random numbers a call of a random operator takes.</summary>
    public int RandomStreams { get; init; } = 1;

    /// <summary>Whether the kernel draws random numbers where attributes decide; <see cref="IsRandom"/> otherwise.</summary>
    public Func<BoundOperator, bool>? SelectIsRandom { get; init; }

    /// <summary>
    /// Whether the kernel, as MXNet's, does not add where a caller asks it to: whoever adds up results of several calls
    /// must have this one's apart. Null for never.
    /// </summary>
    public Func<BoundOperator, bool>? SelectIgnoresAdd { get; init; }

    /// <summary>
    /// Calls whose arrays have no more elements than this take about as long as handing them to another thread, or
    /// less: a few microseconds. 0 when nothing is known of the cost.
    /// </summary>
    public long QuickElements { get; init; }

    /// <summary>
    /// Whether a call takes about as long as handing it to another thread, or less, where something else than the
    /// number of elements tells it.
    /// </summary>
    public Func<BoundOperator, bool>? SelectIsQuick { get; init; }

    /// <summary>True when the kernel calls code of users, which may take any time or wait for something.</summary>
    public bool RunsUserCode { get; init; }

    /// <summary>
    /// Whether calls are no operations of the engine but run at once, on the thread that schedules them; null for never.
    /// </summary>
    public Func<BoundOperator, bool>? SelectRunsOnCaller { get; init; }

    /// <summary>True for operators that only other operators' gradients call.</summary>
    public bool IsInternal => Name.StartsWith("_backward", StringComparison.Ordinal);

    /// <summary>The parameters in declaration order.</summary>
    public IReadOnlyList<ParameterInfo> Parameters =>
        NewParameters is null ? [] : AttributeDescriber.Describe(NewParameters());

    /// <summary>The operator with its default parameters.</summary>
    /// <exception cref="AttributeException">A required attribute is missing.</exception>
    public BoundOperator Bind() => _plain ??= Bind(new Dictionary<string, string>());

    /// <summary>The operator with typed parameters, which must not change afterwards.</summary>
    public BoundOperator Bind(IParameters parameters) => new(this, parameters, attributes: null);

    /// <summary>The operator with a number as its one parameter; the latest ones are kept.</summary>
    /// <remarks>For operators whose parameters are <see cref="ScalarParameters"/>.</remarks>
    public BoundOperator Bind(double scalar)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(scalar);
        ref BoundOperator? kept = ref _scalars[(bits ^ (bits >> 52)) % ScalarsKept];
        if (kept is { } bound && BitConverter.DoubleToUInt64Bits(bound.Parameters<ScalarParameters>().Scalar) == bits)
            return bound;
        return kept = Bind(new ScalarParameters { Scalar = scalar });
    }

    /// <summary>The operator with string attributes, parsed once for every distinct set.</summary>
    /// <exception cref="AttributeException">An attribute is missing, unknown or malformed.</exception>
    public BoundOperator Bind(IReadOnlyDictionary<string, string> attributes)
    {
        string key = KeyOf(attributes);
        if (_bound.TryGetValue(key, out BoundOperator? bound))
            return bound;
        IParameters? parameters = NewParameters?.Invoke();
        var copy = new Dictionary<string, string>(attributes, StringComparer.Ordinal);
        if (parameters is not null)
            new AttributeParser(Name, copy).Parse(parameters);
        bound = new BoundOperator(this, parameters, copy);
        if (_bound.Count >= BoundLimit)
            _bound.Clear();
        return _bound.GetOrAdd(key, bound);
    }

    /// <summary>All attributes in one text. Values may hold anything: the lengths keep one set from looking like another.</summary>
    private static string KeyOf(IReadOnlyDictionary<string, string> attributes)
    {
        var key = new DefaultInterpolatedStringHandler(0, 0, CultureInfo.InvariantCulture, stackalloc char[256]);
        foreach ((string name, string value) in attributes)
        {
            key.AppendFormatted(name.Length);
            key.AppendLiteral(",");
            key.AppendFormatted(value.Length);
            key.AppendLiteral(":");
            key.AppendLiteral(name);
            key.AppendLiteral(value);
        }

        return key.ToStringAndClear();
    }

    /// <summary>Forgets which attributes were parsed: what they mean has changed.</summary>
    internal void ForgetBound()
    {
        _plain = null;
        _bound.Clear();
    }

    internal string[] ListInputs(BoundOperator op)
    {
        if (CountVariadicInputs is null)
            return SelectInputs?.Invoke(op) ?? Inputs;
        int count = Math.Max(op.InputCount, 0);
        string[] names = new string[count];
        for (int i = 0; i < count; i++)
        {
            names[i] = $"arg{i}";
        }

        return names;
    }

    internal int CountInputs(BoundOperator op) =>
        CountVariadicInputs?.Invoke(op) ?? (SelectInputs?.Invoke(op) ?? Inputs).Length;

    internal int CountOutputs(BoundOperator op) =>
        SelectOutputCount?.Invoke(op) ?? (SelectOutputs?.Invoke(op) ?? Outputs).Length;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
