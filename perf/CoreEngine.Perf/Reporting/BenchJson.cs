using System.Text.Json.Serialization;

namespace CoreEngine.Perf;

/// <summary>The JSON file's layout: one array of rows.</summary>
[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(BenchRow[]))]
internal sealed partial class BenchJson : JsonSerializerContext;
