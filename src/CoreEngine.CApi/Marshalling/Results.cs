namespace CoreEngine.CApi;

/// <summary>Arrays that a function returns in the thread's buffers.</summary>
internal static unsafe class Results
{
    private const int OnStack = 64;

    /// <summary>New handles of arrays, the caller's to free; NULL where there is none.</summary>
    internal static nint* Handles(ReadOnlySpan<NDArray?> arrays)
    {
        Span<nint> handles = arrays.Length <= OnStack ? stackalloc nint[arrays.Length] : new nint[arrays.Length];
        for (int i = 0; i < arrays.Length; i++)
        {
            handles[i] = arrays[i] is { } array ? CApi.Handles.Add(array) : 0;
        }

        return ReturnBuffers.Mx.Handles(handles);
    }

    /// <summary>How arrays are stored, as C's numbers.</summary>
    internal static int* StorageTypes(ReadOnlySpan<NDArray?> arrays)
    {
        Span<int> types = arrays.Length <= OnStack ? stackalloc int[arrays.Length] : new int[arrays.Length];
        for (int i = 0; i < arrays.Length; i++)
        {
            types[i] = arrays[i] is { } array ? (int)array.StorageType : -1;
        }

        return ReturnBuffers.Mx.OutputTypes.Copy<int>(types);
    }
}
