using System.Text.Json;

namespace CoreEngine.Conformance;

/// <summary>The content of <c>frontend/optimizers.json</c>.</summary>
/// <param name="Optimizers">Weights after each of some updates.</param>
/// <param name="Schedulers">Learning rates of the first updates.</param>
public sealed record OptimizerRecordings(
    IReadOnlyList<OptimizerRecording> Optimizers,
    IReadOnlyList<ScheduleRecording> Schedulers
);

/// <summary>One optimizer and what it did to one weight.</summary>
/// <param name="Optimizer">Its name.</param>
/// <param name="Params">Its hyperparameters.</param>
/// <param name="Weight">The weight at the start; null where the original could not run the optimizer.</param>
/// <param name="Steps">The updates.</param>
public sealed record OptimizerRecording(
    string Optimizer,
    IReadOnlyDictionary<string, JsonElement> Params,
    GoldenArray? Weight,
    IReadOnlyList<OptimizerStep>? Steps
);

/// <summary>One update.</summary>
/// <param name="Grad">The gradient.</param>
/// <param name="Weight">The weight afterwards.</param>
public sealed record OptimizerStep(GoldenArray Grad, GoldenArray Weight);

/// <summary>One learning-rate schedule.</summary>
/// <param name="Scheduler">Its name.</param>
/// <param name="BaseLr">The learning rate at the start.</param>
/// <param name="Rates">The rates of the updates 1, 2, ...</param>
public sealed record ScheduleRecording(
    string Scheduler,
    double BaseLr,
    [property: System.Text.Json.Serialization.JsonPropertyName("num_update_1_to_15")] IReadOnlyList<double> Rates
);
