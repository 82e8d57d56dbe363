using CoreEngine.Tests;

namespace CoreEngine.Fuzz.Tests;

/// <summary>A few thousand inputs of what <c>./build.sh fuzz</c> reads by the million.</summary>
[TestClass]
public sealed class FuzzSliceTests
{
    private const int Inputs = 3_000;
    private const int Calls = 6_000;
    private const int Seed = 20_251;

    public static IEnumerable<object[]> Formats => FuzzFormats.Names.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Formats))]
    public void ReadersBearDamage(string name)
    {
        FuzzFormat format = FuzzFormats.Create(name, Checkout.GoldenData);
        int inputs = format is OperatorFormat ? Calls : Inputs;
        FuzzResult result = new FuzzRunner(format, Seed).Run(0, inputs);
        foreach (FuzzFailure failure in result.Failures)
        {
            Assert.Fail(
                $"{name}: input {failure.Number} of seed {Seed} {failure.Problem}\n{Convert.ToHexString(failure.Input)}"
            );
        }

        Assert.AreEqual(inputs, result.Inputs);
        Assert.IsGreaterThanOrEqualTo(format.Seeds.Count, result.Accepted);
        Assert.IsGreaterThan(5, result.RefusalKinds);
    }

    [TestMethod]
    [DynamicData(nameof(Formats))]
    public void InputsDependOnTheirNumberAlone(string name)
    {
        FuzzFormat format = FuzzFormats.Create(name, Checkout.GoldenData);
        FuzzFormat again = FuzzFormats.Create(name, Checkout.GoldenData);
        var forward = new FuzzRunner(format, Seed);
        var backward = new FuzzRunner(again, Seed);
        byte[][] inputs = [.. Enumerable.Range(0, 200).Select(i => forward.Input(i))];
        for (int i = inputs.Length - 1; i >= 0; i--)
        {
            CollectionAssert.AreEqual(inputs[i], backward.Input(i));
        }

        var other = new FuzzRunner(format, Seed + 1);
        int same = Enumerable.Range(format.Seeds.Count, 100).Count(i => forward.Input(i).SequenceEqual(other.Input(i)));
        Assert.IsLessThan(50, same);
    }
}
