namespace CoreEngine.Tests.Execution;

/// <summary>Strides beyond the data: only the first window counts, and no memory is laid out for the rest.</summary>
[TestClass]
public sealed class LongStrideTests : EngineTestBase
{
    [TestMethod]
    [DataRow("Pooling")]
    [DataRow("Pooling_v1")]
    [DataRow("Convolution")]
    public void GiveTheWindowsOfStridesAsLongAsTheData(string name)
    {
        using var scope = new ArrayScope();
        NDArray data = NDArray.Arange(0, 72).Reshape(1, 2, 6, 6);
        NDArray[] inputs = name == "Convolution" ? [data, NDArray.Ones([3, 2, 2, 2])] : [data];
        float[] Run(string stride)
        {
            var attributes = new Dictionary<string, string> { ["kernel"] = "(2,2)", ["stride"] = stride };
            if (name == "Convolution")
                (attributes["num_filter"], attributes["no_bias"]) = ("3", "True");
            else
                attributes["pool_type"] = "max";
            return Imperative.Invoke(name, inputs, attributes)[0].ToArray<float>();
        }

        CollectionAssert.AreEqual(Run("(2,6)"), Run("(2,2147483647)"));
    }
}
