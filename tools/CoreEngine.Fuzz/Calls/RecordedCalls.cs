using System.IO.Compression;
using System.Text.Json;

namespace CoreEngine.Fuzz;

/// <summary>The calls of the recorded results of operators, without their values.</summary>
internal static class RecordedCalls
{
    private const string Ending = ".json.gz";

    /// <summary>Larger arrays would make every call slow.</summary>
    private const long MaxElements = 20_000;

    /// <summary>Reads the recorded calls, one for each operator, set of attributes, shapes and types.</summary>
    /// <param name="folder">The folder with a file for each operator.</param>
    public static IReadOnlyList<OperatorCall> Read(string folder) =>
        [
            .. Directory
                .EnumerateFiles(folder, "*" + Ending)
                .Order(StringComparer.Ordinal)
                .SelectMany(ReadFile)
                .DistinctBy(call => call.ToString()),
        ];

    private static IEnumerable<OperatorCall> ReadFile(string file)
    {
        using var stream = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
        using var document = JsonDocument.Parse(stream);
        string op = document.RootElement.GetProperty("op").GetString()!;
        return
        [
            .. document
                .RootElement.GetProperty("cases")
                .EnumerateArray()
                .Where(IsValid)
                .Select(one => Call(op, one))
                .Where(call => call.Arguments.All(argument => argument.Shape.Size <= MaxElements)),
        ];
    }

    /// <summary>Calls that the original refuses are no seeds.</summary>
    private static bool IsValid(JsonElement one) =>
        Text(one, "mode") != "error"
        && Arrays(one).All(array => array.TryGetProperty("shape", out JsonElement shape) && shape.GetArrayLength() > 0);

    private static OperatorCall Call(string op, JsonElement one)
    {
        return new OperatorCall(
            op,
            Text(one, "mode") is null ? CallWay.Recorded
                : one.TryGetProperty("out_preallocated", out JsonElement given) && given.GetBoolean() ? CallWay.Given
                : CallWay.Direct,
            one.TryGetProperty("is_train", out JsonElement training) && training.GetBoolean(),
            [
                .. one.GetProperty("attrs")
                    .EnumerateObject()
                    .Select(pair => KeyValuePair.Create(pair.Name, pair.Value.GetString()!)),
            ],
            [.. Arrays(one).Select(Argument)]
        );
    }

    private static CallArgument Argument(JsonElement array)
    {
        DType dtype = DTypes.TryParse(Text(array, "dtype"), out DType found) ? found : DType.Float32;
        string name = Text(array, "name") ?? "";
        return new CallArgument(
            dtype,
            new Shape([.. array.GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt64())]),
            // Places and labels must exist, or what is recorded would be refused.
            !dtype.IsFloat()
            || name.Contains("ind", StringComparison.Ordinal)
            || name.Contains("label", StringComparison.Ordinal)
                ? CallValues.Zero
                : CallValues.Unit,
            Text(array, "grad_req") switch
            {
                "write" => GradientRequest.Write,
                "add" => GradientRequest.Add,
                _ => GradientRequest.Null,
            },
            Text(array, "stype") switch
            {
                "row_sparse" => StorageType.RowSparse,
                "csr" => StorageType.Csr,
                _ => StorageType.Default,
            }
        );
    }

    private static IEnumerable<JsonElement> Arrays(JsonElement one)
    {
        foreach (string list in new[] { "inputs", "aux" })
        {
            if (one.TryGetProperty(list, out JsonElement arrays))
            {
                foreach (JsonElement array in arrays.EnumerateArray())
                {
                    yield return array;
                }
            }
        }
    }

    private static string? Text(JsonElement element, string property) =>
        element.TryGetProperty(property, out JsonElement value) ? value.GetString() : null;
}
