using System.Buffers.Binary;
using System.IO.Compression;

namespace CoreEngine.Operators;

/// <summary>
/// Checks the skeleton of a PNG file (ISO/IEC 15948) before it is decoded: that its chunks lie inside the file, and that
/// its packed data have the bytes that the header claims, no fewer and not many more.
/// </summary>
internal static class PngStructure
{
    private const int HeaderLength = 13;
    private const int MostChunk = 1 << 29;

    /// <summary>Bytes that some encoders leave behind the pixels.</summary>
    private const int Slack = 1 << 16;

    /// <summary>Where an interlaced image's passes begin and how far their pixels are apart.</summary>
    private static readonly (int X, int Y, int AcrossStep, int DownStep)[] s_passes =
    [
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ];

    /// <summary>The first bytes of a PNG file.</summary>
    internal static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Says what is wrong with a file; null when it can be decoded.</summary>
    /// <param name="file">The file, which begins with <see cref="Signature"/>.</param>
    internal static string? Problem(ReadOnlySpan<byte> file)
    {
        long pixelBytes = -1;
        using var packed = new MemoryStream();
        for (int at = Signature.Length; ; )
        {
            if (file.Length - at < 12)
                return "its last chunk is missing";
            uint length = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
            ReadOnlySpan<byte> kind = file.Slice(at + 4, 4);
            if (length > MostChunk || length > file.Length - at - 12)
                return "a chunk is longer than the file";
            ReadOnlySpan<byte> body = file.Slice(at + 8, (int)length);
            at += 12 + (int)length;
            if (kind.SequenceEqual("CgBI"u8))
                return "it is of a kind that only one maker's devices read";
            if (kind.SequenceEqual("IHDR"u8))
            {
                if (pixelBytes >= 0 || body.Length != HeaderLength || body[9] > 6 || body[8] > 16)
                    return "its header is none";
                pixelBytes = PixelBytes(body);
            }
            else if (kind.SequenceEqual("IDAT"u8))
            {
                packed.Write(body);
            }
            else if (kind.SequenceEqual("IEND"u8))
            {
                break;
            }
        }

        packed.Position = 0;
        return pixelBytes < 0 ? "its header is missing" : PackedProblem(packed, pixelBytes);
    }

    private static string? PackedProblem(Stream packed, long pixelBytes)
    {
        byte[] part = new byte[1 << 14];
        long bytes = 0;
        try
        {
            using var unpacked = new ZLibStream(packed, CompressionMode.Decompress);
            while (bytes <= pixelBytes + Slack && unpacked.Read(part) is > 0 and var read)
                bytes += read;
        }
        catch (Exception error) when (error is InvalidDataException or IOException)
        {
            return "its packed data are damaged";
        }

        if (bytes < pixelBytes)
            return "it has too few pixels";
        return bytes <= pixelBytes + Slack ? null : "it has too many pixels";
    }

    private static long PixelBytes(ReadOnlySpan<byte> header)
    {
        long width = BinaryPrimitives.ReadUInt32BigEndian(header);
        long height = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        int samples = header[9] switch
        {
            2 => 3,
            4 => 2,
            6 => 4,
            _ => 1,
        };
        int bits = header[8] * samples;
        if (header[12] == 0)
            return PassBytes(width, height, bits);
        long bytes = 0;
        foreach ((int x, int y, int acrossStep, int downStep) in s_passes)
            bytes += PassBytes((width - x + acrossStep - 1) / acrossStep, (height - y + downStep - 1) / downStep, bits);
        return bytes;
    }

    /// <summary>Every row begins with the number of its filter.</summary>
    private static long PassBytes(long width, long height, int bits) =>
        width <= 0 || height <= 0 ? 0 : height * (1 + (((width * bits) + 7) / 8));
}
