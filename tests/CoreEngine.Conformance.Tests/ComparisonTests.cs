using System.Runtime.InteropServices;
using CsCheck;

namespace CoreEngine.Conformance.Tests;

[TestClass]
public sealed class ComparisonTests
{
    private static readonly Tolerance s_float32 = Tolerance.For(DType.Float32);

    [TestMethod]
    public void AgreesExactlyWhenEveryValueIsWithinTheTolerance() =>
        Gen.Select(Gen.Double[-1e3, 1e3], Gen.Double[-1e-3, 1e-3])
            .Sample(
                (expected, delta) =>
                {
                    double actual = expected + delta;
                    double distance = Math.Abs(actual - expected);
                    double allowed = s_float32.Absolute + s_float32.Relative * Math.Abs(expected);
                    bool agrees = Of([expected], [actual], s_float32).Mismatch is null;
                    // On the border rounding decides.
                    return agrees == (distance <= allowed) || Math.Abs(distance - allowed) < 1e-9 * allowed;
                },
                iter: 2000
            );

    [TestMethod]
    public void NanAgreesWithNanAndInfinityWithItsOwnSign()
    {
        double[] special = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0.0];
        foreach (double expected in special)
        {
            foreach (double actual in special)
            {
                bool same = expected.Equals(actual);
                Assert.AreEqual(same, Of([expected], [actual], s_float32).Mismatch is null, $"{expected} {actual}");
            }
        }

        Assert.IsNull(Of([0.0], [-0.0], default).Mismatch);
    }

    [TestMethod]
    public void IntegersAreExactBeyondDoublePrecision()
    {
        long big = (1L << 53) + 1;
        Assert.IsNotNull(OfLong(big, big - 1).Mismatch);
        Assert.IsNull(OfLong(big, big).Mismatch);
    }

    [TestMethod]
    public void ShapesAndTypesMustAgree()
    {
        DenseArray floats = Doubles([1, 2, 3, 4], 4);
        Assert.Contains("shape", Comparison.Of("x", floats, Doubles([1, 2, 3, 4], 2, 2), s_float32).Mismatch!);
        var bytes = new DenseArray(DType.UInt8, [4], [1, 2, 3, 4]);
        Assert.Contains("uint8", Comparison.Of("x", floats, bytes, s_float32).Mismatch!);
    }

    [TestMethod]
    public void TheMessageNamesTheWorstElement()
    {
        Comparison comparison = Of([1, 1, 1], [1, 3, 2], s_float32);
        Assert.Contains("x[1] is 3", comparison.Mismatch!);
        Assert.IsGreaterThan(1.0, comparison.LargestError);
    }

    [TestMethod]
    public void SparseArraysBecomeDense()
    {
        var rows = new GoldenArray
        {
            Name = "rows",
            Shape = [3, 2],
            Stype = "row_sparse",
            Data = Bytes<float>([1, 2]),
            Indices = Bytes<long>([1]),
        };
        CollectionAssert.AreEqual(new float[] { 0, 0, 1, 2, 0, 0 }, rows.ToDense().As<float>().ToArray());
        var csr = new GoldenArray
        {
            Name = "csr",
            Shape = [2, 3],
            Stype = "csr",
            Data = Bytes<float>([5, 6, 7]),
            Indices = Bytes<long>([2, 0, 1]),
            Indptr = Bytes<long>([0, 2, 3]),
        };
        CollectionAssert.AreEqual(new float[] { 6, 0, 5, 0, 7, 0 }, csr.ToDense().As<float>().ToArray());
        GoldenArray outside = csr with { Indices = Bytes<long>([2, 0, 3]) };
        Assert.Contains("column number 3", Assert.ThrowsExactly<GoldenDataException>(outside.ToDense).Message);
        GoldenArray cut = rows with { Data = Bytes<float>([1]) };
        Assert.ThrowsExactly<GoldenDataException>(cut.ToDense);
    }

    [TestMethod]
    public void StatisticsTellAWrongDistribution()
    {
        var random = new Random(1);
        double[] uniform = [.. Enumerable.Range(0, 20_000).Select(_ => random.NextDouble())];
        double[] shifted = [.. uniform.Select(x => x + 0.1)];
        double[] narrow = [.. uniform.Select(x => 0.5 + 0.5 * (x - 0.5))];
        var expected = new OutputStatistics(
            DType.Float64,
            [20_000],
            20_000,
            [0.5],
            [1.0 / 12],
            [0.02],
            [0.01],
            0,
            1,
            null
        );
        Assert.IsNull(StatisticsCheck.Mismatch("x", expected, Doubles(uniform, 20_000)));
        Assert.Contains("mean", StatisticsCheck.Mismatch("x", expected, Doubles(shifted, 20_000))!);
        Assert.Contains("variance", StatisticsCheck.Mismatch("x", expected, Doubles(narrow, 20_000))!);
    }

    private static Comparison Of(double[] expected, double[] actual, Tolerance tolerance) =>
        Comparison.Of("x", Doubles(expected, expected.Length), Doubles(actual, actual.Length), tolerance);

    private static Comparison OfLong(long expected, long actual) =>
        Comparison.Of(
            "x",
            new DenseArray(DType.Int64, [1], Bytes<long>([expected])),
            new DenseArray(DType.Int64, [1], Bytes<long>([actual])),
            default
        );

    private static DenseArray Doubles(double[] values, params long[] shape) =>
        new(DType.Float64, new Shape(shape), Bytes<double>(values));

    private static byte[] Bytes<T>(ReadOnlySpan<T> values)
        where T : unmanaged => MemoryMarshal.AsBytes(values).ToArray();
}
