namespace CoreEngine.Data;

/// <summary>Writes images into a batch as (channels, height, width), as numbers or as the bytes they are.</summary>
internal sealed class ImageNormalizer
{
    private readonly ImageNormalizeParameters _parameters;
    private readonly int _height;
    private readonly int _width;

    internal ImageNormalizer(ImageNormalizeParameters parameters, int height, int width)
    {
        _parameters = parameters;
        _height = height;
        _width = width;
    }

    /// <summary>The mean image; null for none.</summary>
    internal float[]? Mean { get; set; }

    /// <summary>Writes an image, which is no larger than the batch's; what it does not cover becomes 0.</summary>
    internal void Write(PixelImage image, Span<float> target, ref ImageRandom random)
    {
        bool mirrors = Mirrors(ref random);
        float contrast = 1 + random.Between(-_parameters.MaxRandomContrast, _parameters.MaxRandomContrast);
        float light = random.Between(-_parameters.MaxRandomIllumination, _parameters.MaxRandomIllumination);
        int plane = _height * _width;
        bool covers = image.Height == _height && image.Width == _width;
        if (!covers)
            target.Clear();
        for (int c = 0; c < image.Channels; c++)
        {
            float deviation = _parameters.Deviation[c] == 0 ? 1 : _parameters.Deviation[c];
            float factor = contrast * _parameters.Scale / deviation;
            float offset = light * _parameters.Scale / deviation;
            float constant = offset - (_parameters.Mean[c] * factor);
            for (int y = 0; y < image.Height; y++)
            {
                ReadOnlySpan<byte> source = image.Pixels.AsSpan((y * image.Width * image.Channels) + c);
                Span<float> row = target.Slice((c * plane) + (y * _width), image.Width);
                if (Mean is not null)
                {
                    ReadOnlySpan<float> mean = Mean.AsSpan((c * plane) + (y * _width), image.Width);
                    for (int x = 0; x < row.Length; x++)
                    {
                        row[x] = ((source[x * image.Channels] - mean[x]) * factor) + offset;
                    }
                }
                else
                {
                    for (int x = 0; x < row.Length; x++)
                    {
                        row[x] = (source[x * image.Channels] * factor) + constant;
                    }
                }

                if (mirrors)
                    row.Reverse();
            }
        }
    }

    /// <summary>Writes an image's bytes.</summary>
    internal void Write(PixelImage image, Span<byte> target, ref ImageRandom random)
    {
        bool mirrors = Mirrors(ref random);
        int plane = _height * _width;
        for (int c = 0; c < image.Channels; c++)
        {
            for (int y = 0; y < image.Height; y++)
            {
                ReadOnlySpan<byte> source = image.Pixels.AsSpan((y * image.Width * image.Channels) + c);
                Span<byte> row = target.Slice((c * plane) + (y * _width), image.Width);
                for (int x = 0; x < row.Length; x++)
                {
                    row[x] = source[x * image.Channels];
                }

                if (mirrors)
                    row.Reverse();
            }
        }
    }

    private bool Mirrors(ref ImageRandom random) =>
        _parameters.Mirror || (_parameters.RandomMirror && random.Unit() < 0.5f);
}
