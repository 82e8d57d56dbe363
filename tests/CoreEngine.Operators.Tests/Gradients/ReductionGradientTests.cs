namespace CoreEngine.Operators.Tests;

/// <summary>Gradients of reductions and of repeating along axes.</summary>
[TestClass]
public sealed class ReductionGradientTests
{
    /// <summary>The calls that are checked.</summary>
    public static IEnumerable<GradientCase> Cases
    {
        get
        {
            string[][] attributes =
            [
                [],
                ["axis=1"],
                ["axis=(0,-1)"],
                ["axis=(0,2)", "keepdims=1"],
                ["axis=1", "exclude=1"],
                ["axis=(0,1,2)", "exclude=1"],
            ];
            foreach (string name in "sum mean prod nansum nanprod max min _square_sum".Split(' '))
            {
                foreach (string[] texts in attributes)
                {
                    var input = new GradientInput(2, 3, 4)
                    {
                        Low = 0.5,
                        High = 2,
                        IsDistinct = name is "max" or "min",
                    };
                    yield return With(new GradientCase(name, input) { Twice = name is "sum" or "mean" }, texts);
                }
            }

            yield return new GradientCase("norm", [2, 3]);
            yield return With(
                new GradientCase("argmax", new GradientInput(2, 3) { IsDistinct = true }) { Twice = true },
                "axis=1"
            );
            yield return With(
                new GradientCase("argmin", new GradientInput(2, 3) { IsDistinct = true }) { Twice = true },
                "axis=1"
            );
            yield return new GradientCase("argmax_channel", new GradientInput(2, 3) { IsDistinct = true })
            {
                Twice = true,
            };
            yield return With(new GradientCase("broadcast_to", [2, 1, 3]) { Twice = true }, "shape=(2,4,3)");
            yield return With(new GradientCase("broadcast_to", [1, 3]) { Twice = true }, "shape=(2,0)");
            yield return With(
                new GradientCase("broadcast_axis", [1, 3, 1]) { Twice = true },
                "axis=(0,2)",
                "size=(2,4)"
            );
        }
    }

    /// <summary>One call.</summary>
    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void Gradient_agrees_with_differences(GradientCase one) => GradientCheck.Run(one);

    /// <summary>Shapes large enough that gradients are computed in several blocks, some split within an axis.</summary>
    [TestMethod]
    [DataRow(new long[] { 300, 500 }, new long[] { 500 })]
    [DataRow(new long[] { 300, 500 }, new long[] { 300, 1 })]
    [DataRow(new long[] { 3, 200_000 }, new long[] { 3, 1 })]
    [DataRow(new long[] { 3, 200_000 }, new long[] { 200_000 })]
    [DataRow(new long[] { 7, 40_000, 2 }, new long[] { 1, 40_000, 1 })]
    public void Blocks_of_broadcast_gradients_add_up_to_the_whole(long[] full, long[] small)
    {
        var random = new Random(5);
        double[] x = Draw(random, new Shape(full));
        double[] y = Draw(random, new Shape(small));
        double[] head = Draw(random, new Shape(full));
        using var scope = new ArrayScope();
        NDArray left = NDArray.From(x, new Shape(full));
        NDArray right = NDArray.From(y, new Shape(small));
        left.AttachGradient();
        right.AttachGradient();
        NDArray product;
        using (Autograd.Record())
        {
            product = Imperative.Invoke("broadcast_mul", [left, right])[0];
        }

        product.Backward(NDArray.From(head, new Shape(full)));

        double[] expected = new double[y.Length];
        ReadOnlySpan<double> leftGradient = left.Gradient!.AsSpan<double>();
        for (int i = 0; i < x.Length; i++)
        {
            int j = Project(i, full, small);
            expected[j] += head[i] * x[i];
            Assert.AreEqual(head[i] * y[j], leftGradient[i], $"left gradient at {i}");
        }

        ReadOnlySpan<double> actual = right.Gradient!.AsSpan<double>();
        for (int j = 0; j < expected.Length; j++)
        {
            Assert.AreEqual(expected[j], actual[j], 1e-9 * Math.Max(1, Math.Sqrt(x.Length / y.Length)), $"at {j}");
        }
    }

    /// <summary>The element of the smaller array that element <paramref name="i"/> of the larger one is combined with.</summary>
    private static int Project(int i, long[] full, long[] small)
    {
        int place = 0;
        int stride = 1;
        for (int axis = 1; axis <= full.Length; axis++)
        {
            (i, int index) = Math.DivRem(i, (int)full[^axis]);
            if (axis > small.Length)
                continue;
            place += small[^axis] == 1 ? 0 : index * stride;
            stride *= (int)small[^axis];
        }

        return place;
    }

    private static double[] Draw(Random random, Shape shape)
    {
        double[] values = new double[shape.Size];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (random.NextDouble() * 2) - 1;
        }

        return values;
    }

    private static GradientCase With(GradientCase one, params string[] texts)
    {
        foreach (string text in texts)
        {
            string[] parts = text.Split('=');
            one.Attributes[parts[0]] = parts[1];
        }

        return one;
    }
}
