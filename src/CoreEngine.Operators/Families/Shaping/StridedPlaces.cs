namespace CoreEngine.Operators;

/// <summary>Strides for kernels, on the stack.</summary>
internal static class StridedPlaces
{
    /// <summary>The most axes that the kernels take.</summary>
    internal const int MaxRank = ShapeInference.MaxRank;

    /// <summary>Row-major strides of an array with these extents.</summary>
    internal static void RowMajor(ReadOnlySpan<long> extents, Span<long> strides)
    {
        long stride = 1;
        for (int i = extents.Length - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride *= extents[i];
        }
    }
}
