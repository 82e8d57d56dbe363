namespace CoreEngine.Kernels.Tests;

[TestClass]
public sealed unsafe class PoolingTests
{
    private static readonly PoolingShape[] s_shapes =
    [
        new(4, new(1, 6, 6), new(1, 2, 2), new(1, 2, 2), default, false),
        new(2, new(1, 1, 7), new(1, 1, 3), new(1, 1, 2), new(0, 0, 1), true),
        new(3, new(1, 15, 13), new(1, 3, 3), new(1, 2, 2), new(0, 1, 1), false),
        new(3, new(1, 5, 7), new(1, 3, 3), new(1, 2, 2), new(0, 1, 1), true),
        new(2, new(5, 4, 5), new(3, 2, 3), new(2, 1, 2), new(1, 1, 1), true),
        new(5, new(1, 4, 5), new(1, 3, 3), new(1, 1, 1), default, false),
        PoolingShape.Global(6, new(1, 3, 5)),
        new(3, new(1, 8, 24), new(1, 2, 2), new(1, 2, 2), default, false),
        new(3, new(1, 9, 23), new(1, 2, 2), new(1, 2, 2), default, true),
        new(2, new(1, 4, 18), new(1, 2, 2), new(1, 3, 2), new(0, 1, 0), false),
        new(2, new(4, 6, 14), new(2, 3, 2), new(2, 3, 2), default, false),
        new(2, new(1, 7, 22), new(1, 2, 2), new(1, 1, 2), new(0, 1, 1), false),
        new(2, new(1, 6, 19), new(1, 3, 3), new(1, 1, 1), new(0, 1, 1), false),
        new(2, new(1, 6, 19), new(1, 5, 5), new(1, 2, 2), new(0, 2, 2), true),
        new(2, new(1, 5, 31), new(1, 2, 2), new(1, 3, 3), default, false),
        PoolingShape.Global(19, new(1, 7, 7)),
        PoolingShape.Global(2, new(2, 40, 61)),
        new(5, new(1, 14, 14), new(1, 2, 2), new(1, 2, 2), default, false),
        new(2, new(3, 7, 21), new(1, 2, 2), new(1, 2, 2), default, false),
        new(3, new(1, 14, 14), new(1, 3, 3), new(1, 1, 1), new(0, 1, 1), false),
        new(2, new(1, 75, 30), new(1, 3, 3), new(1, 2, 2), new(0, 1, 1), false),
        new(2, new(1, 61, 17), new(1, 3, 3), new(1, 1, 1), default, false),
    ];

    [TestMethod]
    [DataRow(DType.Float32)]
    [DataRow(DType.Float64)]
    [DataRow(DType.Float16)]
    public void BothPassesAgreeWithTheDefinition(DType dtype)
    {
        double bound = dtype == DType.Float16 ? 0.01 : 2e-6;
        foreach (PoolingShape shape in s_shapes)
        {
            foreach (PoolingKind kind in Enum.GetValues<PoolingKind>())
            {
                foreach (bool accumulate in (bool[])[false, true])
                {
                    // Few different values, so that equal ones meet in one window.
                    using var x = Operand.Random(new Random(1), DType.Int32, shape.Planes * shape.In.Product, 4);
                    using var data = Operand.Of(dtype, x.ToArray());
                    using var y = Operand.Random(new Random(2), dtype, shape.Planes * shape.Out.Product, 1);
                    using var dy = Operand.Random(new Random(3), dtype, y.Length, 1);
                    using var dx = Operand.Random(new Random(4), dtype, x.Length, 1);
                    double[] expected = accumulate ? y.ToArray() : new double[y.Length];
                    double[] gradient = accumulate ? dx.ToArray() : new double[x.Length];
                    Reference(kind, shape, data, dy, expected, gradient);
                    Pooling.Forward(dtype, kind, shape, data.Data, y.Data, accumulate);
                    Pooling.Backward(dtype, kind, shape, data.Data, dy.Data, dx.Data, accumulate);
                    for (int i = 0; i < expected.Length; i++)
                    {
                        Assert.AreEqual(
                            expected[i],
                            y[i],
                            bound * Math.Max(1, Math.Abs(expected[i])),
                            $"{kind} {shape}"
                        );
                    }

                    for (int i = 0; i < gradient.Length; i++)
                    {
                        Assert.AreEqual(gradient[i], dx[i], bound * 2, $"gradient {kind} {shape} at {i}");
                    }
                }
            }
        }
    }

