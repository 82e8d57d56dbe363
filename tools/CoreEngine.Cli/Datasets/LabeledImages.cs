namespace CoreEngine.Cli;

/// <summary>Grey images with labels, in host memory.</summary>
/// <param name="Pixels">All images one after another, row-major, scaled to 0..1.</param>
/// <param name="Labels">The class of each image.</param>
/// <param name="Height">Rows of an image.</param>
/// <param name="Width">Columns of an image.</param>
public sealed record LabeledImages(float[] Pixels, float[] Labels, int Height, int Width)
{
    /// <summary>Number of images.</summary>
    public int Count => Labels.Length;

    /// <summary>Number of pixels of one image.</summary>
    public int ImageSize => Height * Width;

    /// <summary>The images at some positions, in that order.</summary>
    public LabeledImages Select(ReadOnlySpan<int> positions)
    {
        float[] pixels = new float[positions.Length * ImageSize];
        float[] labels = new float[positions.Length];
        for (int i = 0; i < positions.Length; i++)
        {
            Pixels.AsSpan(positions[i] * ImageSize, ImageSize).CopyTo(pixels.AsSpan(i * ImageSize));
            labels[i] = Labels[positions[i]];
        }

        return new LabeledImages(pixels, labels, Height, Width);
    }
}
