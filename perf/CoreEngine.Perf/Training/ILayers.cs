using CoreEngine.Operators;

namespace CoreEngine.Perf;

/// <summary>How a model's layers are put together: called at once on arrays, or composed to a graph.</summary>
/// <typeparam name="T">What a layer takes and gives: an array, or a symbol.</typeparam>
internal interface ILayers<T>
{
    /// <summary>What stands for an array that the model owns.</summary>
    public T Of(NDArray array);

    /// <summary>A layer.</summary>
    public T Call(BoundOperator op, params ReadOnlySpan<T> inputs);
}
