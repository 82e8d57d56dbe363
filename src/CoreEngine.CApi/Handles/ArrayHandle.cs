namespace CoreEngine.CApi;

/// <summary>
/// What an array's handle stands for: a place that may be empty until an operator fills it, and that keeps its identity
/// when it is filled. The array in it belongs to the handle, or to the several that share the place.
/// </summary>
internal sealed class ArrayHandle(NDArray? array)
{
    private int _handles = 1;

    /// <summary>The array; null while the place is empty.</summary>
    internal NDArray? Array { get; set; } = array;

    /// <summary>What of a sparse array was set already, while the parts set so far do not make an array.</summary>
    internal SparseAssembly? Assembly { get; set; }

    /// <summary>Counts one more handle of this place.</summary>
    internal ArrayHandle Share()
    {
        Interlocked.Increment(ref _handles);
        return this;
    }

    /// <summary>
    /// Counts one handle less; after the last one, gives the array's memory back, unless a recorded graph refers to it.
    /// </summary>
    internal void Release()
    {
        if (Interlocked.Decrement(ref _handles) > 0)
            return;
        // Backward passes still write the gradient of a variable of which only they know.
        if (Array is { IsMarked: false } array)
            array.Dispose();
        Assembly?.Dispose();
        Array = null;
        Assembly = null;
    }
}
