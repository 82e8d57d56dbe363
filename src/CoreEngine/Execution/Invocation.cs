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

    [ThreadStatic]
    private static Invocation? t_free;

    private Invocation? _next;
    private BoundOperator _operator = null!;
    private TensorView[] _inputs = new TensorView[4];
    private TensorView[] _outputs = new TensorView[2];
    private Request[] _requests = new Request[2];

    // Keeps the memory of all arguments reachable until the kernel has run.
    private readonly List<object> _owners = [];
    private int _inputCount;
    private int _outputCount;
    private bool _isTraining;
    private RandomStream _random;

    public override string Name => _operator.Name;

    internal static Invocation Rent(BoundOperator op, int inputCount, bool isTraining, RandomStream random)
    {
        Invocation? invocation = t_free ?? Interlocked.Exchange(ref s_returned, null);
        if (invocation is null)
            invocation = new Invocation();
        else
            t_free = invocation._next;
        invocation._next = null;
        invocation._operator = op;
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
        _inputs[index] = array.View;
        _owners.Add(array.Storage);
        if (array.Sparse is { } sparse)
            _owners.Add(sparse);
    }

    internal void SetOutput(int index, NDArray array, Request request)
    {
        _owners.Add(array.Storage);
        SetOutput(index, array.View, request);
    }

    internal void SetOutput(int index, in TensorView view, Request request)
    {
        _outputs[index] = view;
        _requests[index] = request;
    }

    public override void Execute(ref OperationContext context)
    {
        var kernel = new KernelContext(
            _operator,
            _inputs.AsSpan(0, _inputCount),
            _outputs.AsSpan(0, _outputCount),
            _requests.AsSpan(0, _outputCount),
            _isTraining,
            _random,
            context.Scratch
        );
        _operator.Definition.Kernel(ref kernel);
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
        // Shapes and operators must not be kept alive by a pooled object.
        _inputs.AsSpan(0, _inputCount).Clear();
        _outputs.AsSpan(0, _outputCount).Clear();
        _owners.Clear();
        _operator = null!;
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
