namespace CoreEngine.Operators.Tests;

/// <summary>Runs what a gradient rule states at once, and keeps the calls.</summary>
internal sealed class GradientCalls(OperatorCall forward) : GradientContext
{
    /// <summary>The calls, in order.</summary>
    internal List<OperatorCall> Calls { get; } = [];

    /// <inheritdoc/>
    public override BoundOperator Operator => forward.Operator;

    /// <inheritdoc/>
    public override int InputCount => forward.Inputs.Length;

    /// <inheritdoc/>
    public override Value Input(int index) => new(forward.Inputs, index);

    /// <inheritdoc/>
    public override Value Output(int index) => new(forward.Outputs, index);

    /// <inheritdoc/>
    public override Value OutputGradient(int index)
    {
        NDArray output = forward.Outputs[index]!;
        return new Value(new NDArray?[] { NDArray.Full(output.Shape, 1, output.DType) }, 0);
    }

    /// <inheritdoc/>
    public override Value Call(BoundOperator op, params ReadOnlySpan<Value> inputs)
    {
        var arrays = new NDArray[inputs.Length];
        for (int i = 0; i < arrays.Length; i++)
        {
            arrays[i] = ((NDArray?[])inputs[i].Node!)[inputs[i].Index]!;
        }

        OperatorCall call = OperatorCall.Run(op, arrays, forward.IsTraining);
        Calls.Add(call);
        return new Value(call.Outputs, 0);
    }

    /// <inheritdoc/>
    public override void Set(int input, Value gradient) { }
}
