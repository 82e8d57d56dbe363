namespace CoreEngine.Tests.Execution;

/// <summary>Where random numbers begin, and when they repeat.</summary>
[TestClass]
public sealed class RandomStateTests : EngineTestBase
{
    [TestMethod]
    public void The_same_seed_gives_the_same_numbers()
    {
        RandomState.Seed(5);
        string first = Draw();
        string second = Draw();
        RandomState.Seed(5);
        Assert.AreEqual(first, Draw());
        Assert.AreEqual(second, Draw());
        Assert.AreNotEqual(first, second);
    }

    [TestMethod]
    public void Seeds_of_the_system_differ()
    {
        string[] drawn = new string[8];
        for (int i = 0; i < drawn.Length; i++)
        {
            RandomState.SeedFromSystem();
            drawn[i] = Draw();
        }

        Assert.AreEqual(drawn.Length, drawn.Distinct().Count());
    }

    private static string Draw()
    {
        using NDArray numbers = NDArray.RandomUniform(0, 1, [4]);
        return string.Join(' ', numbers.ToArray<float>());
    }
}
