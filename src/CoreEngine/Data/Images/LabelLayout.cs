namespace CoreEngine.Data;

/// <summary>
/// How an image's labels lie in a batch: a fixed number of them; or, of images with objects, the channels, height and width of
/// the image, how many labels there are, the labels, and filling.
/// </summary>
internal sealed class LabelLayout
{
    private const int Prefix = 4;
    private readonly float _filling;

    private LabelLayout(int width, bool isPadded, float filling)
    {
        Width = width;
        IsPadded = isPadded;
        _filling = filling;
    }

    /// <summary>Numbers for an image.</summary>
    internal int Width { get; private set; }

    /// <summary>Whether the number of labels differs from image to image.</summary>
    internal bool IsPadded { get; }

    internal static LabelLayout Fixed(int width) => new(width, isPadded: false, 0);

    internal static LabelLayout Padded(int labels, float filling) => new(Prefix + Math.Max(labels, 0), true, filling);

    /// <summary>Makes room for so many labels.</summary>
    internal void Extend(int labels)
    {
        int width = Prefix + labels;
        if (width > Width && Width > Prefix)
        {
            throw new EngineException(
                $"label_pad_width = {Width - Prefix} is less than the {labels} labels that an image has; make it larger, or leave "
                    + "it out."
            );
        }

        Width = Math.Max(Width, width);
    }

    internal void Write(float[] labels, PixelImage image, Span<float> target)
    {
        if (!IsPadded)
        {
            labels.CopyTo(target);
            return;
        }

        target.Fill(_filling);
        target[0] = image.Channels;
        target[1] = image.Height;
        target[2] = image.Width;
        target[3] = labels.Length;
        labels.CopyTo(target[Prefix..]);
    }
}
