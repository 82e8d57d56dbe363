using CoreEngine.Kernels;
using CsCheck;

namespace CoreEngine.Operators.Tests;

/// <summary>The layers of a box detector against the definitions written out plainly.</summary>
[TestClass]
[DoNotParallelize]
public sealed class MultiBoxTests
{
    private static readonly double[] s_variances = [0.1, 0.1, 0.2, 0.2];

    [TestMethod]
    public void Targets_are_those_of_the_plain_definition() =>
        Gen.Select(Gen.Int[1, 3], Gen.Int[1, 40], Gen.Int[1, 6], Gen.Int[0, 3], Gen.Int[0, 100_000])
            .Sample(
                c =>
                {
                    (int batch, int anchors, int labels, int mining, int seed) = c;
                    const int Classes = 3;
                    var random = new Random(seed);
                    double[] boxes = Boxes(random, anchors);
                    double[] label = Labels(random, batch, labels);
                    double[] scores =
                    [
                        .. Enumerable.Range(0, batch * Classes * anchors).Select(_ => random.Next(5) / 2.0),
                    ];
                    using var scope = new ArrayScope();
                    NDArray[] actual = Imperative.Invoke(
                        "_contrib_MultiBoxTarget",
                        [
                            NDArray.From(boxes, new Shape(1, anchors, 4)),
                            NDArray.From(label, new Shape(batch, labels, 5)),
                            NDArray.From(scores, new Shape(batch, Classes, anchors)),
                        ],
                        new Dictionary<string, string>
                        {
                            ["overlap_threshold"] = "0.3",
                            ["negative_mining_ratio"] = $"{mining}",
                            ["negative_mining_thresh"] = "0.25",
                            ["ignore_label"] = "-7",
                        }
                    );
                    for (int sample = 0; sample < batch; sample++)
                    {
                        (double[] offsets, double[] mask, double[] classes) = Targets(
                            boxes,
                            [.. label.Skip(sample * labels * 5).Take(labels * 5).Chunk(5)],
                            scores[(sample * Classes * anchors)..((sample + 1) * Classes * anchors)],
                            mining
                        );
                        AreClose(offsets, Row(actual[0], sample), $"{c} offsets");
                        AreClose(mask, Row(actual[1], sample), $"{c} mask");
                        AreClose(classes, Row(actual[2], sample), $"{c} classes");
                    }
                },
                iter: 300
            );

    [TestMethod]
    public void Detections_are_those_of_the_plain_definition() =>
        Gen.Select(Gen.Int[1, 3], Gen.Int[1, 40], Gen.Bool, Gen.Bool, Gen.Int[0, 100_000])
            .Sample(
                c =>
                {
                    (int batch, int anchors, bool clip, bool across, int seed) = c;
                    const int Classes = 4;
                    var random = new Random(seed);
                    double[] boxes = Boxes(random, anchors);
                    double[] probabilities =
                    [
                        .. Enumerable.Range(0, batch * Classes * anchors).Select(_ => random.Next(10) / 10.0),
                    ];
                    double[] offsets =
                    [
                        .. Enumerable.Range(0, batch * 4 * anchors).Select(_ => random.NextDouble() - 0.5),
                    ];
                    using var scope = new ArrayScope();
                    NDArray actual = Imperative.Invoke(
                        "_contrib_MultiBoxDetection",
                        [
                            NDArray.From(probabilities, new Shape(batch, Classes, anchors)),
                            NDArray.From(offsets, new Shape(batch, 4 * anchors)),
                            NDArray.From(boxes, new Shape(1, anchors, 4)),
                        ],
                        new Dictionary<string, string>
                        {
                            ["clip"] = $"{clip}",
                            ["force_suppress"] = $"{across}",
                            ["threshold"] = "0.25",
                            ["nms_threshold"] = "0.4",
                        }
                    )[0];
                    for (int sample = 0; sample < batch; sample++)
                    {
                        double[] expected = Detections(
                            boxes,
                            probabilities[(sample * Classes * anchors)..((sample + 1) * Classes * anchors)],
                            offsets[(sample * 4 * anchors)..((sample + 1) * 4 * anchors)],
                            clip,
                            across
                        );
                        AreClose(expected, Row(actual, sample), $"{c}");
                    }
                },
                iter: 300
            );

