using System.Globalization;
using CoreEngine.Files;

namespace CoreEngine.Data;

/// <summary>
/// Labels of images by their numbers, from a list as MXNet's tool im2rec makes it: lines with a number, labels and a path, tabs
/// between.
/// </summary>
internal sealed class ImageLabels
{
    private readonly Dictionary<ulong, float[]> _labels = [];
    private readonly string _path;

    /// <param name="path">The list.</param>
    /// <param name="width">How many labels a line has; -1 for all but the path.</param>
    internal ImageLabels(string path, int width)
    {
        _path = path;
        using FileStream stream = FileStreams.Open(path);
        using var reader = new StreamReader(stream);
        for (int number = 1; reader.ReadLine() is { } line; number++)
        {
            if (string.IsNullOrWhiteSpace(line))
                continue;
            string[] parts = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            int count = width > 0 ? width : parts.Length - 2;
            if (
                count < 1
                || parts.Length <= count
                || !ulong.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out ulong id)
            )
            {
                throw new FileFormatException(path, -1, $"line {number:N0} is not a number, labels and a path");
            }

            float[] labels = new float[count];
            for (int i = 0; i < count; i++)
            {
                if (!float.TryParse(parts[i + 1], NumberStyles.Float, CultureInfo.InvariantCulture, out labels[i]))
                    throw new FileFormatException(path, -1, $"line {number:N0}: '{parts[i + 1]}' is no number");
            }

            _labels[id] = labels;
            MostLabels = Math.Max(MostLabels, count);
        }
    }

    /// <summary>The largest number of labels of an image.</summary>
    internal int MostLabels { get; }

    /// <summary>A copy of an image's labels.</summary>
    internal float[] Find(ulong id) =>
        _labels.TryGetValue(id, out float[]? labels)
            ? [.. labels]
            : throw new EngineException($"The list {_path} has no labels for image {id}.");
}
