namespace CoreEngine.Kernels.Tests;

/// <summary>Fourier transforms against their definition in float64.</summary>
[TestClass]
public sealed unsafe class FourierTransformTests
{
    // Powers of two and four, odd factors, primes up to 31, larger ones (a convolution), and twice such ones.
    private static readonly long[] s_lengths =
    [
        .. Enumerable.Range(1, 40),
        48,
        64,
        74,
        101,
        128,
        210,
        343,
        360,
        362,
        512,
        899,
        1009,
        1024,
        2018,
        2048,
        2187,
    ];

    [TestMethod]
    [DataRow(DType.Float32)]
    [DataRow(DType.Float64)]
    public void BothDirectionsAgreeWithTheDefinition(DType dtype)
    {
        foreach (long length in s_lengths)
        {
            foreach (long rows in length > 300 ? new long[] { 1, 5 } : [1, 2, 3, 8, 19])
            {
                CheckForward(dtype, rows, length);
                CheckInverse(dtype, rows, length);
            }
        }
    }

    [TestMethod]
    public void RowsDoNotInfluenceEachOther()
    {
        const long Length = 24;
        const long Rows = 9;
        double[] values = Values.Random(5, DType.Float32, (int)(Rows * Length));
        double[] before = Forward(DType.Float32, Rows, Length, values);
        values[(3 * Length) + 7] = double.NaN;
        values[4 * Length] = double.PositiveInfinity;
        for (int i = 0; i < Length; i++)
        {
            values[(5 * Length) + i] *= 1e30;
        }

        double[] after = Forward(DType.Float32, Rows, Length, values);
        for (long row = 0; row < Rows; row++)
        {
            for (long i = 0; i < 2 * Length; i++)
            {
                long at = (row * 2 * Length) + i;
                if (row is < 3 or > 5)
                    Assert.AreEqual(before[at], after[at], $"row {row}, {i}");
                else if (row is 3)
                    Assert.IsTrue(double.IsNaN(after[at]), $"row {row}, {i}");
            }
        }
    }

    [TestMethod]
    [DataRow(96)]
    [DataRow(74)]
    public void ResultsDoNotDependOnTheNumberOfThreads(long length)
    {
        KernelTeam before = KernelTeam.Default;
        double[] values = Values.Random(6, DType.Float32, (int)(37 * length));
        try
        {
            KernelTeam.Default = new KernelTeam(1);
            double[] alone = Forward(DType.Float32, 37, length, values);
            KernelTeam.Default = new KernelTeam(5);
            double[] shared = Forward(DType.Float32, 37, length, values);
            CollectionAssert.AreEqual(alone, shared);
        }
        finally
        {
            KernelTeam.Default = before;
        }
    }

    private static void CheckForward(DType dtype, long rows, long length)
    {
        double[] x = Rounded(dtype, Values.Random((int)length, dtype, (int)(rows * length)));
        double[] y = Forward(dtype, rows, length, x);
        for (long row = 0; row < rows; row++)
        {
            double size = Norm(x.AsSpan((int)(row * length), (int)length));
            for (long k = 0; k < length; k++)
            {
                (double re, double im) = (0, 0);
                for (long n = 0; n < length; n++)
                {
                    (double sin, double cos) = double.SinCosPi(-2.0 * (k * n % length) / length);
                    re += x[(row * length) + n] * cos;
                    im += x[(row * length) + n] * sin;
                }

                long at = 2 * ((row * length) + k);
                AssertNear(dtype, length, size, re, y[at], $"{rows} x {length}, real {row}, {k}");
                AssertNear(dtype, length, size, im, y[at + 1], $"{rows} x {length}, imaginary {row}, {k}");
            }
        }
    }

    private static void CheckInverse(DType dtype, long rows, long length)
    {
        double[] x = Rounded(dtype, Values.Random((int)length + 1, dtype, (int)(2 * rows * length)));
        double[] y = Run(dtype, rows, length, x, rows * length, inverse: true);
        for (long row = 0; row < rows; row++)
        {
            double size = Norm(x.AsSpan((int)(2 * row * length), (int)(2 * length)));
            for (long n = 0; n < length; n++)
            {
                double sum = 0;
                for (long k = 0; k < length; k++)
                {
                    (double sin, double cos) = double.SinCosPi(2.0 * (k * n % length) / length);
                    long at = 2 * ((row * length) + k);
                    sum += (x[at] * cos) - (x[at + 1] * sin);
                }

                AssertNear(dtype, length, size, sum, y[(row * length) + n], $"{rows} x {length}, {row}, {n}");
            }
        }
    }

    /// <summary>The error grows with the logarithm of the length, relative to the length of the vector.</summary>
    private static void AssertNear(DType dtype, long length, double size, double expected, double actual, string what)
    {
        double unit = dtype == DType.Float32 ? 1.2e-7 : 2.3e-16;
        double bound = unit * size * Math.Sqrt(length) * (2 + Math.Log2(length));
        Assert.IsTrue(Math.Abs(expected - actual) <= bound, $"{what}: {actual:R}, not {expected:R} within {bound:R}");
    }

    private static double Norm(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value * value;
        }

        return Math.Sqrt(sum);
    }

    private static double[] Rounded(DType dtype, double[] values) =>
        Array.ConvertAll(values, value => dtype == DType.Float32 ? (float)value : value);

    private static double[] Forward(DType dtype, long rows, long length, double[] x) =>
        Run(dtype, rows, length, x, 2 * rows * length, inverse: false);

    private static double[] Run(DType dtype, long rows, long length, double[] values, long results, bool inverse)
    {
        var transform = new FourierTransform(rows, length);
        using Native x = Native.Of(dtype, values, misalignment: 1);
        using var y = new Native(dtype, results, misalignment: 3);
        using var scratch = new Native(DType.UInt8, transform.Scratch(dtype));
        if (inverse)
            transform.Inverse(dtype, x.Pointer, y.Pointer, scratch.Pointer);
        else
            transform.Forward(dtype, x.Pointer, y.Pointer, scratch.Pointer);
        return y.ToArray();
    }
}
