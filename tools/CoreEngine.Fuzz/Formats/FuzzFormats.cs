using System.IO.Compression;

namespace CoreEngine.Fuzz;

/// <summary>Every format that is fuzzed.</summary>
internal static class FuzzFormats
{
    /// <summary>Larger recorded files would make the damage too thin and every input slow.</summary>
    private const int MaxSeedBytes = 20_000;

    /// <summary>The names, in the order in which they run.</summary>
    public static IReadOnlyList<string> Names { get; } =
    ["params", "array", "npy", "npz", "safetensors", "idx", "table", "onnx", "optimizer"];

    /// <summary>Makes a format.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="golden">A folder with recorded files, such as <c>tests/golden</c>.</param>
    /// <exception cref="ArgumentException">There is no such format.</exception>
    /// <exception cref="DirectoryNotFoundException">The folder lacks the recorded files.</exception>
    public static FuzzFormat Create(string name, string golden) =>
        name switch
        {
            "params" => new ArrayListFormat(
                Recorded(golden, "ndarray", ".nd").Concat(Recorded(golden, "networks", ".params"))
            ),
            "array" => new RawArrayFormat(),
            "npy" => new NpyFormat(),
            "npz" => new NpzFormat(),
            "safetensors" => new SafetensorsFormat(),
            "idx" => new IdxFormat(),
            "table" => new TableFormat(),
            "onnx" => new OnnxFormat(),
            "optimizer" => new OptimizerFormat(),
            _ => throw new ArgumentException(
                $"There is no format '{name}'; there are {string.Join(", ", Names)}.",
                nameof(name)
            ),
        };

    private static IEnumerable<byte[]> Recorded(string golden, string folder, string ending) =>
        Directory
            .EnumerateFiles(Path.Combine(golden, folder), $"*{ending}.gz")
            .Order(StringComparer.Ordinal)
            .Select(Unpacked)
            .Where(bytes => bytes.Length <= MaxSeedBytes);

    private static byte[] Unpacked(string path)
    {
        using var stream = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
