namespace CoreEngine.Onnx;

/// <summary>Extents that several conversions of network layers share.</summary>
internal static class NeuralShapes
{
    /// <summary>A matrix: the axes in front of one, and that with those behind it.</summary>
    public static long[] Matrix(long[] dims, int axis)
    {
        long[] matrix = [1, 1];
        for (int i = 0; i < dims.Length; i++)
        {
            matrix[i < axis ? 0 : 1] *= dims[i];
        }

        return matrix;
    }
}
