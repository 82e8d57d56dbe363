using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine;

/// <summary>The arrays of one call of a custom operator, for that call alone: on a kernel's memory, or handles on the caller's.</summary>
internal sealed class CustomArguments : IDisposable
{
    private readonly List<MemoryLease> _loans = [];

    private CustomArguments(BoundOperator op, int inputCount, int outputCount, bool isTraining)
    {
        Operator = op;
        IsTraining = isTraining;
        Inputs = new NDArray?[inputCount];
        Outputs = new NDArray?[outputCount];
        Requests = new Request[outputCount];
        Results = new (Shape, DType)[outputCount];
    }

    internal BoundOperator Operator { get; }

    internal bool IsTraining { get; }

    /// <summary>Whether the call is an operation of the engine, which ends when everything in it is over.</summary>
    internal bool IsOperation { get; private init; }

    /// <summary>Inputs, states last; null where the operator says that it does not read them.</summary>
    internal NDArray?[] Inputs { get; }

    /// <summary>Where results go; in an operation null where nobody wants them.</summary>
    internal NDArray?[] Outputs { get; }

    internal Request[] Requests { get; }

    internal (Shape Shape, DType Type)[] Results { get; }

    /// <summary>The arguments of a kernel. What is not read may have no memory.</summary>
    internal static CustomArguments Of(ref KernelContext context)
    {
        BoundOperator op = context.Operator;
        var arguments = new CustomArguments(op, context.InputCount, context.OutputCount, context.IsTraining)
        {
            IsOperation = true,
        };
        for (int i = 0; i < context.InputCount; i++)
        {
            if (Array.IndexOf(op.ShapeOnlyInputs, i) < 0)
                arguments.Inputs[i] = arguments.Borrow(context.Input(i));
        }

        for (int i = 0; i < context.OutputCount; i++)
        {
            TensorView view = context.Output(i);
            arguments.Requests[i] = context.Request(i);
            arguments.Results[i] = (view.Shape, view.DType);
            arguments.Outputs[i] = context.Wants(i) ? arguments.Borrow(view) : null;
        }

        return arguments;
    }

    /// <summary>The arguments of a call on the caller's thread.</summary>
    internal static CustomArguments Of(
        BoundOperator op,
        ReadOnlySpan<NDArray?> inputs,
        ReadOnlySpan<NDArray> outputs,
        ReadOnlySpan<Request> requests,
        bool isTraining
    )
    {
        var arguments = new CustomArguments(op, inputs.Length, outputs.Length, isTraining);
        for (int i = 0; i < inputs.Length; i++)
        {
            if (Array.IndexOf(op.ShapeOnlyInputs, i) < 0)
                arguments.Inputs[i] = inputs[i]?.Detach();
        }

        for (int i = 0; i < outputs.Length; i++)
        {
            arguments.Requests[i] = requests[i];
            arguments.Results[i] = (outputs[i].Shape, outputs[i].DType);
            arguments.Outputs[i] = outputs[i].Detach();
        }

        return arguments;
    }

    /// <summary>Whether an array lies on memory that is there during this call only.</summary>
    internal bool IsBorrowed(NDArray array) => _loans.Contains(array.Storage.Memory);

    /// <summary>Some inputs that are read.</summary>
    internal NDArray[] Take(int first, int count) =>
        Array.ConvertAll(Inputs.AsSpan(first, count).ToArray(), array => array!);

    /// <summary>Ends the arrays on a kernel's memory.</summary>
    public void Dispose()
    {
        foreach (MemoryLease loan in _loans)
        {
            loan.Dispose();
        }
    }

    private NDArray Borrow(in TensorView view)
    {
        NDArray array = NDArray.Borrow(view, Device.Cpu(), out MemoryLease loan);
        _loans.Add(loan);
        return array;
    }
}
