using System.Buffers.Binary;
using StbImageSharp;

namespace CoreEngine.Operators;

/// <summary>
/// Decodes image files: JPEG (baseline and progressive), PNG and BMP. The bytes may be
/// hostile: whatever is no image is an error, and no memory is taken for more pixels than the bytes can hold.
/// </summary>
public static class ImageDecoder
{
    private const long MostPixels = 1 << 28;

    /// <summary>
    /// The densest honest files: a bit for a block of JPEG and for a pixel of BMP; PNG packs bytes to a thousandth, but only
    /// pictures of a single colour.
    /// </summary>
    private const long MostJpegPixelsPerByte = 512;
    private const long MostBmpPixelsPerByte = 8;
    private const long MostPngPixelsPerByte = 4096;
    private const long AlwaysAllowed = 1 << 20;

    /// <summary>The size of a decoded image.</summary>
    /// <param name="file">The file's bytes.</param>
    /// <exception cref="EngineException">The bytes are no image that can be decoded.</exception>
    public static unsafe (int Height, int Width) Measure(ReadOnlySpan<byte> file)
    {
        fixed (byte* bytes = file)
        {
            Format format = FormatOf(file);
            using ImageStream stream = Open(bytes, file.Length, format);
            return Measure(stream, file.Length, format);
        }
    }

    /// <summary>Decodes an image.</summary>
    /// <param name="file">The file's bytes.</param>
    /// <param name="channels">1 for grey, 3 for red, green and blue, 4 with opacity.</param>
    /// <param name="height">The image's rows.</param>
    /// <param name="width">The image's columns.</param>
    /// <returns>Its bytes, row by row, pixel by pixel.</returns>
    /// <exception cref="EngineException">The bytes are no image that can be decoded.</exception>
    /// <remarks>
    /// The decoder trusts its input and works on raw memory. So what it gets is checked before: what would make it read
    /// without end, take memory that the file does not account for, or return memory that it never wrote, is refused.
    /// </remarks>
    public static unsafe byte[] Decode(ReadOnlySpan<byte> file, int channels, out int height, out int width)
    {
        fixed (byte* bytes = file)
        {
            Format format = FormatOf(file);
            using ImageStream stream = Open(bytes, file.Length, format);
            (height, width) = Measure(stream, file.Length, format);
            long end = -1;
            string? problem = format switch
            {
                Format.Jpeg => JpegStructure.Problem(file, out end),
                Format.Png => PngStructure.Problem(file),
                _ => null,
            };
            if (problem is not null)
                throw Refused(problem);
            stream.Position = 0;
            try
            {
                ImageResult image = ImageResult.FromStream(stream, (ColorComponents)channels);
                if (image.Width != width || image.Height != height)
                    throw Refused("its header contradicts itself");

                // The decoder takes an image for finished when it meets what it does not know; the rest was never written.
                if (end >= 0 && (stream.IsOverrun || stream.Position != end))
                    throw Refused("its compressed data are damaged");
                return image.Data;
            }
            catch (Exception error) when (error is not (EngineException or OutOfMemoryException))
            {
                throw Refused(error.Message, error);
            }
        }
    }

    // The library knows more formats, which nobody needs and an attacker might: whatever it does not take for one of
    // these three, it tries as another one.
    private static Format FormatOf(ReadOnlySpan<byte> file)
    {
        if (file.StartsWith(JpegStructure.Signature))
            return Format.Jpeg;
        if (file.StartsWith(PngStructure.Signature))
            return Format.Png;
        bool isBmp =
            file.StartsWith("BM"u8)
            && file.Length > 18
            && BinaryPrimitives.ReadInt32LittleEndian(file[14..]) is 12 or 40 or 56 or 108 or 124;
        return isBmp ? Format.Bmp : throw Refused("its first bytes are of no known format");
    }

    private static unsafe ImageStream Open(byte* bytes, long length, Format format) =>
        new(bytes, length, format == Format.Jpeg ? JpegStructure.End : []);

    private static (int Height, int Width) Measure(ImageStream stream, long length, Format format)
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

        if (info is not { Width: > 0, Height: not (0 or int.MinValue) } known)
            throw Refused("its first bytes are of no known format");

        // Rows of a BMP file that begin at the top have a negative number.
        int height = format == Format.Bmp ? Math.Abs(known.Height) : known.Height;
        long pixels = (long)known.Width * height;
        long perByte = format switch
        {
            Format.Jpeg => MostJpegPixelsPerByte,
            Format.Png => MostPngPixelsPerByte,
            _ => MostBmpPixelsPerByte,
        };
        if (pixels <= 0 || pixels > MostPixels || pixels > Math.Max(AlwaysAllowed, length * perByte))
            throw Refused($"{length:N0} bytes cannot hold {height:N0}x{known.Width:N0} pixels");
        return (height, known.Width);
    }

    private static EngineException Refused(string problem, Exception? inner = null) =>
        new($"These bytes are no image (JPEG, PNG, BMP) that can be decoded: {problem}.", inner);

    private enum Format
    {
        Jpeg,
        Png,
        Bmp,
    }
}
