namespace CoreEngine;

/// <summary>Where the gradient of a marked variable goes.</summary>
/// <param name="array">The gradient array, of the variable's shape and type.</param>
/// <param name="request">Whether to overwrite it or add to it.</param>
internal sealed class GradientSlot(NDArray array, GradientRequest request)
{
    internal NDArray Array { get; } = array;

    internal GradientRequest Request { get; } = request;

    /// <summary>Whether a backward pass has written the array since this was last set to false.</summary>
    internal bool IsFresh { get; set; }
}
