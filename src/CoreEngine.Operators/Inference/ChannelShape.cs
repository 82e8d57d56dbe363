namespace CoreEngine.Operators;

/// <summary>Vectors with one element per channel (axis 1 of the data), as broadcasting needs them.</summary>
internal static class ChannelShape
{
    /// <summary>The vector's shape with ones appended, so that it lies along axis 1 of the data.</summary>
    /// <param name="data">The data's shape.</param>
    /// <param name="vector">The vector's shape.</param>
    /// <param name="dims">Memory for as many extents as the data has.</param>
    internal static ShapeView Aligned(Shape data, Shape vector, Span<long> dims)
    {
        if (vector[0] == 1 || data.Rank <= 2)
            return vector;
        dims = dims[..(data.Rank - 1)];
        dims.Fill(1);
        dims[0] = vector[0];
        return new ShapeView(dims);
    }
}
