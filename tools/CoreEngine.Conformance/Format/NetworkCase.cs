using System.Text.Json.Serialization;

namespace CoreEngine.Conformance;

/// <summary>A network that the original saved, and what it computed: the content of <c>networks/NAME-case.json</c>.</summary>
public sealed record NetworkCase
{
    /// <summary>The network's name.</summary>
    public required string Network { get; init; }

    /// <summary>The file of the symbol.</summary>
    public required string Symbol { get; init; }

    /// <summary>The file of the parameters.</summary>
    public required string Params { get; init; }

    /// <summary>Names of the arguments, in order.</summary>
    public required string[] Arguments { get; init; }

    /// <summary>Names of the arguments that are trained.</summary>
    public required string[] Parameters { get; init; }

    /// <summary>Names of the auxiliary states, in order.</summary>
    public required string[] Auxiliary { get; init; }

    /// <summary>Names of the results, in order.</summary>
    public required string[] Outputs { get; init; }

    /// <summary>The batch.</summary>
    public required GoldenArray[] Data { get; init; }

    /// <summary>Its labels.</summary>
    public required GoldenArray[] Labels { get; init; }

    /// <summary>Results of a prediction with the saved parameters.</summary>
    public required GoldenArray[] PredictOutputs { get; init; }

    /// <summary>Results of a training pass with the saved parameters.</summary>
    public required GoldenArray[] TrainOutputs { get; init; }

    /// <summary>Gradients of the parameters after that pass.</summary>
    public required GoldenArray[] Grads { get; init; }

    /// <summary>Auxiliary states after that pass.</summary>
    public required GoldenArray[] AuxAfterOneTrainingPass { get; init; }

    /// <summary>How the network was then trained, from the saved parameters again.</summary>
    public required NetworkTraining Sgd { get; init; }

    /// <summary>Parameters after training.</summary>
    [JsonPropertyName("params_after_3_steps")]
    public required GoldenArray[] ParamsAfter3Steps { get; init; }

    /// <summary>Auxiliary states after training.</summary>
    [JsonPropertyName("aux_after_3_steps")]
    public required GoldenArray[] AuxAfter3Steps { get; init; }

    /// <summary>Results of each step.</summary>
    public required GoldenArray[][] OutputsDuringSteps { get; init; }
}
