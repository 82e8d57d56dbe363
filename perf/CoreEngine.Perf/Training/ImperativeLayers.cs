using CoreEngine.Operators;

namespace CoreEngine.Perf;

/// <summary>Layers that are called at once, and recorded by autograd.</summary>
internal sealed class ImperativeLayers : ILayers<NDArray>
{
    public NDArray Of(NDArray array) => array;

    public NDArray Call(BoundOperator op, params ReadOnlySpan<NDArray> inputs) => Imperative.Call(op, inputs);
}
