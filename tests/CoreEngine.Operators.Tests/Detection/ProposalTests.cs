using CoreEngine.Kernels;
using CsCheck;

namespace CoreEngine.Operators.Tests;

/// <summary>Region proposals against the definition written out plainly.</summary>
[TestClass]
[DoNotParallelize]
public sealed class ProposalTests
{
    private const int Stride = 8;
    private const int LeastSize = 6;
    private const double Threshold = 0.5;
    private static readonly double[] s_scales = [1, 2];
    private static readonly double[] s_ratios = [0.5, 1, 2];

    [TestMethod]
    public void Proposals_are_those_of_the_plain_definition() =>
        Gen.Select(Gen.Int[1, 3], Gen.Int[1, 4], Gen.Int[1, 5], Gen.Int[0, 30], Gen.Int[1, 40], Gen.Int[0, 100_000])
            .Sample(
                c =>
                {
                    (int batch, int height, int width, int candidates, int results, int seed) = c;
                    bool corners = seed % 2 == 0;
                    var call = new Call(batch, height, width, new Random(seed));
                    using var scope = new ArrayScope();
                    NDArray[] actual = call.Run("_contrib_MultiProposal", candidates, results, corners, DType.Float64);
                    Assert.AreEqual(new Shape(batch * results, 5), actual[0].Shape);
                    Assert.AreEqual(new Shape(batch * results, 1), actual[1].Shape);
                    double[] boxes = actual[0].ToArray<double>();
                    double[] scores = actual[1].ToArray<double>();
                    for (int image = 0; image < batch; image++)
                    {
                        (double[][] expected, bool isAll) = call.Expected(image, candidates, results, corners);
                        for (int i = 0; i < (isAll ? results : expected.Length); i++)
                        {
                            double[] box = expected[i % expected.Length];
                            int place = (image * results) + i;
                            Assert.AreEqual(image, boxes[5 * place]);
                            Assert.AreEqual(box[4], scores[place]);
                            for (int j = 0; j < 4; j++)
                            {
                                Assert.AreEqual(box[j], boxes[(5 * place) + 1 + j], 1e-9, $"{c} box {i} border {j}");
                            }
                        }
                    }
                },
                iter: 300
            );

    [TestMethod]
    public void One_image_is_proposed_as_several_are_and_in_any_type()
    {
        var call = new Call(1, 4, 5, new Random(2));
        using var scope = new ArrayScope();
        double[] many = Values(call.Run("_contrib_MultiProposal", 50, 20, corners: false, DType.Float64));
        CollectionAssert.AreEqual(many, Values(call.Run("_contrib_Proposal", 50, 20, corners: false, DType.Float64)));
        double[] single = Values(call.Run("_contrib_Proposal", 50, 20, corners: false, DType.Float32));
        double[] half = Values(call.Run("_contrib_Proposal", 50, 20, corners: false, DType.Float16));
        for (int i = 0; i < many.Length; i++)
        {
            Assert.AreEqual(many[i], single[i], 1e-4);
            Assert.AreEqual(many[i], half[i], 0.1);
        }
    }

    [TestMethod]
    public void Scores_are_an_output_only_when_asked_for()
    {
        var call = new Call(1, 2, 2, new Random(2));
        using var scope = new ArrayScope();
        NDArray[] inputs = call.Inputs(DType.Float32);
        NDArray[] outputs = Imperative.Invoke(NeuralErrorTests.Bind("_contrib_Proposal", Call.Shapes), inputs);
        Assert.HasCount(1, outputs);
        Assert.AreEqual(new Shape(300, 5), outputs[0].Shape);
    }

    [TestMethod]
    public void Nothing_depends_on_the_number_of_threads_and_no_gradient_flows()
    {
        ThreadCounts.AreAlike(Run);

        static double[] Run()
        {
            using var scope = new ArrayScope();
            NDArray[] inputs = new Call(5, 4, 4, new Random(9)).Inputs(DType.Float32);
            inputs[1].AttachGradient();
            NDArray found;
            using (Autograd.Record())
            {
                found = Imperative.Invoke(NeuralErrorTests.Bind("_contrib_MultiProposal", Call.Shapes), inputs)[0];
            }

            Autograd.Backward([found]);
            Assert.IsTrue(inputs[1].Gradient!.ToArray<float>().All(g => g == 0));
            return [.. found.ToArray<float>()];
        }
    }

