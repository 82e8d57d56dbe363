using System.Text.Json.Serialization;

namespace CoreEngine.Conformance;

/// <summary>What the recorded files of records hold.</summary>
public sealed record RecordsFile
{
    /// <summary>The records of <c>plain.rec</c>.</summary>
    [JsonPropertyName("plain.rec")]
    public required List<byte[]> Plain { get; init; }

    /// <summary>The records of <c>packed.rec</c>.</summary>
    [JsonPropertyName("packed_raw")]
    public required List<byte[]> Packed { get; init; }
}