    [TestMethod]
    public void Priors_stand_around_every_cell_in_any_type()
    {
        using var scope = new ArrayScope();
        foreach (DType dtype in new[] { DType.Float16, DType.Float32, DType.Float64 })
        {
            NDArray boxes = Imperative.Invoke(
                "_contrib_MultiBoxPrior",
                [NDArray.Zeros(new Shape(2, 5, 1, 2), dtype)],
                new Dictionary<string, string> { ["sizes"] = "(0.5, 0.25)", ["ratios"] = "(1, 4)" }
            )[0];
            Assert.AreEqual(new Shape(1, 6, 4), boxes.Shape);
            double[] expected =
            [
                .. new[] { 0.25, 0.75 }.SelectMany(x =>
                    new[] { (0.125, 0.25), (0.0625, 0.125), (0.25, 0.125) }.SelectMany(half =>
                        new[] { x - half.Item1, 0.5 - half.Item2, x + half.Item1, 0.5 + half.Item2 }
                    )
                ),
            ];
            CollectionAssert.AreEqual(expected, boxes.AsType(DType.Float64).ToArray<double>());
        }
    }

    [TestMethod]
    public void Nothing_depends_on_the_number_of_threads_and_no_gradient_flows()
    {
        ThreadCounts.AreAlike(Run);

        static double[] Run()
        {
            using var scope = new ArrayScope();
            var random = new Random(3);
            NDArray boxes = NDArray.From(Boxes(random, 300), new Shape(1, 300, 4));
            NDArray label = NDArray.From(Labels(random, 4, 7), new Shape(4, 7, 5));
            NDArray scores = NDArray.From(
                [.. Enumerable.Range(0, 4 * 3 * 300).Select(_ => random.NextDouble())],
                new Shape(4, 3, 300)
            );
            scores.AttachGradient();
            NDArray[] targets;
            NDArray found;
            using (Autograd.Record())
            {
                targets = Imperative.Invoke(
                    "_contrib_MultiBoxTarget",
                    [boxes, label, scores],
                    new Dictionary<string, string> { ["negative_mining_ratio"] = "3" }
                );
                found = Imperative.Invoke("_contrib_MultiBoxDetection", [scores, targets[0], boxes])[0];
            }

            Autograd.Backward([found]);
            Assert.IsTrue(scores.Gradient!.ToArray<double>().All(g => g == 0));
            return [.. targets.Append(found).SelectMany(array => array.ToArray<double>())];
        }
    }

    /// <summary>As everywhere, an empty tuple leaves the default.</summary>
    [TestMethod]
    public void Empty_tuples_mean_the_defaults()
    {
        using var scope = new ArrayScope();
        NDArray x = NDArray.Zeros(new Shape(1, 1, 2, 2), DType.Float32);
        float[][] boxes =
        [
            .. new[] { "", "sizes=() ratios=() steps=() offsets=()" }.Select(attributes =>
                Imperative.Invoke(NeuralErrorTests.Bind("_contrib_MultiBoxPrior", attributes), [x])[0].ToArray<float>()
            ),
        ];
        CollectionAssert.AreEqual(boxes[0], boxes[1]);
    }