    [TestMethod]
    public void Numbers_that_are_none_and_images_without_extent_do_no_harm()
    {
        var call = new Call(1, 3, 3, new Random(4));
        using var scope = new ArrayScope();
        NDArray[] inputs = call.Inputs(DType.Float32);
        float[] scores = inputs[0].ToArray<float>();
        scores.AsSpan(scores.Length / 2, 20).Fill(float.NaN);
        float[] offsets = inputs[1].ToArray<float>();
        (offsets[0], offsets[40], offsets[100]) = (float.PositiveInfinity, float.NaN, 1e30f);
        foreach (float[] size in new float[][] { [20, 24, 1], [0, 0, 1], [-5, float.NaN, 1], [1, 1, float.NaN] })
        {
            NDArray[] broken =
            [
                NDArray.From(scores, inputs[0].Shape),
                NDArray.From(offsets, inputs[1].Shape),
                NDArray.From(size, new Shape(1, 3)),
            ];
            BoundOperator op = NeuralErrorTests.Bind("_contrib_Proposal", Call.Shapes + " rpn_post_nms_top_n=70");
            float[] boxes = Imperative.Invoke(op, broken)[0].ToArray<float>();
            Assert.HasCount(350, boxes);
            Assert.AreEqual(0, boxes[0]);
        }
    }

    [TestMethod]
    [DataRow("_contrib_Proposal", "rpn_post_nms_top_n=0", "1,24,2,2", "rpn_post_nms_top_n")]
    [DataRow("_contrib_Proposal", "feature_stride=0", "1,24,2,2", "feature_stride")]
    [DataRow("_contrib_Proposal", "", "1,22,2,2", "24")]
    [DataRow("_contrib_Proposal", "", "2,24,2,2", "_contrib_MultiProposal")]
    [DataRow("_contrib_MultiProposal", "", "24,2,2", "(images, 2 anchors, height, width)")]
    [DataRow("_contrib_MultiProposal", "", "2,24,2,2;2,24,2,2", "bbox_pred")]
    [DataRow("_contrib_MultiProposal", "", "2,24,2,2;2,48,2,2;3,3", "im_info")]
    public void Wrong_calls_say_what_is_wrong(string name, string attributes, string inputs, string says)
    {
        using var scope = new ArrayScope();
        string[] shapes = [.. inputs.Split(';'), "1,48,2,2", "1,3"];
        NDArray[] arrays =
        [
            .. shapes[..3].Select(text => NDArray.Zeros(new Shape([.. text.Split(',').Select(long.Parse)]))),
        ];
        Exception error = Assert.Throws<OperatorException>(() =>
            Imperative.Invoke(NeuralErrorTests.Bind(name, attributes), arrays)
        );
        StringAssert.Contains(error.Message, name);
        StringAssert.Contains(error.Message, says);
    }

    [TestMethod]
    public void An_image_larger_than_its_feature_map_is_refused()
    {
        using var scope = new ArrayScope();
        NDArray[] inputs = new Call(1, 2, 2, new Random(1)).Inputs(DType.Float32);
        inputs[2] = NDArray.From([16f, 24f, 1f], new Shape(1, 3));
        NDArray[] outputs = Imperative.Invoke(NeuralErrorTests.Bind("_contrib_Proposal", Call.Shapes), inputs);
        Exception error = Assert.Throws<EngineException>(() => outputs[0].ToArray<float>());
        StringAssert.Contains(error.Message, "im_info");
    }

    private static double[] Values(NDArray[] outputs) =>
        [.. outputs.SelectMany(o => o.AsType(DType.Float64).ToArray<double>())];

    /// <summary>Inputs, and what the definition makes of them.</summary>
    private sealed class Call
    {
        internal static readonly string Shapes =
            $"scales=(1,2) ratios=(0.5,1,2) feature_stride={Stride} rpn_min_size={LeastSize} threshold=0.5";

        private static readonly int s_shapes = s_scales.Length * s_ratios.Length;

        private readonly int _batch;
        private readonly int _height;
        private readonly int _width;
        private readonly double[] _scores;
        private readonly double[] _offsets;
        private readonly double[] _images;

        internal Call(int batch, int height, int width, Random random)
        {
            (_batch, _height, _width) = (batch, height, width);
            int boxes = s_shapes * height * width;
            _scores = new double[2 * batch * boxes];
            for (int i = 0; i < _scores.Length; i++)
            {
                _scores[i] = (i + 0.5) / _scores.Length;
            }

            random.Shuffle(_scores);
            _offsets = [.. Enumerable.Range(0, 4 * batch * boxes).Select(_ => random.NextDouble() - 0.5)];
            // Some cells lie beyond the image.
            _images =
            [
                .. Enumerable
                    .Range(0, batch)
                    .SelectMany(_ =>
                        new double[]
                        {
                            (Stride * height) - random.Next(6),
                            (Stride * width) - random.Next(6),
                            random.Next(1, 3) / 2.0,
                        }
                    ),
            ];
        }

