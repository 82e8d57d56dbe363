using System.Text.Json;

namespace CoreEngine.Abi;

/// <summary>The list of the C functions, from which everything else is written.</summary>
public static class AbiList
{
    /// <summary>Where the list stands in the repository.</summary>
    public const string Path = "src/CoreEngine.CApi/Abi/functions.json";

    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web);

    /// <summary>Reads the list.</summary>
    /// <param name="root">The folder of the repository.</param>
    public static IReadOnlyList<AbiFunction> Read(string root)
    {
        using FileStream stream = File.OpenRead(System.IO.Path.Combine(root, Path));
        return JsonSerializer.Deserialize<AbiFunction[]>(stream, s_options)
            ?? throw new InvalidDataException($"{Path} holds no list of functions.");
    }

    /// <summary>Everything that follows from the list: paths in the repository and their contents.</summary>
    public static IReadOnlyDictionary<string, string> Outputs(IReadOnlyList<AbiFunction> functions) =>
        new Dictionary<string, string>
        {
            ["src/CoreEngine.CApi/Exports.g.cs"] = ExportsWriter.Write(functions),
            ["native/include/coreengine.h"] = HeaderWriter.Write(functions),
            ["native/loader/exports.inc"] = LoaderTableWriter.Write(functions),
            ["tests/CoreEngine.CApi.Tests/Clients/zero_arguments.inc"] = ClientTableWriter.WriteZeroArguments(
                functions
            ),
        };
}
