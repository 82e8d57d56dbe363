using System.Text.Json.Serialization;

namespace CoreEngine.Perf;

/// <summary>One measured line: what we reach, what the peer reaches in the same run, and what was promised.</summary>
/// <param name="Set">The bench set, for example <c>scheduling</c>.</param>
/// <param name="Case">The case inside the set, for example <c>gemm float32 1024x1024x1024</c>.</param>
/// <param name="Threads">Threads that our side may use.</param>
/// <param name="Value">Our number, in <paramref name="Unit"/>.</param>
/// <param name="Unit">The unit of both values, for example <c>M ops/s</c>, <c>GFLOP/s</c>, <c>us</c>.</param>
/// <param name="Peer">What we compare with; null when there is no peer.</param>
/// <param name="PeerValue">The peer's number, in <paramref name="Unit"/>.</param>
/// <param name="Ratio">How many times better we are than the peer: above 1 we win, whatever the unit.</param>
/// <param name="Goal">The ratio that we aim at.</param>
/// <param name="Floor">The ratio below which something is broken.</param>
public sealed record BenchRow(
    [property: JsonPropertyName("set")] string Set,
    [property: JsonPropertyName("case")] string Case,
    [property: JsonPropertyName("threads")] int Threads,
    [property: JsonPropertyName("value")] double Value,
    [property: JsonPropertyName("unit")] string Unit,
    [property: JsonPropertyName("peer")] string? Peer,
    [property: JsonPropertyName("peerValue")] double? PeerValue,
    [property: JsonPropertyName("ratio")] double? Ratio,
    [property: JsonPropertyName("goal")] double? Goal,
    [property: JsonPropertyName("floor")] double? Floor
)
{
    /// <summary>A row whose unit is a rate: more is better, so the ratio is ours over the peer's.</summary>
    public static BenchRow Rate(
        string set,
        string name,
        int threads,
        double value,
        string unit,
        string? peer = null,
        double? peerValue = null,
        double? goal = null,
        double? floor = null
    ) => new(set, name, threads, value, unit, peer, peerValue, value / peerValue, goal, floor);

    /// <summary>A row whose unit is a time or a size: less is better, so the ratio is the peer's over ours.</summary>
    public static BenchRow Cost(
        string set,
        string name,
        int threads,
        double value,
        string unit,
        string? peer = null,
        double? peerValue = null,
        double? goal = null,
        double? floor = null
    ) => new(set, name, threads, value, unit, peer, peerValue, peerValue / value, goal, floor);
}
