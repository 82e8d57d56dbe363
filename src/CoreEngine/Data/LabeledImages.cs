namespace CoreEngine.Data;

/// <summary>Grey images of one size with a class each, as bytes in managed memory.</summary>
/// <remarks>Bytes take a quarter of what floats would; they become floats batch by batch.</remarks>
public sealed class LabeledImages
{
    private readonly byte[] _pixels;
    private readonly byte[] _labels;

    /// <summary>Takes the arrays over; they must not change any more.</summary>
    /// <param name="pixels">All images one after another, row-major.</param>
    /// <param name="labels">The class of each image.</param>
    /// <param name="height">Rows of an image.</param>
    /// <param name="width">Columns of an image.</param>
    /// <param name="brightest">The byte that becomes 1; 0 becomes 0.</param>
    /// <exception cref="ArgumentException">The lengths do not fit each other.</exception>
    public LabeledImages(byte[] pixels, byte[] labels, int height, int width, int brightest = 255)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(brightest);
        if (pixels.LongLength != (long)labels.Length * height * width)
        {
            throw new ArgumentException(
                $"{pixels.Length:N0} pixels are not {labels.Length:N0} images of {height}x{width}.",
                nameof(pixels)
            );
        }

        _pixels = pixels;
        _labels = labels;
        Height = height;
        Width = width;
        Brightest = brightest;
    }

    /// <summary>Number of images.</summary>
    public int Count => _labels.Length;

    /// <summary>Rows of an image.</summary>
    public int Height { get; }

    /// <summary>Columns of an image.</summary>
    public int Width { get; }

    /// <summary>Pixels of an image.</summary>
    public int ImageSize => Height * Width;

    /// <summary>The byte that becomes 1.</summary>
    public int Brightest { get; }

    /// <summary>The class of each image.</summary>
    public ReadOnlySpan<byte> Labels => _labels;

    /// <summary>The bytes of one image, row-major.</summary>
    public ReadOnlySpan<byte> Pixels(int image) => _pixels.AsSpan(image * ImageSize, ImageSize);

    /// <summary>Writes one image as floats from 0 to 1.</summary>
    /// <param name="image">Its position.</param>
    /// <param name="pixels">Takes <see cref="ImageSize"/> values.</param>
    public void CopyTo(int image, Span<float> pixels)
    {
        ReadOnlySpan<byte> source = Pixels(image);
        float scale = Brightest;
        for (int i = 0; i < source.Length; i++)
        {
            pixels[i] = source[i] / scale;
        }
    }

    /// <summary>The images at some positions, in that order.</summary>
    public LabeledImages Select(ReadOnlySpan<int> positions)
    {
        byte[] pixels = new byte[positions.Length * ImageSize];
        byte[] labels = new byte[positions.Length];
        for (int i = 0; i < positions.Length; i++)
        {
            Pixels(positions[i]).CopyTo(pixels.AsSpan(i * ImageSize));
            labels[i] = _labels[positions[i]];
        }

        return new LabeledImages(pixels, labels, Height, Width, Brightest);
    }

    /// <summary>Holds every n-th image out, beginning with the first.</summary>
    /// <param name="every">2 or more.</param>
    /// <param name="seed">Shuffles before, reproducibly; null to take the images as they come.</param>
    public (LabeledImages Train, LabeledImages HeldOut) Split(int every, ulong? seed = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(every, 2);
        int[] order = Shuffle.Identity(Count);
        if (seed is { } value)
        {
            Shuffle.InPlace(order, value, stream: 0);
        }

        int[] heldOut = [.. order.Where((_, i) => i % every == 0)];
        int[] train = [.. order.Where((_, i) => i % every != 0)];
        return (Select(train), Select(heldOut));
    }
}
