using System.Text;
using CoreEngine.Optimizers;
using CsCheck;

namespace CoreEngine.Tests.Optimizers;

[TestClass]
public sealed class OptimizerDescriptionTests : EngineTestBase
{
    [TestMethod]
    public void EveryOptimizerComesBackFromItsDescription()
    {
        foreach (string name in OptimizerNames.All)
        {
            using Optimizer optimizer = Optimizer.Create(name);
            optimizer.LearningRate = 0.123456789012345678;
            optimizer.ClipGradient = 1e-300;
            optimizer.MultiPrecision = false;
            optimizer.BeginUpdateCount = 77;
            optimizer.ParameterNames = new Dictionary<int, string> { [-1] = "a\"b", [5] = "conv0_weight" };
            optimizer.WeightDecayMultipliers = new Dictionary<string, double> { ["conv0_weight"] = 0.5 };
            optimizer.LearningRateMultipliers = new Dictionary<string, double> { ["5"] = 3 };
            optimizer.Schedule = new MultiFactorSchedule
            {
                Steps = [3, 7],
                Factor = 0.25,
                WarmUpSteps = 2,
            };
            string json = optimizer.ToJson();
            using Optimizer again = Optimizer.FromJson(json);
            Assert.AreEqual(optimizer.GetType(), again.GetType());
            Assert.AreEqual(json, again.ToJson());
            Assert.AreEqual("a\"b", again.ParameterNames[-1]);
        }
    }

    [TestMethod]
    public void SchedulesComeBackFromTheirDescription()
    {
        LearningRateSchedule[] schedules =
        [
            new FactorSchedule { Step = 10, Factor = 0.9 },
            new PolynomialSchedule { LastUpdate = 9, FinalRate = 0.25 },
            new CosineSchedule { LastUpdate = 9, WarmUpBegin = 0.5 },
        ];
        foreach (LearningRateSchedule schedule in schedules)
        {
            using var optimizer = new Sgd { Schedule = schedule };
            using Optimizer again = Optimizer.FromJson(optimizer.ToJson());
            Assert.AreEqual(schedule, again.Schedule);
        }
    }

    [TestMethod]
    public void WhatIsLeftOutHasItsDefault()
    {
        using Optimizer optimizer = Optimizer.FromJson("""{"optimizer": "Adam", "beta1": 0.5, "lr_scheduler": null}""");
        Adam adam = Assert.IsInstanceOfType<Adam>(optimizer);
        Assert.AreEqual(0.5, adam.Beta1);
        Assert.AreEqual(0.001, adam.LearningRate);
        Assert.IsNull(adam.Schedule);
    }

    [TestMethod]
    [DataRow("", "JSON")]
    [DataRow("[]", "object")]
    [DataRow("{}", "'optimizer'")]
    [DataRow("""{"optimizer": "os.system"}""", "no optimizer 'os.system'")]
    [DataRow("""{"optimizer": "sgd", "beta1": 0.5}""", "'beta1'")]
    [DataRow("""{"optimizer": "sgd", "wd": "0.5"}""", "'wd'")]
    [DataRow("""{"optimizer": "sgd", "wd": 1e999}""", "'wd'")]
    [DataRow("""{"optimizer": "sgd", "momentum": 1.5}""", "Momentum")]
    [DataRow("""{"optimizer": "sgd", "multi_precision": 1}""", "'multi_precision'")]
    [DataRow("""{"optimizer": "sgd", "begin_num_update": 1.5}""", "'begin_num_update'")]
    [DataRow("""{"optimizer": "sgd", "begin_num_update": -1}""", "BeginUpdateCount")]
    [DataRow("""{"optimizer": "sgd", "wd": 1, "wd": 2}""", "JSON")]
    [DataRow("""{"optimizer": "sgd"} {}""", "JSON")]
    [DataRow("""{"optimizer": "sgd", /* why */ "wd": 1}""", "JSON")]
    [DataRow("""{"optimizer": "sgd", "param_idx2name": {"x": "w"}}""", "'x'")]
    [DataRow("""{"optimizer": "sgd", "param_idx2name": {"1": "v", "01": "w"}}""", "'01'")]
    [DataRow("""{"optimizer": "sgd", "lr_mult": {"w": null}}""", "'w'")]
    [DataRow("""{"optimizer": "sgd", "lr_scheduler": {"scheduler": "eval"}}""", "no schedule 'eval'")]
    [DataRow("""{"optimizer": "sgd", "lr_scheduler": {"scheduler": "factor"}}""", "'step'")]
    [DataRow("""{"optimizer": "sgd", "lr_scheduler": {"scheduler": "factor", "step": 0}}""", "Step")]
    [DataRow("""{"optimizer": "sgd", "lr_scheduler": {"scheduler": "poly", "max_update": 9, "x": 1}}""", "'x'")]
    [DataRow("""{"optimizer": "sgd", "lr_scheduler": {"scheduler": "multifactor", "step": [[1]]}}""", "[1]")]
    [DataRow("""{"optimizer": "sgd", "lr_scheduler": {"scheduler": "multifactor", "step": [[[1]]]}}""", "JSON")]
    [DataRow("""{"optimizer": "\ud800"}""", "JSON")]
    [DataRow("""{"optimizer": "sgd", "\ud800": 1}""", "JSON")]
    [DataRow("""{"optimizer": "sgd", "lr_mult": {"\ud800": 1}}""", "JSON")]
    public void AnythingElseIsRefused(string json, string named)
    {
        string message = Assert.Throws<OptimizerDescriptionException>(() => Optimizer.FromJson(json)).Message;
        Assert.Contains(named, message);
    }

    [TestMethod]
    public void SchedulesOfOthersCannotBeDescribed()
    {
        using var optimizer = new Sgd { Schedule = new Halving() };
        Assert.AreEqual(0.5, optimizer.Schedule.Rate(1, 1));
        Assert.Throws<OptimizerDescriptionException>(optimizer.ToJson);
    }

    private sealed record Halving : LearningRateSchedule
    {
        protected override double AfterWarmUp(double learningRate, long update) => learningRate / (update + 1);
    }

    // Descriptions come over networks: whatever the bytes, the answer is an optimizer or the typed error.
    [TestMethod]
    public void DamagedDescriptionsAreRefusedOrRead()
    {
        using var optimizer = new RmsProp
        {
            ClipWeights = 3,
            Schedule = new MultiFactorSchedule { Steps = [3, 7], Factor = 0.25 },
            ParameterNames = new Dictionary<int, string> { [5] = "conv0_weight" },
        };
        byte[] json = Encoding.UTF8.GetBytes(optimizer.ToJson());
        Gen.Select(Gen.Int[0, json.Length - 1], Gen.Byte)
            .Array[1, 4]
            .Sample(
                changes =>
                {
                    byte[] damaged = (byte[])json.Clone();
                    foreach ((int place, byte value) in changes)
                    {
                        damaged[place] = value;
                    }

                    try
                    {
                        Optimizer.FromJson(damaged).Dispose();
                    }
                    catch (OptimizerDescriptionException) { }
                },
                iter: 3000
            );
    }
}
