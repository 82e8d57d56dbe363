namespace CoreEngine.Kernels;

/// <summary>What stands in the frame around an image. The numbers are OpenCV's.</summary>
public enum BorderType
{
    /// <summary>A constant.</summary>
    Constant,

    /// <summary>The nearest pixel: aaa|abcd|ddd.</summary>
    Replicate,

    /// <summary>The image mirrored, its edge too: cba|abcd|dcb.</summary>
    Reflect,

    /// <summary>The image again: bcd|abcd|abc.</summary>
    Wrap,

    /// <summary>The image mirrored without its edge: dcb|abcd|cba.</summary>
    ReflectInside,
}

/// <summary>Puts frames around images that lie as (height, width, channels).</summary>
public static unsafe class ImageBorder
{
    /// <summary>Copies an image into the middle of a larger one and fills in the frame.</summary>
    /// <param name="itemSize">Bytes of a pixel, all channels.</param>
    /// <param name="source">The image.</param>
    /// <param name="height">Its rows.</param>
    /// <param name="width">Its columns.</param>
    /// <param name="target">Takes the framed image.</param>
    /// <param name="top">Rows above.</param>
    /// <param name="bottom">Rows below.</param>
    /// <param name="left">Columns to the left.</param>
    /// <param name="right">Columns to the right.</param>
    /// <param name="type">What stands in the frame.</param>
    /// <param name="pixel">The constant's bytes.</param>
    public static void Frame(
        int itemSize,
        void* source,
        int height,
        int width,
        void* target,
        int top,
        int bottom,
        int left,
        int right,
        BorderType type,
        ReadOnlySpan<byte> pixel
    )
    {
        byte* to = (byte*)target;
        for (int y = -top; y < height + bottom; y++)
        {
            int row = Place(y, height, type);
            for (int x = -left; x < width + right; x++)
            {
                if (row >= 0 && x == 0)
                {
                    long bytes = (long)width * itemSize;
                    Buffer.MemoryCopy((byte*)source + (row * bytes), to, bytes, bytes);
                    to += bytes;
                    x = width - 1;
                    continue;
                }

                int column = Place(x, width, type);
                ReadOnlySpan<byte> value =
                    row < 0 || column < 0
                        ? pixel
                        : new ReadOnlySpan<byte>((byte*)source + ((((long)row * width) + column) * itemSize), itemSize);
                value.CopyTo(new Span<byte>(to, itemSize));
                to += itemSize;
            }
        }
    }

    /// <summary>Which pixel stands at a place, inside or outside; -1 for the constant.</summary>
    private static int Place(int place, int extent, BorderType type)
    {
        if ((uint)place < (uint)extent)
            return place;
        switch (type)
        {
            case BorderType.Replicate:
                return Math.Clamp(place, 0, extent - 1);
            case BorderType.Wrap:
                return ((place % extent) + extent) % extent;
            case BorderType.Reflect:
            case BorderType.ReflectInside:
                if (extent == 1)
                    return 0;
                int inside = type == BorderType.ReflectInside ? 1 : 0;
                int period = 2 * (extent - inside);
                int folded = ((place % period) + period) % period;
                return folded < extent ? folded : period - folded - 1 + inside;
            default:
                return -1;
        }
    }
}
