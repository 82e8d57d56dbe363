using System.Text;
using CoreEngine.Optimizers;
using CoreEngine.Runtime;

namespace CoreEngine.Fuzz;

/// <summary>Descriptions of optimizers.</summary>
internal sealed class OptimizerFormat : JsonFormat
{
    private static readonly string[] s_words =
    [
        .. OptimizerNames.All.Select(name => $"\"{name}\""),
        "\"optimizer\"",
        "\"learning_rate\"",
        "\"momentum\"",
        "\"wd\"",
        "\"clip_gradient\"",
        "\"lr_scheduler\"",
        "\"lr_mult\"",
        "\"param_idx2name\"",
        "\"step\"",
        "{\"step\": 1}",
    ];

    public OptimizerFormat()
        : base([.. Descriptions()], s_words) { }

    /// <inheritdoc/>
    public override string Name => "optimizer";

    /// <inheritdoc/>
    public override object Read(byte[] input, StoragePool pool) => Optimizer.FromJson(input);

    /// <inheritdoc/>
    public override void CheckAccepted(object value, StoragePool pool)
    {
        string written = ((Optimizer)value).ToJson();
        using var back = Optimizer.FromJson(written);
        RequireSame(Encoding.UTF8.GetBytes(written), Encoding.UTF8.GetBytes(back.ToJson()));
    }

    private static IEnumerable<byte[]> Descriptions()
    {
        LearningRateSchedule[] schedules =
        [
            new FactorSchedule { Step = 10, Factor = 0.5 },
            new MultiFactorSchedule { Steps = [3, 7], WarmUpSteps = 2 },
            new PolynomialSchedule { LastUpdate = 100, Power = 2 },
            new CosineSchedule { LastUpdate = 100 },
        ];
        int i = 0;
        foreach (string name in OptimizerNames.All)
        {
            using var optimizer = Optimizer.Create(name);
            optimizer.Schedule = schedules[i++ % schedules.Length];
            optimizer.ClipGradient = 1.5f;
            optimizer.ParameterNames = new Dictionary<int, string> { [0] = "fc_weight", [1] = "fc_bias" };
            optimizer.LearningRateMultipliers = new Dictionary<string, double> { ["fc_bias"] = 2 };
            yield return Encoding.UTF8.GetBytes(optimizer.ToJson());
            yield return Encoding.UTF8.GetBytes($$"""{"optimizer": "{{name}}", "wd": 1e-4}""");
        }
    }
}
