namespace CoreEngine.Operators;

/// <summary>
/// How the arrays of one call are stored. Of inputs that is known; an output is <see cref="StorageType.Undefined"/> unless
/// the caller gave an array for it. A rule states what the outputs become.
/// </summary>
public sealed class StorageInference
{
    private StorageType[] _inputs = [];
    private StorageType[] _outputs = [];

    /// <summary>The call whose storage this is.</summary>
    public BoundOperator Operator { get; private set; } = null!;

    /// <summary>Number of inputs.</summary>
    public int InputCount { get; private set; }

    /// <summary>Number of outputs.</summary>
    public int OutputCount { get; private set; }

    /// <summary>Whether the call is what <see cref="Apply"/> found to be served by the kernel as it is.</summary>
    public bool IsServed { get; private set; }

    /// <summary>How the inputs are stored.</summary>
    public ReadOnlySpan<StorageType> Inputs => _inputs.AsSpan(0, InputCount);

    /// <summary>How an input is stored.</summary>
    public StorageType Input(int index) => _inputs[index];

    /// <summary>How an output is stored.</summary>
    public StorageType Output(int index) => _outputs[index];

    /// <summary>True when all inputs are stored like this.</summary>
    public bool AllInputs(StorageType type) => !Inputs.ContainsAnyExcept(type);

    /// <summary>States how an output is stored.</summary>
    /// <returns>False when the caller gave an array that is stored otherwise.</returns>
    public bool SetOutput(int index, StorageType type)
    {
        if (_outputs[index] == StorageType.Undefined)
            _outputs[index] = type;
        return _outputs[index] == type;
    }

    /// <summary>Starts a call: forgets everything of the one before.</summary>
    public void Start(BoundOperator op, int inputCount)
    {
        Operator = op;
        InputCount = inputCount;
        OutputCount = op.OutputCount;
        if (_inputs.Length < inputCount)
            _inputs = new StorageType[inputCount];
        if (_outputs.Length < OutputCount)
            _outputs = new StorageType[OutputCount];
        _inputs.AsSpan(0, inputCount).Clear();
        _outputs.AsSpan(0, OutputCount).Fill(StorageType.Undefined);
    }

    /// <summary>Says how an input is stored.</summary>
    public void SetInput(int index, StorageType type) => _inputs[index] = type;

    /// <summary>
    /// Applies the operator's rule. Where the kernel does not serve such arrays, it will be called with dense ones, and
    /// results that are not given become dense.
    /// </summary>
    public void Apply()
    {
        StorageRule? rule = Operator.Definition.InferStorage;
        Span<StorageType> outputs = _outputs.AsSpan(0, OutputCount);
        Span<StorageType> given = stackalloc StorageType[OutputCount];
        outputs.CopyTo(given);
        IsServed = rule?.Invoke(this) ?? false;
        if (!IsServed)
        {
            given.CopyTo(outputs);
            IsServed = ReadsDense() && !given.ContainsAny(StorageType.RowSparse, StorageType.Csr);
        }

        outputs.Replace(StorageType.Undefined, StorageType.Default);
    }

    /// <summary>Whether all inputs whose values are read are dense.</summary>
    private bool ReadsDense()
    {
        for (int i = 0; i < InputCount; i++)
        {
            if (_inputs[i] != StorageType.Default && !Operator.ShapeOnlyInputs.Contains(i))
                return false;
        }

        return true;
    }
}
