using StbImageSharp;

namespace CoreEngine.Operators;

/// <summary>
/// Decodes image files: JPEG (baseline and progressive), PNG and BMP. The bytes may be
/// hostile: whatever is no image is an error, and no memory is taken for more pixels than the bytes can hold.
/// </summary>
public static class ImageDecoder
{
    private const long MostPixels = 1 << 28;

    /// <summary>No compression of these formats makes more of a byte, but for pictures of a single colour.</summary>
    private const long MostPixelsPerByte = 4096;
    private const long AlwaysAllowed = 1 << 20;

    /// <summary>The size of a decoded image.</summary>
    /// <param name="file">The file's bytes.</param>
    /// <exception cref="EngineException">The bytes are no image that can be decoded.</exception>
    public static (int Height, int Width) Measure(ReadOnlySpan<byte> file)
    {
        unsafe
        {
            fixed (byte* bytes = file)
            {
                RequireKnown(file);
                using var stream = new UnmanagedMemoryStream(bytes, file.Length);
                return Measure(stream);
            }
        }
    }

    /// <summary>Decodes an image.</summary>
    /// <param name="file">The file's bytes.</param>
    /// <param name="channels">1 for grey, 3 for red, green and blue, 4 with opacity.</param>
    /// <param name="height">The image's rows.</param>
    /// <param name="width">The image's columns.</param>
    /// <returns>Its bytes, row by row, pixel by pixel.</returns>
    /// <exception cref="EngineException">The bytes are no image that can be decoded.</exception>
    public static byte[] Decode(ReadOnlySpan<byte> file, int channels, out int height, out int width)
    {
        unsafe
        {
            fixed (byte* bytes = file)
            {
                RequireKnown(file);
                using var stream = new UnmanagedMemoryStream(bytes, file.Length);
                (height, width) = Measure(stream);
                stream.Position = 0;
                try
                {
                    ImageResult image = ImageResult.FromStream(stream, (ColorComponents)channels);
                    if (image.Width != width || image.Height != height)
                        throw Refused("its header contradicts itself");
                    return image.Data;
                }
                catch (Exception error) when (error is not (EngineException or OutOfMemoryException))
                {
                    throw Refused(error.Message, error);
                }
            }
        }
    }

    // The library knows more formats, which nobody needs and an attacker might.
    private static void RequireKnown(ReadOnlySpan<byte> file)
    {
        bool isKnown =
            file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8])
            || file.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G'])
            || file.StartsWith("BM"u8);
        if (!isKnown)
            throw Refused("its first bytes are of no known format");
    }

    private static (int Height, int Width) Measure(Stream stream)
    {
        ImageInfo? info;
        try
        {
            info = ImageInfo.FromStream(stream);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw Refused(error.Message, error);
        }

        if (info is not { Width: > 0, Height: > 0 } known)
            throw Refused("its first bytes are of no known format");
        long pixels = (long)known.Width * known.Height;
        if (pixels > MostPixels || pixels > Math.Max(AlwaysAllowed, stream.Length * MostPixelsPerByte))
            throw Refused($"{stream.Length:N0} bytes cannot hold {known.Height:N0}x{known.Width:N0} pixels");
        return (known.Height, known.Width);
    }

    private static EngineException Refused(string problem, Exception? inner = null) =>
        new($"These bytes are no image (JPEG, PNG, BMP) that can be decoded: {problem}.", inner);
}
