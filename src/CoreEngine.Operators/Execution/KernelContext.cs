using CoreEngine.Runtime;

namespace CoreEngine.Operators;

/// <summary>What a kernel gets: its arguments, what to do with each output, scratch memory and the call's settings.</summary>
public readonly unsafe ref struct KernelContext
{
    private readonly ReadOnlySpan<TensorView> _inputs;
    private readonly ReadOnlySpan<TensorView> _outputs;
    private readonly ReadOnlySpan<Request> _requests;
    private readonly ReadOnlySpan<SparseStorage?> _sparse;

    /// <summary>A call on these arguments; <paramref name="sparse"/> has what the sparse ones hold, inputs first.</summary>
    public KernelContext(
        BoundOperator op,
        ReadOnlySpan<TensorView> inputs,
        ReadOnlySpan<TensorView> outputs,
        ReadOnlySpan<Request> requests,
        bool isTraining,
        RandomStream random,
        ScratchArena scratch,
        ReadOnlySpan<SparseStorage?> sparse = default
    )
    {
        Operator = op;
        _inputs = inputs;
        _outputs = outputs;
        _requests = requests;
        IsTraining = isTraining;
        Random = random;
        Arena = scratch;
        _sparse = sparse;
    }

    /// <summary>The same call on other arguments.</summary>
    internal KernelContext(
        in KernelContext call,
        ReadOnlySpan<TensorView> inputs,
        ReadOnlySpan<TensorView> outputs,
        ReadOnlySpan<Request> requests
    )
        : this(call.Operator, inputs, outputs, requests, call.IsTraining, call.Random, call.Arena) { }

    /// <summary>The call.</summary>
    public BoundOperator Operator { get; }

    /// <summary>True in a training pass: dropout drops, batch normalisation uses the batch's moments.</summary>
    public bool IsTraining { get; }

    /// <summary>The call's random numbers, when the operator is random.</summary>
    public RandomStream Random { get; }

    /// <summary>Number of inputs.</summary>
    public int InputCount => _inputs.Length;

    /// <summary>Number of outputs, hidden ones included.</summary>
    public int OutputCount => _outputs.Length;

    /// <summary>An input.</summary>
    public TensorView Input(int index) => _inputs[index];

    /// <summary>An output.</summary>
    public TensorView Output(int index) => _outputs[index];

    /// <summary>What to do with an output.</summary>
    public Request Request(int index) => _requests[index];

    /// <summary>True when somebody wants an output.</summary>
    public bool Wants(int index) => _requests[index] != Operators.Request.Null;

    /// <summary>True when results are added to what an output holds.</summary>
    public bool Accumulates(int index) => _requests[index] == Operators.Request.Add;

    /// <summary>Where scratch memory comes from, for kernels that run other kernels.</summary>
    public ScratchArena Arena { get; }

    /// <summary>
    /// Makes room for the new contents of a sparse output, not cleared: the kernel fills in values, row or column numbers
    /// and row pointers. What the array held before stays readable while the kernel runs.
    /// </summary>
    /// <param name="output">The output.</param>
    /// <param name="storedCount">Number of rows (row-sparse) or values (CSR) that it shall store.</param>
    public TensorView Allocate(int output, long storedCount) => _sparse[_inputs.Length + output]!.Allocate(storedCount);

    /// <summary>Makes room for the new contents of a sparse input that the kernel changes, as for an output.</summary>
    /// <param name="input">One of the operator's mutable inputs.</param>
    /// <param name="storedCount">Number of rows (row-sparse) or values (CSR) that it shall store.</param>
    public TensorView AllocateInput(int input, long storedCount) => _sparse[input]!.Allocate(storedCount);

    /// <summary>The typed parameters.</summary>
    public T Parameters<T>()
        where T : class, IParameters => Operator.Parameters<T>();

    /// <summary>Scratch memory, 64-byte aligned and not cleared, that lives until the kernel returns.</summary>
    public void* Scratch(long bytes) => Arena.Rent(bytes);
}
