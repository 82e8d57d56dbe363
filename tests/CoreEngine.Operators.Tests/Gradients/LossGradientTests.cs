namespace CoreEngine.Operators.Tests;

/// <summary>
/// Layers whose gradient is not the derivative of their output but of a loss that they stand for: held against
/// differences of that loss in float64.
/// </summary>
[TestClass]
public sealed class LossGradientTests
{
    private static readonly GradientInput s_any = [4, 3];
    private static readonly GradientInput s_classes = GradientInput.Whole(0, 2, 4);

    /// <summary>Regression: the loss of a sample is the mean over its values.</summary>
    public static IEnumerable<LossCase> Regressions =>
        [
            With(new("LinearRegressionOutput", (x, l) => 1.5 * Sum(x, l, Square) / 3, s_any, s_any), "grad_scale=1.5"),
            new("LinearRegressionOutput", (x, l) => Sum(x, l, Square), [5, 1], [5]),
            new("LinearRegressionOutput", (x, l) => Sum(x, l, Square) / 6, [2, 3, 2], [2, 3, 2]),
            new("MAERegressionOutput", (x, l) => Sum(x, l, (a, b) => Math.Abs(a - b)) / 3, s_any, s_any),
            With(
                new("LogisticRegressionOutput", (x, l) => 0.5 * Sum(x, l, Logistic) / 3, s_any, s_any),
                "grad_scale=0.5"
            ),
        ];

    /// <summary>Classification: cross-entropy of a softmax, and hinge losses.</summary>
    public static IEnumerable<LossCase> Classifications
    {
        get
        {
            foreach (string name in (string[])["SoftmaxOutput", "Softmax"])
            {
                yield return Entropy(name, 1, "grad_scale=1.5");
                yield return Entropy(name, 4, "normalization=batch");
                yield return Entropy(name, 1, "smooth_alpha=0.3");
                yield return With(
                    new(
                        name,
                        (x, l) => Rows(x, l, 3, 1, 0, ignored: 1) / Math.Max(1, l.Count(v => v != 1)),
                        s_any,
                        s_classes
                    )
                    {
                        Adds = false,
                    },
                    "use_ignore=1",
                    "ignore_label=1",
                    "normalization=valid"
                );
                yield return With(
                    new(name, (x, l) => Rows(x, l, 3, 4, 0) / 4, [2, 3, 2, 2], GradientInput.Whole(0, 2, 2, 2, 2))
                    {
                        Adds = false,
                    },
                    "multi_output=1"
                );
                yield return With(
                    new(name, (x, l) => Rows(x, l, 3, 1, 0), [2, 2, 3], GradientInput.Whole(0, 2, 2, 2))
                    {
                        Adds = false,
                    },
                    "preserve_shape=1"
                );
                yield return With(
                    new(name, (x, l) => 2.5 * Rows(x, l, 3, 1, 0), s_any, s_classes) { Adds = false, Head = 2.5 },
                    "out_grad=1"
                );
            }

            yield return new("SVMOutput", (x, l) => Hinge(x, l, 1, isSquared: true), s_any, s_classes);
            yield return With(
                new("SVMOutput", (x, l) => 0.7 * Hinge(x, l, 0.6, isSquared: false), s_any, s_classes),
                "use_linear=1",
                "margin=0.6",
                "regularization_coefficient=0.7"
            );
        }
    }

    /// <summary>Layers that make anything a loss, or add a penalty.</summary>
    public static IEnumerable<LossCase> Others =>
        [
            With(new("MakeLoss", (x, _) => 1.5 * x.Sum(), s_any) { Head = 9 }, "grad_scale=1.5"),
            With(new("MakeLoss", (x, _) => x.Sum() / 4, s_any), "normalization=batch"),
            With(
                new("MakeLoss", (x, _) => x.Sum() / x.Count(v => v > 0.5), s_any with { Avoid = [0.5] }),
                "normalization=valid",
                "valid_thresh=0.5"
            ),
            new("make_loss", (x, _) => x.Sum(), s_any) { Head = 9 },
            With(
                new(
                    "IdentityAttachKLSparseReg",
                    (x, _) => x.Sum() + (0.3 * 4 * Divergence(x, 4, 3, 0.2)),
                    new(4, 3) { Low = 0.1, High = 0.9 },
                    new(3)
                    {
                        Low = 0.1,
                        High = 0.9,
                        HasGradient = false,
                    }
                ),
                "momentum=0",
                "penalty=0.3",
                "sparseness_target=0.2"
            ),
        ];

