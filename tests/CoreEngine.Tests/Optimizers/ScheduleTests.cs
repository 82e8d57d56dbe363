using CoreEngine.Optimizers;

namespace CoreEngine.Tests.Optimizers;

[TestClass]
public sealed class ScheduleTests
{
    [TestMethod]
    public void AFactorIsAppliedAfterEverySoManyUpdates()
    {
        var schedule = new FactorSchedule
        {
            Step = 3,
            Factor = 0.5,
            LowestRate = 0.15,
        };
        AreRates([1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.15, 0.15], schedule, 1);
        Assert.AreEqual(0.15, schedule.Rate(1, long.MaxValue));
    }

    [TestMethod]
    public void APolynomialEndsAtItsLastRate()
    {
        var schedule = new PolynomialSchedule
        {
            LastUpdate = 4,
            Power = 2,
            FinalRate = 0.1,
        };
        AreRates([0.1 + (0.9 * 0.5625), 0.1 + (0.9 * 0.25), 0.1 + (0.9 * 0.0625), 0.1, 0.1], schedule, 1);
    }

    [TestMethod]
    public void ACosineEndsAtItsLastRate()
    {
        var schedule = new CosineSchedule { LastUpdate = 4, FinalRate = 0.2 };
        double half = Math.Sqrt(0.5);
        AreRates([0.2 + (0.4 * (1 + half)), 0.6, 0.2 + (0.4 * (1 - half)), 0.2, 0.2], schedule, 1);
    }

    [TestMethod]
    public void WarmingUpRisesToTheLearningRate()
    {
        var schedule = new CosineSchedule
        {
            LastUpdate = 8,
            WarmUpSteps = 4,
            WarmUpBegin = 0.2,
        };
        AreRates([0.4, 0.6, 0.8, 1], schedule, 1);
        Assert.AreEqual(0.5, schedule.Rate(1, 6), 1e-12);
        Assert.AreEqual(0, schedule.Rate(1, 8), 1e-12);
    }

    private static void AreRates(double[] expected, LearningRateSchedule schedule, double learningRate)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], schedule.Rate(learningRate, i + 1), 1e-12, $"update {i + 1}");
        }
    }
}