    [TestMethod]
    [DataRow("_contrib_MultiBoxPrior", "steps=(1,-1)", "1,1,2,2", "steps")]
    [DataRow("_contrib_MultiBoxPrior", "", "2,3", "(samples, channels, height, width)")]
    [DataRow("_contrib_MultiBoxTarget", "variances=(1,2)", "1,5,4;2,3,5;2,3,5", "variances")]
    [DataRow("_contrib_MultiBoxTarget", "", "2,5,4;2,3,5;2,3,5", "(1, anchors, 4)")]
    [DataRow("_contrib_MultiBoxTarget", "", "1,5,4;2,3,4;2,3,5", "(samples, objects, 5)")]
    [DataRow("_contrib_MultiBoxTarget", "", "1,5,4;2,3,5;2,3,6", "cls_pred")]
    [DataRow("_contrib_MultiBoxDetection", "", "2,3,5;2,19;1,5,4", "loc_pred")]
    [DataRow("_contrib_MultiBoxDetection", "", "2,3,5;2,20;1,6,4", "anchor")]
    public void Wrong_calls_say_what_is_wrong(string name, string attributes, string inputs, string says)
    {
        using var scope = new ArrayScope();
        NDArray[] arrays =
        [
            .. inputs.Split(';').Select(text => NDArray.Zeros(new Shape([.. text.Split(',').Select(long.Parse)]))),
        ];
        Exception error = Assert.Throws<OperatorException>(() =>
            Imperative.Invoke(NeuralErrorTests.Bind(name, attributes), arrays)
        );
        StringAssert.Contains(error.Message, name);
        StringAssert.Contains(error.Message, says);
    }

    private static double[] Row(NDArray array, int sample)
    {
        int width = (int)(array.Size / array.Shape[0]);
        return array.ToArray<double>()[(sample * width)..((sample + 1) * width)];
    }

