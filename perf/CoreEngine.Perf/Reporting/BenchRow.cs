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
    /// <summary>
    /// Operations per byte that must move at least (inputs read once, outputs written once); rows with it whose unit is
    /// <c>GFLOP/s</c> stand in the roofline.
    /// </summary>
    [JsonPropertyName("intensity")]
    public double? Intensity { get; init; }

    /// <summary>The peer's variant that was best, for example <c>1 thread</c>; null or empty when it has only one.</summary>
    [JsonPropertyName("variant")]
    public string? Variant { get; init; }

    /// <summary>The size of a sweep's case, in elements or as the edge of a square; rows of one sweep make a curve.</summary>
    [JsonPropertyName("size")]
    public double? Size { get; init; }

    /// <summary>What the cases of one sweep have in common, for example <c>sgemm square</c>; null outside sweeps.</summary>
    [JsonPropertyName("sweep")]
    public string? Sweep { get; init; }

    /// <summary>True when another row measures the same case with as many threads against the same peer.</summary>
    public bool IsSameCase(BenchRow other) =>
        (Set, Case, Threads, Peer) == (other.Set, other.Case, other.Threads, other.Peer);

    /// <summary>A measured rate: the work of one call, in <paramref name="unit"/> times seconds, over the times.</summary>
    /// <param name="set">The bench set.</param>
    /// <param name="name">The case.</param>
    /// <param name="threads">Threads that our side may use.</param>
    /// <param name="work">The work of one call: for GFLOP/s the operations times 1e-9, for GB/s the bytes times 1e-9.</param>
    /// <param name="unit">The unit of both rates.</param>
    /// <param name="peer">What we compare with.</param>
    /// <param name="result">What <see cref="Paired"/> measured; its ratio is the row's.</param>
    /// <param name="goal">The ratio that we aim at.</param>
    /// <param name="floor">The ratio below which something is broken.</param>
    public static BenchRow Rate(
        string set,
        string name,
        int threads,
        double work,
        string unit,
        string peer,
        Paired.Result result,
        double? goal = null,
        double? floor = null
    ) =>
        new(set, name, threads, work / result.Ours, unit, peer, work / result.Theirs, result.Ratio, goal, floor)
        {
            Variant = result.Variant,
        };

    /// <summary>A measured time of one call, in microseconds or milliseconds as the unit says.</summary>
    /// <param name="set">The bench set.</param>
    /// <param name="name">The case.</param>
    /// <param name="threads">Threads that our side may use.</param>
    /// <param name="unit"><c>us</c> or <c>ms</c>.</param>
    /// <param name="peer">What we compare with.</param>
    /// <param name="result">What <see cref="Paired"/> measured; its ratio is the row's.</param>
    /// <param name="goal">The ratio that we aim at.</param>
    /// <param name="floor">The ratio below which something is broken.</param>
    /// <exception cref="ArgumentOutOfRangeException">The unit is another one.</exception>
    public static BenchRow Cost(
        string set,
        string name,
        int threads,
        string unit,
        string peer,
        Paired.Result result,
        double? goal = null,
        double? floor = null
    )
    {
        double scale = unit switch
        {
            "us" => 1e6,
            "ms" => 1e3,
            _ => throw new ArgumentOutOfRangeException(nameof(unit), unit, "A measured cost is in us or ms."),
        };
        return new(
            set,
            name,
            threads,
            scale * result.Ours,
            unit,
            peer,
            scale * result.Theirs,
            result.Ratio,
            goal,
            floor
        )
        {
            Variant = result.Variant,
        };
    }

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
