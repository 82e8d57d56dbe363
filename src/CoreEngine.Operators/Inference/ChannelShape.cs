namespace CoreEngine.Operators;

/// <summary>Vectors with one element per channel (axis 1 of the data), as broadcasting needs them.</summary>
internal static class ChannelShape
{
    /// <summary>The vector's shape with ones appended, so that it lies along axis 1 of the data.</summary>
    internal static Shape Aligned(Shape data, Shape vector)
    {
        if (vector[0] == 1 || data.Rank <= 2)
            return vector;
        long[] dims = new long[data.Rank - 1];
        Array.Fill(dims, 1);
        dims[0] = vector[0];
        return new Shape(dims);
    }
}
