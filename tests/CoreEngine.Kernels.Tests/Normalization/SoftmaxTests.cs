namespace CoreEngine.Kernels.Tests;

[TestClass]
public sealed unsafe class SoftmaxTests
{
    private static readonly (long Outer, long Classes, long Inner)[] s_shapes =
    [
        (1, 1, 1),
        (3, 5, 1),
        (4, 101, 1),
        (2, 35, 4),
        (3, 4, 300),
        (5, 7, 33),
        (100, 64, 1),
    ];

    [TestMethod]
    [DataRow(DType.Float32)]
    [DataRow(DType.Float64)]
    [DataRow(DType.Float16)]
    public void BothPassesAgreeWithTheDefinition(DType dtype)
    {
        double bound = dtype switch
        {
            DType.Float32 => 4e-6,
            DType.Float64 => 1e-13,
            _ => 8e-3,
        };
        foreach ((long outer, long classes, long inner) in s_shapes)
        {
            for (int form = 0; form < 4; form++)
            {
                bool logarithm = (form & 1) != 0;
                bool accumulate = (form & 2) != 0;
                double temperature = form == 3 ? 2.5 : 1;
                long size = outer * classes * inner;
                using var x = Operand.Random(new Random(1), dtype, size, 6);
                using var y = Operand.Random(new Random(2), dtype, size, 1);
                using var result = new Operand(dtype, size);
                using var dy = Operand.Random(new Random(3), dtype, size, 1);
                using var dx = Operand.Random(new Random(4), dtype, size, 1);
                double[] expected = accumulate ? y.ToArray() : new double[size];
                double[] gradient = accumulate ? dx.ToArray() : new double[size];
                Softmax.Forward(dtype, outer, classes, inner, x.Data, temperature, logarithm, y.Data, accumulate);
                Softmax.Forward(dtype, outer, classes, inner, x.Data, temperature, logarithm, result.Data, false);
                Softmax.Backward(
                    dtype,
                    outer,
                    classes,
                    inner,
                    result.Data,
                    dy.Data,
                    temperature,
                    logarithm,
                    dx.Data,
                    accumulate
                );
                for (long o = 0; o < outer; o++)
                {
                    for (long j = 0; j < inner; j++)
                    {
                        long At(long c) => (((o * classes) + c) * inner) + j;
                        double sum = 0;
                        double weighted = 0;
                        for (long c = 0; c < classes; c++)
                        {
                            sum += Math.Exp(x[At(c)] / temperature);
                        }

                        for (long c = 0; c < classes; c++)
                        {
                            double p = Math.Exp(x[At(c)] / temperature) / sum;
                            weighted += logarithm ? dy[At(c)] : dy[At(c)] * p;
                        }

                        for (long c = 0; c < classes; c++)
                        {
                            double p = Math.Exp(x[At(c)] / temperature) / sum;
                            expected[At(c)] += logarithm ? Math.Log(p) : p;
                            gradient[At(c)] +=
                                (logarithm ? dy[At(c)] - (p * weighted) : p * (dy[At(c)] - weighted)) / temperature;
                        }
                    }
                }

                for (long i = 0; i < size; i++)
                {
                    string what = $"{dtype} {outer}x{classes}x{inner} form {form} at {i}";
                    Assert.AreEqual(expected[i], y[i], bound * Math.Max(1, Math.Abs(expected[i])), what);
                    Assert.AreEqual(gradient[i], dx[i], bound * 4, "gradient " + what);
                }
            }
        }
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(40)]
    public void LargeValuesAndInfinities(int inner)
    {
        foreach (DType dtype in (DType[])[DType.Float32, DType.Float64])
        {
            using var x = new Operand(dtype, 20L * inner);
            using var y = new Operand(dtype, x.Length);
            x.Fill(1e30);
            Softmax.Forward(dtype, 1, 20, inner, x.Data, 1, false, y.Data, false);
            Assert.AreEqual(0.05, y[7], 1e-7);
            x.Fill(double.NegativeInfinity);
            for (int j = 0; j < inner; j++)
            {
                x[(13L * inner) + j] = 3;
            }

            Softmax.Forward(dtype, 1, 20, inner, x.Data, 1, false, y.Data, false);
            Assert.AreEqual(1, y[13L * inner], 1e-7);
            Assert.AreEqual(0, y[0]);
            foreach (double special in (double[])[double.PositiveInfinity, double.NaN])
            {
                for (int place = 0; place < 20; place++)
                {
                    x.Fill(0);
                    x[(long)place * inner] = special;
                    Softmax.Forward(dtype, 1, 20, inner, x.Data, 1, false, y.Data, false);
                    for (int c = 0; c < 20; c++)
                    {
                        Assert.IsTrue(double.IsNaN(y[(long)c * inner]), $"{special} at {place}");
                    }
                }
            }
        }
    }

    [TestMethod]
    [DataRow(DType.Float32)]
    [DataRow(DType.Float64)]
    [DataRow(DType.Float16)]
    public void LabelGradientIsProbabilityMinusTarget(DType dtype)
    {
        const int Outer = 3;
        const int Classes = 4;
        const int Inner = 5;
        using var p = Operand.Random(new Random(1), dtype, Outer * Classes * Inner, 1);
        using var label = new Operand(dtype, Outer * Inner);
        for (int i = 0; i < label.Length; i++)
        {
            label[i] = (i % 6) - 1; // -1 and 4 are no classes.
        }

        foreach (double? ignore in (double?[])[null, 2])
        {
            using var dx = new Operand(dtype, p.Length);
            dx.Fill(1);
            Softmax.LabelGradient(
                dtype,
                Outer,
                Classes,
                Inner,
                p.Data,
                label.Data,
                0.5,
                ignore,
                0.3,
                dx.Data,
                accumulate: true
            );
            for (int i = 0; i < p.Length; i++)
            {
                int c = i / Inner % Classes;
                double number = label[(i / Inner / Classes * Inner) + (i % Inner)];
                double target = c == (int)number ? 0.7 : 0.1;
                double expected = number == ignore ? 1 : 1 + (0.5 * (p[i] - target));
                Assert.AreEqual(expected, dx[i], dtype == DType.Float16 ? 2e-3 : 1e-6);
            }
        }
    }

    [TestMethod]
    public void IntegersAreRefused() =>
        Assert.ThrowsExactly<ArgumentException>(() =>
            Softmax.Forward(DType.Int32, 1, 1, 1, null, 1, false, null, false)
        );
}
