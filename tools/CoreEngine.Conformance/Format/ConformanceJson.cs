using System.Text.Json;
using System.Text.Json.Serialization;

namespace CoreEngine.Conformance;

/// <summary>JSON metadata of every golden file, generated at build time: no reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(DTypeConverter)]
)]
[JsonSerializable(typeof(OperatorCases))]
[JsonSerializable(typeof(ErrorCases))]
[JsonSerializable(typeof(AliasFile))]
[JsonSerializable(typeof(NetworkCase))]
[JsonSerializable(typeof(OptimizerRecordings))]
[JsonSerializable(typeof(Dictionary<string, ArrayFile>))]
[JsonSerializable(typeof(List<InferenceCase>))]
[JsonSerializable(typeof(List<StoreRecording>))]
[JsonSerializable(typeof(List<IteratorRecording>))]
[JsonSerializable(typeof(RecordsFile))]
[JsonSerializable(typeof(List<CompressionRecording>))]
public sealed partial class ConformanceJson : JsonSerializerContext;

/// <summary>Reads and writes element types by name.</summary>
internal sealed class DTypeConverter : JsonConverter<DType>
{
    public override DType Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string? name = reader.GetString();
        return DTypes.TryParse(name, out DType dtype)
            ? dtype
            : throw new JsonException($"'{name}' is not an element type.");
    }

    public override void Write(Utf8JsonWriter writer, DType value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Name());
}
