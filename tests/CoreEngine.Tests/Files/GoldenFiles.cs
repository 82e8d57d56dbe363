using System.IO.Compression;

namespace CoreEngine.Tests.Files;

/// <summary>The packed golden files of this checkout.</summary>
internal static class GoldenFiles
{
    /// <summary>The unpacked bytes of <c>tests/golden/NAME.gz</c>.</summary>
    public static byte[] Read(string name)
    {
        using FileStream file = File.OpenRead(Path.Combine(Checkout.GoldenData, name + ".gz"));
        using var unpacked = new GZipStream(file, CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        unpacked.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>The names, without <c>.gz</c>, of the files in a folder that end as given.</summary>
    public static IReadOnlyList<string> Names(string folder, string ending) =>
        [
            .. Directory
                .GetFiles(Path.Combine(Checkout.GoldenData, folder), "*" + ending + ".gz")
                .Select(path => $"{folder}/{Path.GetFileNameWithoutExtension(path)}")
                .Order(StringComparer.Ordinal),
        ];
}
