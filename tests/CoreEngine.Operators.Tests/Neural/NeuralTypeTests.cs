using CoreEngine.Kernels;

namespace CoreEngine.Operators.Tests;

/// <summary>Every layer computes in float16 and float64 what it computes in float32, forward and backward.</summary>
[TestClass]
public sealed class NeuralTypeTests
{
    /// <summary>A call and the shapes of its inputs; those after a bar are labels or states, which keep no gradient.</summary>
    public static IEnumerable<object[]> Cases =>
        [
            ["Activation", "act_type=tanh", "3,5", ""],
            ["LeakyReLU", "act_type=prelu", "2,3,4;3", ""],
            ["LeakyReLU", "act_type=elu", "7", ""],
            ["softmax", "axis=0", "3,4", ""],
            ["SoftmaxActivation", "", "3,4", ""],
            ["SoftmaxOutput", "smooth_alpha=0.1 normalization=batch", "3,4", "3"],
            ["SoftmaxOutput", "multi_output=1 use_ignore=1 ignore_label=1 normalization=valid", "2,3,4", "2,4"],
            ["softmax_cross_entropy", "", "3,4", "3"],
            ["LogisticRegressionOutput", "", "3,4", "3,4"],
            ["MAERegressionOutput", "", "3,1", "3"],
            ["MakeLoss", "normalization=valid valid_thresh=0.2", "3,4", ""],
            ["SVMOutput", "", "3,4", "3"],
            ["BatchNorm", "fix_gamma=0", "4,3,2;3;3", "3;3"],
            ["Convolution", "kernel=(3,3) num_filter=2", "2,3,5,5;2,3,3,3;2", ""],
            ["Deconvolution", "kernel=(3,3) stride=(2,2) num_filter=2 no_bias=0", "2,3,3,3;3,2,3,3;2", ""],
            [
                "_contrib_DeformableConvolution",
                "kernel=(3,3) num_filter=4 pad=(1,1) num_deformable_group=2",
                "2,4,5,5;2,36,5,5;4,4,3,3;4",
                "",
            ],
            ["Pooling", "kernel=(2,2) pool_type=max", "2,2,4,4", ""],
            ["Pooling", "kernel=(2,2) pool_type=avg pad=(1,1)", "2,2,4,4", ""],
            ["L2Normalization", "", "3,4", ""],
            ["InstanceNorm", "", "2,3,5;3;3", ""],
            ["LayerNorm", "", "2,3,5;5;5", ""],
            ["LRN", "nsize=3 alpha=1", "2,4,3", ""],
            ["UpSampling", "scale=2 num_args=1 sample_type=nearest", "1,2,3,3", ""],
            ["UpSampling", "scale=2 num_args=2 sample_type=bilinear num_filter=2", "1,2,3,3;2,1,4,4", ""],
            ["GridGenerator", "transform_type=warp", "1,2,3,4", ""],
            ["BilinearSampler", "", "1,2,4,4;1,2,3,3", ""],
            ["SpatialTransformer", "target_shape=(3,3) transform_type=affine sampler_type=bilinear", "1,2,4,4;1,6", ""],
            ["ROIPooling", "pooled_size=(2,2) spatial_scale=1", "1,2,5,5", "3,5"],
            ["_contrib_PSROIPooling", "pooled_size=2 output_dim=2 spatial_scale=1", "2,8,5,5", "3,5"],
            [
                "_contrib_DeformablePSROIPooling",
                "pooled_size=2 group_size=2 output_dim=2 spatial_scale=1 sample_per_part=2 trans_std=0.5",
                "1,8,5,5;3,5;3,4,2,2",
                "",
            ],
            ["Correlation", "pad_size=1", "1,2,4,4;1,2,4,4", ""],
            ["IdentityAttachKLSparseReg", "", "4,3", "3"],
        ];

    /// <summary>One call in three types.</summary>
    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void All_floating_point_types_agree(string name, string attributes, string variables, string constants)
    {
        double[][] single = Run(DType.Float32, name, attributes, variables, constants);
        AssertClose(single, Run(DType.Float64, name, attributes, variables, constants), 2e-5, name);
        AssertClose(single, Run(DType.Float16, name, attributes, variables, constants), 2e-2, name);
    }

    /// <summary>The same bits from teams of one, two and three threads.</summary>
    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void Results_do_not_depend_on_threads(string name, string attributes, string variables, string constants)
    {
        KernelTeam before = KernelTeam.Default;
        try
        {
            double[][][] runs =
            [
                .. new[] { 1, 2, 3 }.Select(size =>
                {
                    using var team = new KernelTeam(size);
                    KernelTeam.Default = team;
                    return Run(DType.Float32, name, attributes, variables, constants);
                }),
            ];
            for (int i = 0; i < runs[0].Length; i++)
            {
                CollectionAssert.AreEqual(runs[0][i], runs[1][i], $"{name}: array {i}, two threads");
                CollectionAssert.AreEqual(runs[0][i], runs[2][i], $"{name}: array {i}, three threads");
            }
        }
        finally
        {
            KernelTeam.Default = before;
        }
    }

    private static double[][] Run(DType dtype, string name, string attributes, string variables, string constants)
    {
        using var scope = new ArrayScope();
        var random = new Random(5);
        BoundOperator op = NeuralErrorTests.Bind(name, attributes);
        NDArray[] trained = [.. Parse(variables).Select(shape => Draw(random, shape))];
        // Labels and states are small whole numbers above 0, which every type holds.
        NDArray[] fixedOnes = [.. Parse(constants).Select(shape => DrawWhole(random, shape))];
        NDArray[] inputs = [.. trained, .. fixedOnes];
        for (int i = 0; i < inputs.Length; i++)
        {
            bool isParameter = name == "BatchNorm" && i > 0;
            inputs[i] = inputs[i].AsType(isParameter && dtype == DType.Float16 ? DType.Float32 : dtype);
            if (i < trained.Length)
                inputs[i].AttachGradient();
        }

        NDArray[] outputs;
        using (Autograd.Record())
        {
            outputs = Imperative.Invoke(op, inputs);
        }

        Autograd.Backward(outputs);
        return
        [
            .. outputs.Select(Values),
            .. inputs.Take(trained.Length).Select(input => Values(input.Gradient!)),
            .. inputs.Skip(trained.Length).Select(Values),
        ];
    }

    private static IEnumerable<Shape> Parse(string shapes) =>
        shapes
            .Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(text => new Shape([.. text.Split(',').Select(long.Parse)]));

    // Multiples of 1/16 from -1 to 1: exact in float16.
    private static NDArray Draw(Random random, Shape shape)
    {
        double[] values = new double[shape.Size];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = random.Next(-16, 17) / 16.0;
        }

        return NDArray.From(values, shape);
    }

    private static NDArray DrawWhole(Random random, Shape shape)
    {
        double[] values = new double[shape.Size];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = random.Next(0, 3);
        }

        return NDArray.From(values, shape);
    }

    private static double[] Values(NDArray array)
    {
        using NDArray wide = array.AsType(DType.Float64);
        return wide.ToArray<double>();
    }

    private static void AssertClose(double[][] expected, double[][] actual, double tolerance, string name)
    {
        Assert.HasCount(expected.Length, actual);
        for (int i = 0; i < expected.Length; i++)
        {
            for (int j = 0; j < expected[i].Length; j++)
            {
                double allowed = tolerance * Math.Max(1, Math.Abs(expected[i][j]));
                Assert.AreEqual(expected[i][j], actual[i][j], allowed, $"{name}: array {i} at {j}");
            }
        }
    }
}
