using System.Text.Json.Serialization;

namespace CoreEngine.Perf;

/// <summary>A tensor on its way to or from PyTorch.</summary>
/// <param name="Shape">Its shape.</param>
/// <param name="Data">Its float32 elements in row-major order.</param>
internal sealed record TorchArray(
    [property: JsonPropertyName("shape")] int[] Shape,
    [property: JsonPropertyName("data")] byte[] Data
);

/// <summary>What is asked of the process; torch_peer.py says which field belongs to which command.</summary>
internal sealed record TorchRequest([property: JsonPropertyName("command")] string Command)
{
    [JsonPropertyName("case")]
    public int Case { get; init; }

    [JsonPropertyName("threads")]
    public int Threads { get; init; } = 1;

    [JsonPropertyName("repeats")]
    public int Repeats { get; init; }

    [JsonPropertyName("gradients")]
    public bool Gradients { get; init; }

    [JsonPropertyName("setup")]
    public string? Setup { get; init; }

    [JsonPropertyName("body")]
    public string? Body { get; init; }

    [JsonPropertyName("expression")]
    public string? Expression { get; init; }

    [JsonPropertyName("arrays")]
    public Dictionary<string, TorchArray> Arrays { get; init; } = [];
}

/// <summary>What the process answers.</summary>
internal sealed record TorchAnswer
{
    [JsonPropertyName("error")]
    public string? Error { get; init; }

    [JsonPropertyName("version")]
    public string? Version { get; init; }

    [JsonPropertyName("seconds")]
    public double Seconds { get; init; }

    [JsonPropertyName("shape")]
    public int[] Shape { get; init; } = [];

    [JsonPropertyName("data")]
    public byte[] Data { get; init; } = [];
}

[JsonSerializable(typeof(TorchRequest))]
[JsonSerializable(typeof(TorchAnswer))]
internal sealed partial class TorchJson : JsonSerializerContext;