    [TestMethod]
    public void AnAverageCountsThePaddingButNotWhatLiesBehindIt()
    {
        // Windows over [1 2 3] with one position of padding, rounded up: (0 1), (2 3), (0 | nothing).
        using var x = Operand.Of(DType.Float32, [1, 2, 3]);
        using var y = new Operand(DType.Float32, 3);
        var shape = new PoolingShape(1, new(1, 1, 3), new(1, 1, 2), new(1, 1, 2), new(0, 0, 1), true);
        Pooling.Forward(DType.Float32, PoolingKind.Average, shape, x.Data, y.Data, false);
        CollectionAssert.AreEqual((double[])[0.5, 2.5, 0], y.ToArray());
    }

    [TestMethod]
    public void IntegersArePooledAndNegativeInfinityIsAValue()
    {
        var shape = new PoolingShape(1, new(1, 1, 4), new(1, 1, 2), new(1, 1, 2), default, false);
        foreach (DType dtype in (DType[])[DType.Int8, DType.Int32, DType.Int64])
        {
            using var x = Operand.Of(dtype, [-7, -3, 5, 8]);
            using var y = new Operand(dtype, 2);
            Pooling.Forward(dtype, PoolingKind.Max, shape, x.Data, y.Data, false);
            CollectionAssert.AreEqual((double[])[-3, 8], y.ToArray());
            Pooling.Forward(dtype, PoolingKind.Average, shape, x.Data, y.Data, false);
            CollectionAssert.AreEqual((double[])[-5, 6], y.ToArray());
        }

        double low = double.NegativeInfinity;
        using var special = Operand.Of(DType.Float32, [low, low, double.NaN, 1]);
        using var result = new Operand(DType.Float32, 2);
        Pooling.Forward(DType.Float32, PoolingKind.Max, shape, special.Data, result.Data, false);
        CollectionAssert.AreEqual((double[])[low, 1], result.ToArray());
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    public void OneRuleForWhatIsNoNumberHoldsAlongARow(int stride)
    {
        // Long rows go through vectors, each window alone through the scalar loop: both must see the same maximum.
        const int Width = 41;
        var random = new Random(5);
        double[] choices = [double.NaN, double.NegativeInfinity, double.PositiveInfinity, 0, -0.0, 1, -1];
        double[] values = Enumerable.Range(0, 3 * Width).Select(_ => choices[random.Next(choices.Length)]).ToArray();
        foreach (DType dtype in (DType[])[DType.Float32, DType.Float64, DType.Float16])
        {
            var shape = new PoolingShape(1, new(1, 3, Width), new(1, 3, 2), new(1, 3, stride), default, false);
            using var x = Operand.Of(dtype, values);
            int results = checked((int)shape.Out.W);
            using var y = new Operand(dtype, results);
            using var dy = Operand.Of(dtype, Enumerable.Range(1, results).Select(i => (double)i).ToArray());
            using var dx = new Operand(dtype, values.Length);
            Pooling.Forward(dtype, PoolingKind.Max, shape, x.Data, y.Data, false);
            Pooling.Backward(dtype, PoolingKind.Max, shape, x.Data, dy.Data, dx.Data, false);
            double[] expected = new double[values.Length];
            for (int w = 0; w < results; w++)
            {
                int[] window = Enumerable
                    .Range(0, 6)
                    .Select(tap => (tap / 2 * Width) + (w * stride) + (tap % 2))
                    .ToArray();
                int first = window.Aggregate(
                    (best, at) => values[at] > values[best] || double.IsNaN(values[best]) ? at : best
                );
                Assert.AreEqual(values[first], y[w], $"{dtype} window {w}");
                expected[first] += w + 1;
            }

            CollectionAssert.AreEqual(expected, dx.ToArray(), $"{dtype}");
        }
    }

    [TestMethod]
    [DataRow(DType.Float32)]
    [DataRow(DType.Float64)]
    public void WholePlanesFollowTheSameRule(DType dtype)
    {
        // The first of the largest; of NaN alone the last.
        const int Planes = 37;
        const int Size = 35;
        var random = new Random(6);
        double[] choices = [double.NaN, double.NegativeInfinity, double.PositiveInfinity, 0, 1];
        var values = new double[Planes * Size];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = choices[random.Next(1 + (i / Size % choices.Length))];
        }

        var shape = PoolingShape.Global(Planes, new(1, 5, 7));
        using var x = Operand.Of(dtype, values);
        using var y = new Operand(dtype, Planes);
        using var dy = Operand.Of(dtype, Enumerable.Range(1, Planes).Select(i => (double)i).ToArray());
        using var dx = new Operand(dtype, values.Length);
        Pooling.Forward(dtype, PoolingKind.Max, shape, x.Data, y.Data, false);
        Pooling.Backward(dtype, PoolingKind.Max, shape, x.Data, dy.Data, dx.Data, false);
        var expected = new double[values.Length];
        for (int plane = 0; plane < Planes; plane++)
        {
            int best = Enumerable
                .Range(plane * Size, Size)
                .Aggregate((best, at) => values[at] > values[best] || double.IsNaN(values[best]) ? at : best);
            Assert.AreEqual(values[best], y[plane], $"plane {plane}");
            expected[best] = plane + 1;
        }

        CollectionAssert.AreEqual(expected, dx.ToArray());
    }

