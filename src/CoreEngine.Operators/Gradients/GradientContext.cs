namespace CoreEngine.Operators;

/// <summary>
/// What a gradient rule works with: the forward call's inputs and outputs, the gradients of its outputs, and a builder
/// that calls further operators. Graph passes and autograd implement it; rules need no graph types.
/// </summary>
public abstract class GradientContext
{
    /// <summary>The forward call.</summary>
    public abstract BoundOperator Operator { get; }

    /// <summary>Number of inputs of the forward call.</summary>
    public abstract int InputCount { get; }

    /// <summary>An input of the forward call.</summary>
    public abstract Value Input(int index);

    /// <summary>An output of the forward call.</summary>
    public abstract Value Output(int index);

    /// <summary>The gradient of the loss with respect to an output; zeros where nothing flows back into it.</summary>
    public abstract Value OutputGradient(int index);

    /// <summary>
    /// Whether something flows back into an output. Where a rule asks, an output that was not wanted need not be there.
    /// </summary>
    public virtual bool HasOutputGradient(int index) => true;

    /// <summary>Calls an operator; the result is its first output.</summary>
    public abstract Value Call(BoundOperator op, params ReadOnlySpan<Value> inputs);

    /// <summary>States the gradient of an input. Inputs without one get none.</summary>
    public abstract void Set(int input, Value gradient);

    /// <summary>Calls an operator that has no attributes.</summary>
    public Value Call(string name, params ReadOnlySpan<Value> inputs) =>
        Call(OperatorRegistry.Default[name].Bind(), inputs);

    /// <summary>Calls an operator with typed parameters.</summary>
    public Value Call(string name, IParameters parameters, params ReadOnlySpan<Value> inputs) =>
        Call(OperatorRegistry.Default[name].Bind(parameters), inputs);

    /// <summary>Calls a backward operator with the forward call's own parameters.</summary>
    public Value CallWithSameParameters(string name, params ReadOnlySpan<Value> inputs) =>
        Call(OperatorRegistry.Default[name].Bind(Operator.Parameters<IParameters>()), inputs);

    /// <summary>A value times a constant.</summary>
    public Value Scale(Value value, double factor) =>
        Call("_mul_scalar", new ScalarParameters { Scalar = factor }, value);
}
