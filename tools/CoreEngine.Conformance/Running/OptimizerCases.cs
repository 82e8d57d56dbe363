using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace CoreEngine.Conformance;

/// <summary>The recorded optimizers and learning-rate schedules.</summary>
internal sealed class OptimizerCases
{
    internal const string File = "frontend/optimizers.json";

    private const string Group = "(optimizers)";
    private const double RateTolerance = 1e-12;

    /// <summary>
    /// The recording names the schedules but not their parameters; these are the only ones that give the recorded rates.
    /// </summary>
    private static readonly Dictionary<string, string> s_schedules = new()
    {
        ["factor"] = """{"scheduler": "factor", "step": 3, "factor": 0.5, "stop_factor_lr": 0.02}""",
        ["multifactor"] = """{"scheduler": "multifactor", "step": [2, 5, 9], "factor": 0.3}""",
    };

    /// <summary>
    /// The original's nag does what its sgd does: the way by which updates reach it goes past its own rule. All recorded
    /// steps are sgd's.
    /// </summary>
    private static readonly Dictionary<string, string> s_recordedAs = new() { ["nag"] = "sgd" };

    /// <summary>
    /// The operators of these leave the rescaled, decayed gradient in the array, and the recording holds that.
    /// </summary>
    private static readonly HashSet<string> s_decayedGradients = ["adam", "rmsprop"];

    private readonly GoldenFolder _folder;
    private readonly ICaseExecutor _executor;

    internal OptimizerCases(GoldenFolder folder, ICaseExecutor executor)
    {
        _folder = folder;
        _executor = executor;
    }

    /// <summary>Names of the cases, and what checks each.</summary>
    internal IEnumerable<(string Group, string Id, Func<Comparison> Check)> All()
    {
        if (!_folder.Exists(File))
        {
            yield break;
        }

        OptimizerRecordings recorded = _folder.ReadJson(File, ConformanceJson.Default.OptimizerRecordings);
        for (int i = 0; i < recorded.Optimizers.Count; i++)
        {
            OptimizerRecording one = recorded.Optimizers[i];
            // What the original could not run has no results.
            if (one is { Weight: { } weight, Steps: { } steps })
            {
                yield return (Group, $"{Group}/{i} {one.Optimizer}", () => CheckOptimizer(one, weight, steps));
            }
        }

        foreach (ScheduleRecording one in recorded.Schedulers)
        {
            yield return (Group, $"{Group}/schedule {one.Scheduler}", () => CheckSchedule(one));
        }
    }

    private Comparison CheckOptimizer(
        OptimizerRecording recorded,
        GoldenArray weight,
        IReadOnlyList<OptimizerStep> steps
    )
    {
        IReadOnlyList<DenseArray> weights = _executor.Optimize(
            Description(recorded),
            weight,
            [.. steps.Select((step, i) => Gradient(recorded, step.Grad, i == 0 ? weight : steps[i - 1].Weight))]
        );
        double largest = 0;
        for (int i = 0; i < steps.Count; i++)
        {
            DenseArray expected = steps[i].Weight.ToDense();
            Tolerance tolerance = Tolerance.For(expected.Dtype);
            Comparison step = Comparison.Of($"the weight after update {i + 1}", expected, weights[i], tolerance);
            largest = Math.Max(largest, step.LargestError);
            if (step.Mismatch is not null)
            {
                return new(largest, step.Mismatch);
            }
        }

        return new(largest, null);
    }

    /// <summary>The gradient as it was before the update.</summary>
    private static GoldenArray Gradient(OptimizerRecording recorded, GoldenArray gradient, GoldenArray weight)
    {
        if (!s_decayedGradients.Contains(recorded.Optimizer))
        {
            return gradient;
        }

        float decay = Number(recorded, "wd", 0);
        float rescale = Number(recorded, "rescale_grad", 1);
        float[] values = gradient.ToDense().As<float>().ToArray();
        ReadOnlySpan<float> weights = weight.ToDense().As<float>();
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (values[i] - (decay * weights[i])) / rescale;
        }

        return gradient with
        {
            Data = MemoryMarshal.AsBytes<float>(values).ToArray(),
        };
    }

    private static float Number(OptimizerRecording recorded, string name, float otherwise) =>
        recorded.Params.TryGetValue(name, out JsonElement value) ? value.GetSingle() : otherwise;

    private Comparison CheckSchedule(ScheduleRecording recorded)
    {
        if (!s_schedules.TryGetValue(recorded.Scheduler, out string? schedule))
        {
            throw new GoldenDataException(
                $"The parameters of the recorded schedule '{recorded.Scheduler}' are not known."
            );
        }

        string description =
            $$"""{"optimizer": "sgd", "learning_rate": {{recorded.BaseLr:R}}, "lr_scheduler": {{schedule}}}""";
        IReadOnlyList<double> rates = _executor.LearningRates(description, recorded.Rates.Count);
        double largest = 0;
        for (int i = 0; i < rates.Count; i++)
        {
            double error = Math.Abs(rates[i] - recorded.Rates[i]) / recorded.Rates[i];
            largest = Math.Max(largest, error);
            if (!(error <= RateTolerance))
            {
                return new(largest, $"the rate of update {i + 1} is {rates[i]}, {recorded.Rates[i]} was recorded");
            }
        }

        return new(largest, null);
    }

    /// <summary>The recorded hyperparameters have the names that descriptions use.</summary>
    private static string Description(OptimizerRecording recorded)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString(
                "optimizer",
                s_recordedAs.TryGetValue(recorded.Optimizer, out string? actual) ? actual : recorded.Optimizer
            );
            foreach ((string name, JsonElement value) in recorded.Params)
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
