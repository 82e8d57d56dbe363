using System.Text;
using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine;

/// <summary>One scheduled call of an operator's kernel. Pooled: calling an operator allocates none of these.</summary>
internal sealed unsafe class Invocation : OperationBody
{
    // Finished invocations come back from worker threads; callers take the whole returned chain at once, so a
    // compare-and-swap stack without the ABA problem is enough.
    private static Invocation? s_returned;

    // A thread keeps what it finished itself, up to this many: those are enough when calls run on the calling thread.
    private const int MostFree = 4;

    [ThreadStatic]
    private static Invocation? t_free;

    [ThreadStatic]
    private static int t_freeCount;

    private Invocation? _next;
    private BoundOperator _operator = null!;
    private TensorView[] _inputs = new TensorView[4];
    private TensorView[] _outputs = new TensorView[2];
    private Request[] _requests = new Request[2];

    // Of sparse arguments it is known only when the kernel runs where they lie: inputs, then outputs.
    private SparseStorage?[] _sparse = [];
    private bool _isSparse;

    private int _inputCount;
    private int _outputCount;
    private bool _isQuick;
    private bool _isTraining;
    private RandomStream _random;

    public override string Name => _operator.Name;

    public override bool IsQuick => _isQuick;

    internal static Invocation Rent(
        BoundOperator op,
        int inputCount,
        bool isQuick,
        bool isTraining,
        RandomStream random
    )
    {
        Invocation invocation = t_free ?? Interlocked.Exchange(ref s_returned, null) ?? new Invocation();
        t_free = invocation._next;
        t_freeCount--;
        invocation._next = null;
        invocation._operator = op;
        invocation._isQuick = isQuick;
        invocation._inputCount = inputCount;
        invocation._outputCount = op.OutputCount;
        invocation._isTraining = isTraining;
        invocation._random = random;
        if (invocation._inputs.Length < inputCount)
            invocation._inputs = new TensorView[inputCount];
        if (invocation._outputs.Length < op.OutputCount)
        {
            invocation._outputs = new TensorView[op.OutputCount];
            invocation._requests = new Request[op.OutputCount];
        }

        return invocation;
    }

    internal void SetInput(int index, NDArray array)
    {
        if (array.Storage.Sparse is { } sparse)
        {
            SetSparse(index, sparse);
            _inputs[index] = TensorView.Nothing(array.Shape, array.DType);
        }
        else
        {
            _inputs[index] = array.View;
        }
    }

    internal void SetOutput(int index, NDArray array, Request request)
    {
        _requests[index] = request;
        if (array.Storage.Sparse is { } sparse)
        {
            SetSparse(_inputCount + index, sparse);
            _outputs[index] = TensorView.Nothing(array.Shape, array.DType);
        }
        else
        {
            _outputs[index] = array.View;
        }
    }

    private void SetSparse(int place, SparseStorage sparse)
    {
        if (_sparse.Length < _inputCount + _outputCount)
            Array.Resize(ref _sparse, _inputCount + _outputCount);
        _sparse[place] = sparse;
        _isSparse = true;
    }

    internal void SetUnwanted(int index, Shape shape, DType dtype)
    {
        _outputs[index] = TensorView.Nothing(shape, dtype);
        _requests[index] = Request.Null;
    }

    public override void Execute(ref OperationContext context)
    {
        if (!_isSparse)
        {
            RunKernel(ref context, []);
            return;
        }

        for (int i = 0; i < _inputCount + _outputCount; i++)
        {
            if (_sparse[i] is { } sparse)
                (i < _inputCount ? ref _inputs[i] : ref _outputs[i - _inputCount]) = sparse.View;
        }

        RunKernel(ref context, _sparse.AsSpan(0, _inputCount + _outputCount));
    }

    private void RunKernel(ref OperationContext context, ReadOnlySpan<SparseStorage?> sparse)
    {
        var kernel = new KernelContext(
            _operator,
            _inputs.AsSpan(0, _inputCount),
            _outputs.AsSpan(0, _outputCount),
            _requests.AsSpan(0, _outputCount),
            _isTraining,
            _random,
            context.Scratch,
            sparse
        );
        if (sparse.IsEmpty)
            _operator.Definition.Kernel(ref kernel);
        else
            SparseStorage.Run(_operator.Definition.Kernel, ref kernel, sparse);
    }

    public override string Describe()
    {
        var text = new StringBuilder(_operator.ToString());
        text.Append(": ");
        for (int i = 0; i < _inputCount; i++)
        {
            text.Append(i > 0 ? ", " : "").Append(_operator.InputName(i)).Append(' ');
            Append(text, _inputs[i]);
        }

        text.Append(" -> ");
        for (int i = 0; i < _outputCount; i++)
        {
            text.Append(i > 0 ? ", " : "");
            Append(text, _outputs[i]);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, in TensorView view) =>
        text.Append(view.Shape).Append(' ').Append(view.DType.Name());

    public override void Finished()
    {
        // What a pooled object still points to is small: shapes and the operator.
        if (_isSparse)
        {
            Array.Clear(_sparse);
            _isSparse = false;
        }

        if (t_freeCount < MostFree)
        {
            t_freeCount++;
            _next = t_free;
            t_free = this;
            return;
        }
        Invocation? head = Volatile.Read(ref s_returned);
        while (true)
        {
            _next = head;
            Invocation? seen = Interlocked.CompareExchange(ref s_returned, this, head);
            if (seen == head)
                return;
            head = seen;
        }
    }
}
