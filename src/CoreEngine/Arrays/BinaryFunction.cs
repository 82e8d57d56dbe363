using CoreEngine.Operators;

namespace CoreEngine;

/// <summary>A function of two arrays: one operator for arrays of one shape, another for those that are broadcast.</summary>
internal sealed class BinaryFunction(string sameShape, string broadcast)
{
    private readonly BoundOperator _sameShape = OperatorRegistry.Default[sameShape].Bind();
    private readonly BoundOperator _broadcast = OperatorRegistry.Default[broadcast].Bind();

    internal NDArray Call(NDArray left, NDArray right) =>
        Imperative.Call(left.Shape == right.Shape ? _sameShape : _broadcast, left, right);
}
