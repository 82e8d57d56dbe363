using CoreEngine.Files;

namespace CoreEngine.Data;

/// <summary>The mean over all images, kept in a file.</summary>
internal static class MeanImage
{
    private const string Name = "mean_img";

    /// <summary>Reads the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="shape">The shape that images have in a batch.</param>
    internal static float[] Load(string path, Shape shape)
    {
        IReadOnlyList<NDArray> arrays = NDArray.LoadList(path);
        try
        {
            return arrays is [{ } mean] && mean.Shape == shape && mean.DType == DType.Float32
                ? mean.ToArray<float>()
                : throw new FileFormatException(path, -1, $"a mean image is one array of float32 of shape {shape}");
        }
        finally
        {
            foreach (NDArray array in arrays)
            {
                array.Dispose();
            }
        }
    }

    /// <summary>Writes the file.</summary>
    internal static void Save(string path, float[] mean, Shape shape)
    {
        using var array = new NDArray(shape);
        array.CopyFrom<float>(mean);
        NDArray.Save(path, new Dictionary<string, NDArray> { [Name] = array });
    }
}