        internal NDArray[] Inputs(DType dtype) =>
            [
                NDArray.From(_scores, new Shape(_batch, 2 * s_shapes, _height, _width)).AsType(dtype),
                NDArray.From(_offsets, new Shape(_batch, 4 * s_shapes, _height, _width)).AsType(dtype),
                NDArray.From(_images, new Shape(_batch, 3)).AsType(dtype),
            ];

        internal NDArray[] Run(string name, int candidates, int results, bool corners, DType dtype)
        {
            string attributes =
                $"{Shapes} rpn_pre_nms_top_n={candidates} rpn_post_nms_top_n={results} iou_loss={corners} output_score=1";
            return Imperative.Invoke(NeuralErrorTests.Bind(name, attributes), Inputs(dtype));
        }

        /// <summary>
        /// The boxes of different scores, in their order, and whether these are all. The others, which are too small or lie
        /// beyond the image, have one score; how those are sorted is tested with the sort.
        /// </summary>
        internal (double[][] Boxes, bool IsAll) Expected(int image, int candidates, int results, bool corners)
        {
            double[][] sorted = [.. Boxes(image, corners).OrderByDescending(box => box[4])];
            double[][] competing = candidates > 0 ? [.. sorted.Take(candidates)] : sorted;
            var kept = new List<double[]>();
            foreach (double[] box in competing.Where(box => box[4] >= 0))
            {
                if (kept.Count < results && kept.TrueForAll(other => Overlap(box, other) <= Threshold))
                    kept.Add(box);
            }

            return ([.. kept], competing[^1][4] >= 0);
        }

        private double[][] Boxes(int image, bool corners)
        {
            var boxes = new List<double[]>();
            (double tall, double wide, double scale) = (
                _images[3 * image],
                _images[(3 * image) + 1],
                _images[(3 * image) + 2]
            );
            for (int i = 0; i < _height * _width * s_shapes; i++)
            {
                (int cell, int shape) = Math.DivRem(i, s_shapes);
                (int row, int column) = Math.DivRem(cell, _width);
                double ratio = s_ratios[shape / s_scales.Length];
                double size = s_scales[shape % s_scales.Length];
                double side = Math.Floor(Math.Sqrt(Math.Floor(Stride * Stride / ratio)) + 0.5);
                double w = side * size;
                double h = Math.Floor((side * ratio) + 0.5) * size;
                double x = (Stride - 1) / 2.0 + (column * Stride);
                double y = (Stride - 1) / 2.0 + (row * Stride);
                double At(double[] values, int channels, int channel) =>
                    values[(((image * channels) + channel) * _height * _width) + cell];
                double[] d = [.. Enumerable.Range(0, 4).Select(k => At(_offsets, 4 * s_shapes, (4 * shape) + k))];
                double[] box = [x - ((w - 1) / 2), y - ((h - 1) / 2), x + ((w - 1) / 2), y + ((h - 1) / 2), 0];
                if (corners)
                {
                    box = [box[0] + d[0], box[1] + d[1], box[2] + d[2], box[3] + d[3], 0];
                }
                else
                {
                    (x, y) = (x + (d[0] * w), y + (d[1] * h));
                    (w, h) = (w * Math.Exp(d[2]), h * Math.Exp(d[3]));
                    box = [x - ((w - 1) / 2), y - ((h - 1) / 2), x + ((w - 1) / 2), y + ((h - 1) / 2), 0];
                }

                for (int k = 0; k < 4; k++)
                {
                    box[k] = Math.Clamp(box[k], 0, (k % 2 == 0 ? wide : tall) - 1);
                }

                box[4] = At(_scores, 2 * s_shapes, s_shapes + shape);
                if (row >= (int)(tall / Stride) || column >= (int)(wide / Stride))
                    box[4] = -1;
                double least = LeastSize * scale;
                if (box[2] - box[0] + 1 < least || box[3] - box[1] + 1 < least)
                    box = [box[0] - (least / 2), box[1] - (least / 2), box[2] + (least / 2), box[3] + (least / 2), -1];
                boxes.Add(box);
            }

            return [.. boxes];
        }

        private static double Overlap(double[] a, double[] b)
        {
            static double Area(double[] box) => (box[2] - box[0] + 1) * (box[3] - box[1] + 1);
            double width = Math.Max(0, Math.Min(a[2], b[2]) - Math.Max(a[0], b[0]) + 1);
            double height = Math.Max(0, Math.Min(a[3], b[3]) - Math.Max(a[1], b[1]) + 1);
            return width * height / (Area(a) + Area(b) - (width * height));
        }
    }
}
