namespace CoreEngine.Kernels.Tests;

[TestClass]
public sealed unsafe class CountSketchTests
{
    [TestMethod]
    [DataRow(DType.Float32)]
    [DataRow(DType.Float64)]
    public void BothDirectionsAgreeWithTheDefinition(DType dtype)
    {
        foreach (
            (long rows, long length, long width) in new (long, long, long)[] { (1, 1, 1), (3, 7, 4), (70, 300, 90) }
        )
        {
            foreach (bool accumulate in new[] { false, true })
            {
                var random = new Random((int)length);
                using Native x = Native.Of(dtype, Values.Random(1, dtype, (int)(rows * length)));
                using Native y = Native.Of(dtype, Values.Random(2, dtype, (int)(rows * width)), 1);
                using Native dx = Native.Of(dtype, Values.Random(3, dtype, (int)(rows * length)), 1);
                using Native signs = Native.Of(
                    dtype,
                    [.. Enumerable.Range(0, (int)length).Select(_ => (random.Next(2) * 2) - 1.0)]
                );
                using Native places = Native.Of(
                    DType.Int64,
                    [.. Enumerable.Range(0, (int)length).Select(_ => (double)random.Next((int)width))]
                );
                double[] expected = accumulate ? y.ToArray() : new double[rows * width];
                double[] collected = accumulate ? dx.ToArray() : new double[rows * length];
                for (long i = 0; i < rows * length; i++)
                {
                    long to = (i / length * width) + (long)places[i % length];
                    expected[to] += signs[i % length] * x[i];
                }

                CountSketch.Project(
                    dtype,
                    rows,
                    length,
                    width,
                    x.Pointer,
                    (long*)places.Pointer,
                    signs.Pointer,
                    y.Pointer,
                    accumulate
                );
                for (long i = 0; i < rows * length; i++)
                {
                    collected[i] += signs[i % length] * y[(i / length * width) + (long)places[i % length]];
                }

                CountSketch.Collect(
                    dtype,
                    rows,
                    length,
                    width,
                    y.Pointer,
                    (long*)places.Pointer,
                    signs.Pointer,
                    dx.Pointer,
                    accumulate
                );
                double bound = dtype == DType.Float32 ? 1e-4 : 1e-12;
                for (int i = 0; i < expected.Length; i++)
                {
                    Assert.AreEqual(expected[i], y[i], bound, $"{rows} x {length}: {i}");
                }

                for (int i = 0; i < collected.Length; i++)
                {
                    Assert.AreEqual(collected[i], dx[i], bound, $"{rows} x {length}, collected: {i}");
                }
            }
        }
    }
}
