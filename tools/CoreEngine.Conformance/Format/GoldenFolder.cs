using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace CoreEngine.Conformance;

/// <summary>
/// A folder of recorded results, such as <c>tests/golden</c>. Every file may be there as it is or compressed under its
/// name plus <c>.gz</c>; names given to this class never carry the <c>.gz</c>.
/// </summary>
public sealed class GoldenFolder
{
    private const string Compressed = ".gz";

    /// <summary>Opens a folder.</summary>
    /// <exception cref="GoldenDataException">There is no such folder, or it holds no operator cases.</exception>
    public GoldenFolder(string path)
    {
        Path = System.IO.Path.GetFullPath(path);
        if (!Directory.Exists(Path))
        {
            throw new GoldenDataException(
                $"There is no folder '{Path}'. Give a folder with golden data, for example tests/golden of a checkout."
            );
        }

        OperatorNames = Names("ops", ".json");
        if (OperatorNames.Count == 0)
        {
            throw new GoldenDataException(
                $"'{Path}' holds no operator cases: files ops/NAME.json or ops/NAME.json.gz are expected below it."
            );
        }
    }

    /// <summary>The folder's full path.</summary>
    public string Path { get; }

    /// <summary>Operators with recorded cases, in alphabetical order.</summary>
    public IReadOnlyList<string> OperatorNames { get; }

    /// <summary>True when a file is there, plain or compressed.</summary>
    public bool Exists(string name) => File.Exists(Full(name)) || File.Exists(Full(name) + Compressed);

    /// <summary>The names (without folder, with <paramref name="extension"/> cut off) of one sub-folder's files.</summary>
    public IReadOnlyList<string> Names(string folder, string extension)
    {
        string directory = Full(folder);
        if (!Directory.Exists(directory))
        {
            return [];
        }

        return
        [
            .. Directory
                .EnumerateFiles(directory)
                .Select(file => System.IO.Path.GetFileName(file))
                .Select(file => file.EndsWith(Compressed, StringComparison.Ordinal) ? file[..^Compressed.Length] : file)
                .Where(file => file.EndsWith(extension, StringComparison.Ordinal))
                .Select(file => file[..^extension.Length])
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>Opens a file for reading; the caller disposes the stream.</summary>
    /// <exception cref="GoldenDataException">The file is not there.</exception>
    public Stream OpenRead(string name)
    {
        string plain = Full(name);
        if (File.Exists(plain))
        {
            return File.OpenRead(plain);
        }

        if (File.Exists(plain + Compressed))
        {
            return new GZipStream(File.OpenRead(plain + Compressed), CompressionMode.Decompress);
        }

        throw new GoldenDataException($"The golden file '{name}' is missing from '{Path}' (plain or as .gz).");
    }

    /// <summary>The whole content of a file, decompressed.</summary>
    /// <exception cref="GoldenDataException">The file is missing or its compression is damaged.</exception>
    public byte[] ReadBytes(string name)
    {
        using Stream stream = OpenRead(name);
        using var copy = new MemoryStream();
        try
        {
            stream.CopyTo(copy);
        }
        catch (InvalidDataException error)
        {
            throw Damaged(name, error);
        }

        return copy.ToArray();
    }

    /// <summary>All recorded cases of one operator.</summary>
    /// <exception cref="GoldenDataException">The file is missing or damaged.</exception>
    public OperatorCases ReadOperator(string name) =>
        ReadJson($"ops/{name}.json", ConformanceJson.Default.OperatorCases);

    /// <summary>Other names of operators, each with the canonical name it stands for.</summary>
    /// <exception cref="GoldenDataException">The file is missing or damaged.</exception>
    public IReadOnlyDictionary<string, string> ReadAliases() =>
        ReadJson("aliases.json", ConformanceJson.Default.AliasFile).Aliases;

    /// <summary>Calls that must be refused, and odd ones that must not.</summary>
    /// <exception cref="GoldenDataException">The file is missing or damaged.</exception>
    public ErrorCases ReadErrors() => ReadJson("errors.json", ConformanceJson.Default.ErrorCases);

    /// <summary>The arrays that each file of <c>ndarray/</c> holds, by file name.</summary>
    /// <exception cref="GoldenDataException">The file is missing or damaged.</exception>
    public IReadOnlyDictionary<string, ArrayFile> ReadArrayFiles() =>
        ReadJson("ndarray/expected.json", ConformanceJson.Default.DictionaryStringArrayFile);

    /// <summary>Reads any JSON file of the folder with source-generated metadata.</summary>
    /// <exception cref="GoldenDataException">The file is missing or damaged.</exception>
    public T ReadJson<T>(string name, JsonTypeInfo<T> type)
    {
        using Stream stream = OpenRead(name);
        try
        {
            return JsonSerializer.Deserialize(stream, type)
                ?? throw new GoldenDataException($"The golden file '{name}' in '{Path}' is empty.");
        }
        catch (Exception error) when (error is JsonException or InvalidDataException)
        {
            throw Damaged(name, error);
        }
    }

    private GoldenDataException Damaged(string name, Exception error) =>
        new($"The golden file '{name}' in '{Path}' is damaged: {error.Message} Restore it from the repository.", error);

    private string Full(string name) => System.IO.Path.Combine(Path, name);
}
