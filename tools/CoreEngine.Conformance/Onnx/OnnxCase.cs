namespace CoreEngine.Conformance;

/// <summary>A model with inputs and the outputs that it must give, in a folder as ONNX's own tests have it.</summary>
/// <param name="Name">The folder's name below the root, with '/'.</param>
/// <param name="Folder">The folder.</param>
public sealed record OnnxCase(string Name, string Folder)
{
    /// <summary>The model's file.</summary>
    public string ModelPath => Path.Combine(Folder, "model.onnx");

    /// <summary>The folders with inputs and outputs.</summary>
    public IReadOnlyList<string> DataSets =>
        [.. Directory.EnumerateDirectories(Folder, "test_data_set_*").Order(StringComparer.Ordinal)];

    /// <summary>The cases below a folder, ordered by name.</summary>
    /// <exception cref="GoldenDataException">There is no such folder, or no case in it.</exception>
    public static IReadOnlyList<OnnxCase> FindAll(string root)
    {
        if (!Directory.Exists(root))
            throw new GoldenDataException($"There is no folder {root}.");
        OnnxCase[] cases =
        [
            .. Directory
                .EnumerateFiles(root, "model.onnx", SearchOption.AllDirectories)
                .Select(model => Path.GetDirectoryName(model)!)
                .Select(folder => new OnnxCase(Path.GetRelativePath(root, folder).Replace('\\', '/'), folder))
                .OrderBy(found => found.Name, StringComparer.Ordinal),
        ];
        return cases.Length > 0 ? cases : throw new GoldenDataException($"No folder below {root} holds a model.onnx.");
    }

    /// <summary>The tensors of a data set, in order: <c>input_0.pb</c> ... or <c>output_0.pb</c> ...</summary>
    /// <param name="dataSet">One of <see cref="DataSets"/>.</param>
    /// <param name="kind">"input" or "output".</param>
    public static IReadOnlyList<string> Tensors(string dataSet, string kind)
    {
        var files = new List<string>();
        while (Path.Combine(dataSet, $"{kind}_{files.Count}.pb") is var file && File.Exists(file))
        {
            files.Add(file);
        }

        return files;
    }
}
