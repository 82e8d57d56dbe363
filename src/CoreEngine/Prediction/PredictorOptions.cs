using CoreEngine.Graphs;

namespace CoreEngine;

/// <summary>How a <see cref="Predictor"/> is made.</summary>
public sealed record PredictorOptions
{
    private static readonly Dictionary<string, DType> s_noTypes = [];

    /// <summary>Where it runs.</summary>
    public Device Device { get; init; } = Device.Cpu();

    /// <summary>
    /// Names of the results that are wanted instead of the model's own, which may lie inside: <c>NODE_OUTPUT</c>, as
    /// <see cref="Symbol.Internals"/> lists them. What only other results need is not computed.
    /// </summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];

    /// <summary>Types of inputs, by name; what parameters do not decide is float32.</summary>
    public IReadOnlyDictionary<string, DType> Types { get; init; } = s_noTypes;

    /// <summary>The passes that make the computation cheaper. <see cref="GraphPasses.Exact"/> keeps every bit.</summary>
    public GraphPasses Passes { get; init; } = GraphPasses.All;
}
