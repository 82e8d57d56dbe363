using CoreEngine.Operators;

namespace CoreEngine;

/// <summary>
/// One call of a custom operator's code. Its arrays, and those that are made during it, end with it.
/// </summary>
public abstract class CustomCall : IDisposable
{
    private static readonly BoundOperator s_copy = OperatorRegistry.Default["_copy"].Bind();

    private readonly CustomArguments _arguments;
    private readonly ArrayScope _scope;
    private readonly NDArray?[] _written;

    private protected CustomCall(CustomArguments arguments, ArrayScope scope, int firstState, int stateCount)
    {
        _arguments = arguments;
        _scope = scope;
        _written = new NDArray?[arguments.Outputs.Length];
        States = arguments.Take(firstState, stateCount);
    }

    /// <summary>The auxiliary states, which may be changed.</summary>
    public IReadOnlyList<NDArray> States { get; }

    /// <summary>True in a training pass.</summary>
    public bool IsTraining => _arguments.IsTraining;

    /// <summary>Lets an array outlive the call: one that the operator keeps for others.</summary>
    /// <returns>The same array.</returns>
    /// <exception cref="EngineException">It is one of the call's own arrays.</exception>
    public NDArray Keep(NDArray array)
    {
        ArgumentNullException.ThrowIfNull(array);
        if (_arguments.IsBorrowed(array))
            throw new EngineException("An array that a custom operator was given cannot be kept; keep a copy of it.");
        return _scope.Keep(array);
    }

    /// <summary>Ends the call's arrays.</summary>
    public void Dispose()
    {
        _arguments.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// The array that a result ends up in and how: for code that itself does what a request says. There is an array for
    /// every result when the operator runs on the caller.
    /// </summary>
    internal (NDArray? Array, Request Request) Direct(int index)
    {
        _written[index] = _arguments.Outputs[index];
        return (_arguments.Outputs[index], _arguments.Requests[index]);
    }

    /// <summary>Whether somebody wants a result; the others need not be computed.</summary>
    private protected bool IsWanted(int index) => _arguments.Requests[index] != Request.Null;

    /// <summary>The array that takes a result.</summary>
    private protected NDArray Target(int index) =>
        _written[index] ??= _arguments.Requests[index] is Request.Write or Request.WriteInplace
            ? _arguments.Outputs[index]!
            : NDArray.Zeros(
                _arguments.Results[index].Shape,
                _arguments.Results[index].Type,
                _arguments.Outputs[index]?.Device
            );

    private protected void SetTarget(int index, NDArray value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (!IsWanted(index))
            return;
        (Shape shape, DType type) = _arguments.Results[index];
        if (value.Shape != shape || value.DType != type)
        {
            throw new EngineException(
                $"'{Name(index)}' must be {type.Name()} {shape}; it was set to {value.DType.Name()} {value.Shape}."
            );
        }

        Dispatcher.Run(s_copy, [value], [Target(index)], requests: default, isTraining: false);
    }

    /// <summary>Puts results where they belong; throws what went wrong in computing them.</summary>
    internal void Finish()
    {
        for (int i = 0; i < _written.Length; i++)
        {
            if (!IsWanted(i))
                continue;
            NDArray target = _arguments.Outputs[i]!;
            if (_written[i] is not { } written)
                throw new EngineException($"'{Name(i)}' was not set.");
            if (written != target)
                Dispatcher.Run(s_copy, [written], [target], [_arguments.Requests[i]], isTraining: false);
            if (_arguments.IsOperation)
                target.WaitToRead();
        }

        if (!_arguments.IsOperation)
            return;
        foreach (NDArray state in States)
        {
            state.WaitToRead();
        }
    }

    private string Name(int output) => _arguments.Operator.OutputName(output);
}