    /// <summary>One call.</summary>
    [TestMethod]
    [DynamicData(nameof(Regressions))]
    [DynamicData(nameof(Classifications))]
    [DynamicData(nameof(Others))]
    public void Gradient_agrees_with_differences_of_the_loss(LossCase one)
    {
        const double Step = 1e-5;
        var random = new Random(23);
        double[] x = one.Data.Draw(random);
        double[] labels = one.Label?.Draw(random) ?? [];
        double[] written = Backward(one, x, labels, GradientRequest.Write);
        double[] added = Backward(one, x, labels, GradientRequest.Add);
        for (int i = 0; i < x.Length; i++)
        {
            double before = x[i];
            x[i] = before + Step;
            double above = one.Loss(x, labels);
            x[i] = before - Step;
            double below = one.Loss(x, labels);
            x[i] = before;
            double expected = (above - below) / (2 * Step);
            Assert.AreEqual(expected, written[i], 1e-6 * Math.Max(1, Math.Abs(expected)), $"{one} at {i}");
            Assert.AreEqual(written[i] + (one.Adds ? 3 : 0), added[i], 1e-12, $"{one}, added, at {i}");
        }
    }

    private static double[] Backward(LossCase one, double[] x, double[] labels, GradientRequest request)
    {
        using var scope = new ArrayScope();
        NDArray data = NDArray.From(x, one.Data.Shape);
        NDArray gradient = NDArray.Full(one.Data.Shape, 3, DType.Float64);
        Autograd.MarkVariable(data, gradient, request);
        NDArray[] inputs = one.Label is { } label ? [data, NDArray.From(labels, label.Shape)] : [data];
        NDArray[] outputs;
        using (Autograd.Record())
        {
            outputs = Imperative.Invoke(one.Operator, inputs, one.Attributes);
        }

        Autograd.Backward(outputs, [NDArray.Full(outputs[0].Shape, one.Head ?? 1, DType.Float64)]);
        return gradient.ToArray<double>();
    }

    private static LossCase Entropy(string name, double divisor, string attribute)
    {
        double scale = attribute.StartsWith("grad_scale", StringComparison.Ordinal) ? 1.5 : 1;
        double smoothing = attribute.StartsWith("smooth", StringComparison.Ordinal) ? 0.3f : 0;
        return With(
            new(name, (x, l) => scale * Rows(x, l, 3, 1, smoothing) / divisor, s_any, s_classes) { Adds = false },
            attribute
        );
    }

    private static LossCase With(LossCase one, params string[] texts)
    {
        foreach (string text in texts)
        {
            string[] parts = text.Split('=');
            one.Attributes[parts[0]] = parts[1];
        }

        return one;
    }

    private static double Square(double x, double label) => 0.5 * (x - label) * (x - label);

    private static double Logistic(double x, double label) => Math.Log(1 + Math.Exp(x)) - (label * x);

    private static double Sum(double[] x, double[] labels, Func<double, double, double> loss)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            sum += loss(x[i], labels[i]);
        }

        return sum;
    }

    /// <summary>
    /// Cross-entropy with targets of which a share is spread over the other classes; data (outer, classes, inner).
    /// </summary>
    private static double Rows(
        double[] x,
        double[] labels,
        int classes,
        int inner,
        double smoothing,
        double? ignored = null
    )
    {
        double sum = 0;
        for (int row = 0; row < x.Length / classes; row++)
        {
            if (labels[row] == ignored)
                continue;
            int start = (row / inner * classes * inner) + (row % inner);
            double[] scores = [.. Enumerable.Range(0, classes).Select(c => x[start + (c * inner)])];
            double logarithm = Math.Log(scores.Sum(Math.Exp));
            for (int c = 0; c < classes; c++)
            {
                double target = c == labels[row] ? 1 - smoothing : smoothing / (classes - 1);
                sum -= target * (scores[c] - logarithm);
            }
        }

        return sum;
    }

    private static double Hinge(double[] x, double[] labels, double margin, bool isSquared)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double missing = Math.Max(0, margin - (labels[i / 3] == i % 3 ? x[i] : -x[i]));
            sum += isSquared ? missing * missing : missing;
        }

        return sum;
    }

    private static double Divergence(double[] x, int batch, int units, double target)
    {
        double sum = 0;
        for (int unit = 0; unit < units; unit++)
        {
            double mean = Enumerable.Range(0, batch).Average(n => x[(n * units) + unit]);
            sum += (target * Math.Log(target / mean)) + ((1 - target) * Math.Log((1 - target) / (1 - mean)));
        }

        return sum;
    }
}
