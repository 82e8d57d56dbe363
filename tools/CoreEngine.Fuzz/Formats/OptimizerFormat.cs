using System.Text;
using CoreEngine.Optimizers;
using CoreEngine.Runtime;

namespace CoreEngine.Fuzz;

/// <summary>Descriptions of optimizers, which come over networks.</summary>
internal sealed class OptimizerFormat : FuzzFormat
{
    private static readonly TextMutation s_text = new("\"adam\"", "\"lr_scheduler\"", "\"step\"", "\"wd\"", "\"0\"");

    private readonly ReadOnlyMemory<byte>[][] _texts;

    public OptimizerFormat()
    {
        Seeds = [.. OptimizerNames.All.Select(Describe)];
        _texts = [.. Seeds.Select(seed => TextMutation.Split(seed))];
    }

    /// <inheritdoc/>
    public override string Name => "optimizer";

    /// <inheritdoc/>
    public override IReadOnlyList<byte[]> Seeds { get; }

    /// <inheritdoc/>
    public override byte[] Mutate(int seed, Random random) =>
        random.Next(3) == 0 ? ByteMutation.Apply(Seeds[seed], random) : s_text.Apply(_texts[seed], random);

    /// <inheritdoc/>
    public override object Read(byte[] input, StoragePool pool) => Optimizer.FromJson(input);

    /// <inheritdoc/>
    public override void CheckAccepted(object value, StoragePool pool)
    {
        string json = ((Optimizer)value).ToJson();
        using Optimizer again = Optimizer.FromJson(json);
        RequireSame(Encoding.UTF8.GetBytes(json), Encoding.UTF8.GetBytes(again.ToJson()));
    }

    private static byte[] Describe(string name, int number)
    {
        LearningRateSchedule[] schedules =
        [
            new FactorSchedule { Step = 10, Factor = 0.5 },
            new MultiFactorSchedule { Steps = [5, 10, 20], WarmUpSteps = 2 },
            new PolynomialSchedule { LastUpdate = 100 },
            new CosineSchedule { LastUpdate = 100, FinalRate = 0.001 },
        ];
        using Optimizer optimizer = Optimizer.Create(name);
        optimizer.Schedule = schedules[number % schedules.Length];
        optimizer.ParameterNames = new Dictionary<int, string> { [0] = "fc_weight", [1] = "fc_bias" };
        optimizer.WeightDecayMultipliers = new Dictionary<string, double> { ["fc_bias"] = 0.5 };
        optimizer.LearningRateMultipliers = new Dictionary<string, double> { ["1"] = 2 };
        return Encoding.UTF8.GetBytes(optimizer.ToJson());
    }
}
