namespace CoreEngine.CApi;

/// <summary>
/// What an array's handle stands for: a place that may be empty until an operator fills it, and that keeps its identity
/// when it is filled. The array in it belongs to the handle alone.
/// </summary>
internal sealed class ArrayHandle(NDArray? array)
{
    /// <summary>The array; null while the place is empty.</summary>
    internal NDArray? Array { get; set; } = array;

    /// <summary>What of a sparse array was set already, while the parts set so far do not make an array.</summary>
    internal SparseAssembly? Assembly { get; set; }

    /// <summary>Gives the array's memory back, unless a recorded graph refers to the array.</summary>
    internal void Release()
    {
        // Backward passes still write the gradient of a variable of which only they know.
        if (Array is { IsMarked: false } array)
            array.Dispose();
        Assembly?.Dispose();
        Array = null;
        Assembly = null;
    }
}
