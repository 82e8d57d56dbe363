namespace CoreEngine.Tests.Executors;

/// <summary>Comparison of float32 arrays whose sums may have been taken in another order.</summary>
internal static class Close
{
    private const float Tolerance = 2e-5f;

    internal static void AreEqual(NDArray expected, NDArray actual, string what)
    {
        float[] x = expected.ToArray<float>();
        float[] y = actual.ToArray<float>();
        Assert.HasCount(x.Length, y, what);
        float scale = Math.Max(1, x.Max(Math.Abs));
        for (int i = 0; i < x.Length; i++)
        {
            bool isClose = x[i].Equals(y[i]) || Math.Abs(x[i] - y[i]) <= Tolerance * scale;
            Assert.IsTrue(isClose, $"{what}[{i}]: {y[i]}, expected {x[i]}");
        }
    }
}