    [TestMethod]
    public void ImpossibleShapesAreRefused()
    {
        PoolingShape good = s_shapes[0];
        foreach (
            PoolingShape bad in (PoolingShape[])
                [
                    good with
                    {
                        Pad = new(0, -1, 0),
                    },
                    good with
                    {
                        Stride = new(1, 0, 1),
                    },
                    good with
                    {
                        Kernel = new(1, 9, 2),
                    },
                    good with
                    {
                        Planes = 0,
                    },
                ]
        )
        {
            Assert.ThrowsExactly<ArgumentException>(
                () => Pooling.Forward(DType.Float32, PoolingKind.Max, bad, null, null, false),
                $"{bad}"
            );
        }
    }

    private static void Reference(PoolingKind kind, PoolingShape s, Operand x, Operand dy, double[] y, double[] dx)
    {
        Extents o = s.Out;
        long at = 0;
        for (long plane = 0; plane < s.Planes; plane++)
        for (long od = 0; od < o.D; od++)
        for (long oh = 0; oh < o.H; oh++)
        for (long ow = 0; ow < o.W; ow++, at++)
        {
            var inside = new List<long>();
            long positions = 0;
            for (long kd = 0; kd < s.Kernel.D; kd++)
            for (long kh = 0; kh < s.Kernel.H; kh++)
            for (long kw = 0; kw < s.Kernel.W; kw++)
            {
                long d = (od * s.Stride.D) - s.Pad.D + kd;
                long h = (oh * s.Stride.H) - s.Pad.H + kh;
                long w = (ow * s.Stride.W) - s.Pad.W + kw;
                if (d < s.In.D + s.Pad.D && h < s.In.H + s.Pad.H && w < s.In.W + s.Pad.W)
                {
                    positions++;
                }

                if (d >= 0 && d < s.In.D && h >= 0 && h < s.In.H && w >= 0 && w < s.In.W)
                {
                    inside.Add((((((plane * s.In.D) + d) * s.In.H) + h) * s.In.W) + w);
                }
            }

            if (kind == PoolingKind.Max)
            {
                long best = inside.MaxBy(i => x[i]);
                y[at] += x[best];
                dx[best] += dy[at];
                continue;
            }

            double divisor = kind == PoolingKind.Average ? positions : 1;
            y[at] += inside.Sum(i => x[i]) / divisor;
            foreach (long i in inside)
            {
                dx[i] += dy[at] / divisor;
            }
        }
    }
}
