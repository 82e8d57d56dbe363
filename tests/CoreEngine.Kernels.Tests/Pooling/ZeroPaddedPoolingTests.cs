namespace CoreEngine.Kernels.Tests;

[TestClass]
public sealed unsafe class ZeroPaddedPoolingTests
{
    private static readonly PoolingShape[] s_shapes =
    [
        new(4, new(1, 6, 6), new(1, 2, 2), new(1, 2, 2), default, false),
        new(2, new(1, 7, 6), new(1, 3, 2), new(1, 2, 2), new(0, 1, 0), true),
        new(3, new(1, 4, 4), new(1, 3, 3), new(1, 2, 2), default, true),
        new(3, new(1, 5, 7), new(1, 3, 3), new(1, 2, 2), new(0, 1, 1), false),
        new(2, new(1, 5, 5), new(1, 3, 3), new(1, 1, 1), new(0, 2, 2), false),
        new(2, new(1, 6, 8), new(1, 2, 2), new(1, 3, 3), default, false),
        // One window over a padded plane, as global pooling has it.
        new(2, new(1, 4, 5), new(1, 4, 5), new(1, 3, 3), new(0, 1, 1), false),
    ];

    /// <summary>Few different values, below 0 too: equal ones meet in a window, and zeros of the padding win.</summary>
    [TestMethod]
    [DataRow(DType.Float32, false)]
    [DataRow(DType.Float32, true)]
    [DataRow(DType.Float64, false)]
    [DataRow(DType.Float64, true)]
    [DataRow(DType.Float16, false)]
    [DataRow(DType.Float16, true)]
    public void Both_passes_agree_with_the_definition(DType dtype, bool accumulate)
    {
        double bound = dtype == DType.Float16 ? 0.02 : 4e-6;
        foreach (PoolingShape shape in s_shapes)
        {
            foreach (PoolingKind kind in Enum.GetValues<PoolingKind>())
            {
                var random = new Random(7);
                double[] values = [.. Enumerable.Range(0, Size(shape)).Select(_ => random.Next(5) - 3.0)];
                using var x = Operand.Of(dtype, values);
                using var y = Operand.Random(new Random(2), dtype, shape.Planes * shape.Out.Product, 1);
                using var dy = Operand.Random(new Random(3), dtype, y.Length, 1);
                using var dx = Operand.Random(new Random(4), dtype, values.Length, 1);
                double[] expected = accumulate ? y.ToArray() : new double[y.Length];
                double[] gradient = accumulate ? dx.ToArray() : new double[values.Length];
                Reference(kind, shape, values, dy, expected, gradient);
                ZeroPaddedPooling.Forward(dtype, kind, shape, x.Data, y.Data, accumulate);
                ZeroPaddedPooling.Backward(dtype, kind, shape, x.Data, dy.Data, dx.Data, accumulate);
                for (int i = 0; i < expected.Length; i++)
                {
                    Assert.AreEqual(expected[i], y[i], bound * Math.Max(1, Math.Abs(expected[i])), $"{kind} {shape}");
                }

                for (int i = 0; i < gradient.Length; i++)
                {
                    Assert.AreEqual(gradient[i], dx[i], bound * 2, $"gradient {kind} {shape} at {i}");
                }
            }
        }
    }

    /// <summary>Where it says that nothing differs, nothing does.</summary>
    [TestMethod]
    public void It_differs_from_pooling_only_where_it_says()
    {
        foreach (PoolingShape shape in s_shapes)
        {
            foreach (PoolingKind kind in Enum.GetValues<PoolingKind>())
            {
                if (ZeroPaddedPooling.Differs(kind, shape))
                    continue;
                using var x = Operand.Random(new Random(1), DType.Float64, Size(shape), 1);
                using var y = new Operand(DType.Float64, checked((int)(shape.Planes * shape.Out.Product)));
                using var other = new Operand(DType.Float64, y.Length);
                ZeroPaddedPooling.Forward(DType.Float64, kind, shape, x.Data, y.Data, false);
                Pooling.Forward(DType.Float64, kind, shape, x.Data, other.Data, false);
                for (int i = 0; i < y.Length; i++)
                {
                    Assert.AreEqual(other[i], y[i], 1e-14, $"{kind} {shape}");
                }
            }
        }
    }

    [TestMethod]
    public void What_is_no_number_is_no_maximum()
    {
        var shape = new PoolingShape(1, new(1, 1, 4), new(1, 1, 2), new(1, 1, 2), default, false);
        using var x = Operand.Of(DType.Float64, [double.NaN, -2, 3, double.NaN]);
        using var y = new Operand(DType.Float64, 2);
        ZeroPaddedPooling.Forward(DType.Float64, PoolingKind.Max, shape, x.Data, y.Data, false);
        CollectionAssert.AreEqual((double[])[-2, 3], y.ToArray());
    }

    private static int Size(PoolingShape shape) => checked((int)(shape.Planes * shape.In.Product));

    /// <summary>Pools planes that are copied into zeros first.</summary>
    private static void Reference(PoolingKind kind, PoolingShape s, double[] x, Operand dy, double[] y, double[] dx)
    {
        Extents o = s.Out;
        (long height, long width) = (s.In.H + (2 * s.Pad.H), s.In.W + (2 * s.Pad.W));
        long at = 0;
        for (long plane = 0; plane < s.Planes; plane++)
        {
            var padded = new double[height, width];
            for (long h = 0; h < s.In.H; h++)
            for (long w = 0; w < s.In.W; w++)
            {
                padded[h + s.Pad.H, w + s.Pad.W] = x[Place(h, w)];
            }

            for (long oh = 0; oh < o.H; oh++)
            for (long ow = 0; ow < o.W; ow++, at++)
            {
                var window = new List<(long H, long W)>();
                for (long h = oh * s.Stride.H; h < Math.Min((oh * s.Stride.H) + s.Kernel.H, height); h++)
                for (long w = ow * s.Stride.W; w < Math.Min((ow * s.Stride.W) + s.Kernel.W, width); w++)
                {
                    window.Add((h, w));
                }

                double divisor = kind == PoolingKind.Average ? s.Kernel.H * s.Kernel.W : 1;
                double largest = window.Max(p => padded[p.H, p.W]);
                y[at] += kind == PoolingKind.Max ? largest : window.Sum(p => padded[p.H, p.W]) / divisor;
                foreach ((long h, long w) in window)
                {
                    bool inside = h >= s.Pad.H && h < height - s.Pad.H && w >= s.Pad.W && w < width - s.Pad.W;
                    if (inside && (kind != PoolingKind.Max || padded[h, w] == largest))
                        dx[Place(h - s.Pad.H, w - s.Pad.W)] += dy[at] / divisor;
                }
            }

            long Place(long h, long w) => (((plane * s.In.H) + h) * s.In.W) + w;
        }
    }
}
