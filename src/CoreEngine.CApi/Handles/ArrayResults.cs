namespace CoreEngine.CApi;

/// <summary>What functions say of the arrays that they return.</summary>
internal static unsafe class ArrayResults
{
    /// <summary>How arrays are stored, as numbers that stay until the thread's next call that returns some.</summary>
    internal static int* StorageTypes(ReadOnlySpan<NDArray> arrays)
    {
        Span<int> types = arrays.Length <= 64 ? stackalloc int[arrays.Length] : new int[arrays.Length];
        for (int i = 0; i < types.Length; i++)
        {
            types[i] = (int)arrays[i].StorageType;
        }

        return ReturnBuffers.Mx.OutputTypes.Copy<int>(types);
    }
}
