using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine;

/// <summary>
/// One call of a custom operator's code. Its arrays, and those that are made during it, end with it.
/// </summary>
public abstract class CustomCall : IDisposable
{
    private static readonly BoundOperator s_copy = OperatorRegistry.Default["_copy"].Bind();

    private readonly ArrayScope _scope;
    private readonly List<MemoryLease> _loans = [];
    private readonly NDArray?[] _targets;
    private readonly NDArray?[] _written;
    private readonly Request[] _requests;
    private readonly (Shape Shape, DType Type)[] _results;
    private readonly string[] _names;

    private protected CustomCall(ref KernelContext context, ArrayScope scope, int firstState, int stateCount)
    {
        _scope = scope;
        IsTraining = context.IsTraining;
        int count = context.OutputCount;
        _targets = new NDArray?[count];
        _written = new NDArray?[count];
        _requests = new Request[count];
        _results = new (Shape, DType)[count];
        _names = new string[count];
        for (int i = 0; i < count; i++)
        {
            TensorView view = context.Output(i);
            _requests[i] = context.Request(i);
            _results[i] = (view.Shape, view.DType);
            _names[i] = context.Operator.OutputName(i);
            _targets[i] = context.Wants(i) ? Borrow(view) : null;
        }

        States = Borrow(ref context, firstState, stateCount);
    }

    /// <summary>The auxiliary states, which may be changed.</summary>
    public IReadOnlyList<NDArray> States { get; }

    /// <summary>True in a training pass.</summary>
    public bool IsTraining { get; }

    /// <summary>Lets an array outlive the call: one that the operator keeps for others.</summary>
    /// <returns>The same array.</returns>
    /// <exception cref="EngineException">It is one of the call's own arrays.</exception>
    public NDArray Keep(NDArray array)
    {
        ArgumentNullException.ThrowIfNull(array);
        if (_loans.Contains(array.Storage.Memory))
            throw new EngineException("An array that a custom operator was given cannot be kept; keep a copy of it.");
        return _scope.Keep(array);
    }

    /// <summary>Ends the call's arrays.</summary>
    public void Dispose()
    {
        foreach (MemoryLease loan in _loans)
        {
            loan.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Whether somebody wants a result; the others need not be computed.</summary>
    private protected bool IsWanted(int index) => _requests[index] != Request.Null;

    /// <summary>The array that takes a result.</summary>
    private protected NDArray Target(int index) =>
        _written[index] ??= _requests[index] is Request.Write or Request.WriteInplace
            ? _targets[index]!
            : NDArray.Zeros(_results[index].Shape, _results[index].Type);

    private protected void SetTarget(int index, NDArray value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (!IsWanted(index))
            return;
        (Shape shape, DType type) = _results[index];
        if (value.Shape != shape || value.DType != type)
        {
            throw new EngineException(
                $"'{_names[index]}' must be {type.Name()} {shape}; it was set to {value.DType.Name()} {value.Shape}."
            );
        }

        Dispatcher.Run(s_copy, [value], [Target(index)], requests: default, isTraining: false);
    }

    private protected NDArray[] Borrow(ref KernelContext context, int first, int count)
    {
        var arrays = new NDArray[count];
        for (int i = 0; i < count; i++)
        {
            arrays[i] = Borrow(context.Input(first + i));
        }

        return arrays;
    }

    /// <summary>Puts results where they belong; throws what went wrong in computing them.</summary>
    internal void Finish()
    {
        for (int i = 0; i < _targets.Length; i++)
        {
            if (_targets[i] is not { } target)
                continue;
            if (_written[i] is not { } written)
                throw new EngineException($"'{_names[i]}' was not set.");
            if (written != target)
                Dispatcher.Run(s_copy, [written], [target], [_requests[i]], isTraining: false);
            target.WaitToRead();
        }

        foreach (NDArray state in States)
        {
            state.WaitToRead();
        }
    }

    private NDArray Borrow(in TensorView view)
    {
        NDArray array = NDArray.Borrow(view, Device.Cpu(), out MemoryLease loan);
        _loans.Add(loan);
        return array;
    }
}
