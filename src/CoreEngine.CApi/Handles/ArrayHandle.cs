namespace CoreEngine.CApi;

/// <summary>
/// What an array's handle stands for: a place that may be empty until an operator fills it, and that keeps its identity
/// when it is filled.
/// </summary>
internal sealed class ArrayHandle(NDArray? array)
{
    /// <summary>The array; null while the place is empty.</summary>
    internal NDArray? Array { get; set; } = array;
}
