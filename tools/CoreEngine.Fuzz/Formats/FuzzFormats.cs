using System.IO.Compression;

namespace CoreEngine.Fuzz;

/// <summary>Every format that is fuzzed.</summary>
internal static class FuzzFormats
{
    /// <summary>Larger recorded files would make the damage too thin and every input slow.</summary>
    private const int MaxSeedBytes = 20_000;

    private static readonly OrderedDictionary<string, Func<string, FuzzFormat>> s_formats = new()
    {
        ["params"] = golden => new ArrayListFormat(
            Recorded(golden, "ndarray", ".nd").Concat(Recorded(golden, "networks", ".params"))
        ),
        ["array"] = _ => new RawArrayFormat(),
        ["npy"] = _ => new NpyFormat(),
        ["npz"] = _ => new NpzFormat(),
        ["safetensors"] = _ => new SafetensorsFormat(),
        ["idx"] = _ => new IdxFormat(),
        ["table"] = _ => new TableFormat(),
        ["symbol"] = golden => new SymbolFormat(
            Recorded(golden, "networks", "-symbol.json"),
            Unpacked(Path.Combine(golden, "inference.json.gz"))
        ),
        ["optimizer"] = _ => new OptimizerFormat(),
        ["onnx"] = _ => new OnnxFormat(),
        ["operators"] = golden => new OperatorFormat([
            .. RecordedCalls.Read(Path.Combine(golden, "ops")),
            .. OwnCalls.All,
        ]),
    };

    /// <summary>The names, in the order in which they run.</summary>
    public static IReadOnlyList<string> Names => [.. s_formats.Keys];

    /// <summary>Makes a format.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="golden">A folder with recorded files, such as <c>tests/golden</c>.</param>
    /// <exception cref="ArgumentException">There is no such format.</exception>
    /// <exception cref="DirectoryNotFoundException">The folder lacks the recorded files.</exception>
    public static FuzzFormat Create(string name, string golden) =>
        s_formats.TryGetValue(name, out Func<string, FuzzFormat>? make)
            ? make(golden)
            : throw new ArgumentException($"There is no format '{name}'; there are {string.Join(", ", Names)}.");

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
