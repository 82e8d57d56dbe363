using System.IO.Compression;

namespace CoreEngine.Fuzz;

/// <summary>Packed inputs, for readers that unpack what begins as gzip does.</summary>
internal static class Gzip
{
    /// <summary>Packs bytes.</summary>
    public static byte[] Pack(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.Fastest))
        {
            stream.Write(bytes);
        }

        return packed.ToArray();
    }

    /// <summary>Sometimes the input as it is, sometimes packed, sometimes packed and then damaged.</summary>
    public static byte[] Sometimes(byte[] input, Random random) =>
        random.Next(8) switch
        {
            0 => Pack(input),
            1 => ByteMutation.Apply(Pack(input), random),
            _ => input,
        };
}
