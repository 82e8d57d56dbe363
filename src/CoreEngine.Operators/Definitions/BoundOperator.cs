using System.Runtime.CompilerServices;

namespace CoreEngine.Operators;

/// <summary>
/// An operator together with its parsed attributes; made once and shared by every call. Nothing that can be observed of
/// it changes.
/// </summary>
public sealed class BoundOperator
{
    /// <summary>The most inputs, and the most outputs, that attributes may ask for.</summary>
    public const int MostArguments = 65536;

    private readonly IParameters? _parameters;
    private IReadOnlyDictionary<string, string>? _attributes;
    private Inferred? _inferred;

    internal BoundOperator(
        OperatorDef definition,
        IParameters? parameters,
        IReadOnlyDictionary<string, string>? attributes
    )
    {
        Definition = definition;
        _parameters = parameters;
        _attributes = attributes;
        InputCount = definition.CountInputs(this);
        OutputCount = definition.CountOutputs(this);
        if (InputCount > MostArguments || OutputCount > MostArguments)
        {
            throw new OperatorException(
                definition.Name,
                $"{Math.Max(InputCount, OutputCount)} arrays were asked for; a call has at most {MostArguments}."
            );
        }

        VisibleOutputCount = definition.CountVisibleOutputs?.Invoke(this) ?? OutputCount;
        MutableInputs = definition.SelectMutableInputs?.Invoke(this) ?? definition.MutableInputs;
        ShapeOnlyInputs = definition.SelectShapeOnlyInputs?.Invoke(this) ?? definition.ShapeOnlyInputs;
        Inplace = definition.SelectInplace?.Invoke(this) ?? definition.Inplace;
        Pointwise = definition.SelectPointwise?.Invoke(this) ?? definition.Pointwise;
        AuxiliaryCount = definition.SelectAuxiliaryCount?.Invoke(this) ?? definition.AuxiliaryCount;
        IsRandom = definition.SelectIsRandom?.Invoke(this) ?? definition.IsRandom;
        RunsOnCaller = definition.SelectRunsOnCaller?.Invoke(this) ?? false;
    }

    /// <summary>The operator.</summary>
    public OperatorDef Definition { get; }

    /// <summary>The operator's canonical name.</summary>
    public string Name => Definition.Name;

    /// <summary>Number of inputs, auxiliary states included; -1 when any number is accepted.</summary>
    public int InputCount { get; }

    /// <summary>Number of outputs, hidden ones included.</summary>
    public int OutputCount { get; }

    /// <summary>Number of outputs that a caller sees; hidden ones follow them.</summary>
    public int VisibleOutputCount { get; }

    /// <summary>Number of outputs, hidden ones included, that a symbol file counts for this operator.</summary>
    public int StoredOutputCount => Definition.CountStoredOutputs?.Invoke(this) ?? OutputCount;

    /// <summary>Places of inputs that the kernel changes.</summary>
    public int[] MutableInputs { get; }

    /// <summary>How many of the last inputs are auxiliary states.</summary>
    public int AuxiliaryCount { get; }

    /// <summary>Pairs (input, output) that may share memory, when both take as many bytes.</summary>
    public (int Input, int Output)[] Inplace { get; }

    /// <summary>Places of inputs of which the kernel uses only the shape and the type: they may have no memory.</summary>
    public int[] ShapeOnlyInputs { get; }

    /// <summary>Whether outputs depend on inputs element by element.</summary>
    public Pointwise Pointwise { get; }

    /// <summary>True when the kernel draws random numbers.</summary>
    public bool IsRandom { get; }

    /// <summary>
    /// True when calls are no operations of the engine but run at once, on the thread that schedules them. Each is made
    /// with an operator of its own (<see cref="ForOneCall"/>).
    /// </summary>
    public bool RunsOnCaller { get; }

    /// <summary>True when a request to add is not heeded: results that are to be added up are computed apart.</summary>
    public bool IgnoresAdd => Definition.SelectIgnoresAdd?.Invoke(this) ?? false;

    /// <summary>The device that a call without inputs asks for; null when it does not say.</summary>
    public Device? Device => (_parameters as IDeviceParameters)?.Device;

    /// <summary>The attributes as text: those given, or those written from typed parameters.</summary>
    public IReadOnlyDictionary<string, string> Attributes =>
        _attributes ??= _parameters is null ? [] : AttributeWriter.Write(_parameters);

    /// <summary>
    /// This operator for one call and its gradient, or for one node of an executor: where calls run on the caller, one with
    /// a state of its own (<see cref="EndCall"/>), otherwise this one.
    /// </summary>
    public BoundOperator ForOneCall() =>
        RunsOnCaller && _parameters is IStatefulParameters stateful
            ? new BoundOperator(Definition, stateful.Anew(), Attributes)
            : this;

    /// <summary>Ends the state of a call that will run neither forward nor backward any more.</summary>
    public void EndCall()
    {
        if (RunsOnCaller)
            (_parameters as IDisposable)?.Dispose();
    }

    /// <summary>The typed parameters.</summary>
    public T Parameters<T>()
        where T : class, IParameters => Unsafe.As<T>(_parameters)!;

    /// <summary>The latest of what inference found for this operator; older findings follow.</summary>
    public Inferred? LatestInferred
    {
        get => Volatile.Read(ref _inferred);
        internal set => Volatile.Write(ref _inferred, value);
    }

    /// <summary>The names of the inputs of this call, in order.</summary>
    public string[] InputNames => Definition.ListInputs(this);

    /// <summary>The name of one output, hidden ones included: a name of its own, "output", or "output0", "output1" ...</summary>
    public string OutputName(int index)
    {
        string[] names = Definition.SelectOutputs?.Invoke(this) ?? Definition.Outputs;
        return names.Length < OutputCount ? $"output{index}"
            : OutputCount == 1 && names[0] == "output0" ? "output"
            : names[index];
    }

    /// <summary>The name of one input, for messages.</summary>
    public string InputName(int index)
    {
        string[] names = InputNames;
        return index < names.Length ? names[index] : $"arg{index}";
    }

    /// <inheritdoc/>
    public override string ToString() =>
        Attributes.Count == 0
            ? Name
            : $"{Name}({string.Join(", ", Attributes.Select(pair => $"{pair.Key}={pair.Value}"))})";
}