    private static void AreClose(double[] expected, double[] actual, string what)
    {
        Assert.HasCount(expected.Length, actual);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], actual[i], 1e-12 * Math.Max(1, Math.Abs(expected[i])), $"{what} {i}");
        }
    }

    // Corners on a coarse grid, so that equal overlaps and boxes without extent occur.
    private static double[] Boxes(Random random, int count) =>
        [
            .. Enumerable
                .Range(0, count)
                .SelectMany(_ =>
                {
                    double x = random.Next(6) / 8.0;
                    double y = random.Next(6) / 8.0;
                    return new[] { x, y, x + (random.Next(1, 4) / 8.0), y + (random.Next(1, 4) / 8.0) };
                }),
        ];

    private static double[] Labels(Random random, int batch, int labels) =>
        [
            .. Enumerable
                .Range(0, batch)
                .SelectMany(_ =>
                {
                    int objects = random.Next(labels + 1);
                    return Enumerable
                        .Range(0, labels)
                        .SelectMany(i =>
                            i < objects ? Boxes(random, 1).Prepend(random.Next(2)) : new double[] { -1, 0, 0, 0, 0 }
                        );
                }),
        ];

    private static double Overlap(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double width = Math.Max(0, Math.Min(a[2], b[2]) - Math.Max(a[0], b[0]));
        double height = Math.Max(0, Math.Min(a[3], b[3]) - Math.Max(a[1], b[1]));
        double shared = width * height;
        double all = ((a[2] - a[0]) * (a[3] - a[1])) + ((b[2] - b[0]) * (b[3] - b[1])) - shared;
        return all > 0 ? shared / all : 0;
    }

    private static (double[] Offsets, double[] Mask, double[] Classes) Targets(
        double[] anchors,
        double[][] labels,
        double[] scores,
        int mining
    )
    {
        int count = anchors.Length / 4;
        double[] offsets = new double[4 * count];
        double[] mask = new double[4 * count];
        double[] classes = [.. Enumerable.Repeat(-7.0, count)];
        double[][] objects = [.. labels.TakeWhile(label => label[0] != -1)];
        if (objects.Length == 0)
            return (offsets, mask, classes);
        double[] Anchor(int i) => anchors[(4 * i)..(4 * (i + 1))];
        double At(int i, int j) => Overlap(Anchor(i), objects[j].AsSpan(1));
        int[] owner = [.. Enumerable.Repeat(-1, count)];
        var free = Enumerable.Range(0, objects.Length).ToHashSet();
        while (true)
        {
            (int I, int J)[] pairs =
            [
                .. Enumerable
                    .Range(0, count)
                    .Where(i => owner[i] < 0)
                    .SelectMany(i => free.Order().Select(j => (i, j)))
                    .Where(pair => At(pair.i, pair.j) > 1e-6),
            ];
            if (pairs.Length == 0)
                break;
            (int chosen, int of) = pairs.MaxBy(pair => At(pair.I, pair.J));
            owner[chosen] = of;
            free.Remove(of);
        }

        double[] best = [.. Enumerable.Range(0, count).Select(i => objects.Select((_, j) => At(i, j)).Max())];
        for (int i = 0; i < count; i++)
        {
            if (owner[i] < 0 && best[i] > 0.3f)
                owner[i] = Enumerable.Range(0, objects.Length).MaxBy(j => At(i, j));
        }

        for (int i = 0; i < count; i++)
        {
            if (owner[i] < 0)
                continue;
            double[] a = Anchor(i);
            double[] o = objects[owner[i]];
            classes[i] = o[0] + 1;
            mask.AsSpan(4 * i, 4).Fill(1);
            offsets[4 * i] = ((o[1] + o[3]) - (a[0] + a[2])) / 2 / (a[2] - a[0]) / 0.1f;
            offsets[(4 * i) + 1] = ((o[2] + o[4]) - (a[1] + a[3])) / 2 / (a[3] - a[1]) / 0.1f;
            offsets[(4 * i) + 2] = Math.Log((o[3] - o[1]) / (a[2] - a[0])) / 0.2f;
            offsets[(4 * i) + 3] = Math.Log((o[4] - o[2]) / (a[3] - a[1])) / 0.2f;
        }

        int positive = owner.Count(o => o >= 0);
        IEnumerable<int> background = Enumerable.Range(0, count).Where(i => owner[i] < 0);
        if (mining > 0)
        {
            background = background
                .Where(i => best[i] < 0.25f)
                .OrderBy(i => Background([.. Enumerable.Range(0, 3).Select(c => scores[(c * count) + i])]))
                .Take(Math.Min(mining * positive, count - positive));
        }

        foreach (int i in background.ToArray())
        {
            classes[i] = 0;
        }

        return (offsets, mask, classes);
    }

    private static double Background(double[] scores) =>
        Math.Exp(scores[0] - scores.Max()) / scores.Sum(score => Math.Exp(score - scores.Max()));

    private static double[] Detections(
        double[] anchors,
        double[] probabilities,
        double[] offsets,
        bool clip,
        bool across
    )
    {
        int count = anchors.Length / 4;
        var found = new List<double[]>();
        for (int i = 0; i < count; i++)
        {
            double[] own = [.. Enumerable.Range(1, 3).Select(c => probabilities[(c * count) + i])];
            if (own.Max() < 0.25)
                continue;
            ReadOnlySpan<double> a = anchors.AsSpan(4 * i, 4);
            ReadOnlySpan<double> o = offsets.AsSpan(4 * i, 4);
            double x = (o[0] * (float)s_variances[0] * (a[2] - a[0])) + ((a[0] + a[2]) / 2);
            double y = (o[1] * (float)s_variances[1] * (a[3] - a[1])) + ((a[1] + a[3]) / 2);
            double w = Math.Exp(o[2] * (float)s_variances[2]) * (a[2] - a[0]) / 2;
            double h = Math.Exp(o[3] * (float)s_variances[3]) * (a[3] - a[1]) / 2;
            double[] box = [x - w, y - h, x + w, y + h];
            found.Add([Array.IndexOf(own, own.Max()), own.Max(), .. clip ? box.Select(v => Math.Clamp(v, 0, 1)) : box]);
        }

        double[][] sorted = [.. found.OrderByDescending(box => box[1])];
        for (int i = 0; i < sorted.Length; i++)
        {
            foreach (double[] other in sorted[(i + 1)..])
            {
                bool competes = sorted[i][0] >= 0 && other[0] >= 0 && (across || other[0] == sorted[i][0]);
                if (competes && Overlap(sorted[i].AsSpan(2), other.AsSpan(2)) >= 0.4f)
                    other[0] = -1;
            }
        }

        return [.. sorted.SelectMany(box => box), .. Enumerable.Repeat(-1.0, 6 * (count - sorted.Length))];
    }
}
