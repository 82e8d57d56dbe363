namespace CoreEngine.Operators.Tests;

/// <summary>What layers deduce of the shapes of their parameters, labels and results, also from parts.</summary>
[TestClass]
public sealed class NeuralInferenceTests
{
    /// <summary>
    /// A call, the shape of its data (0 is unknown), and what must follow: the inputs' and outputs' shapes, an empty one
    /// where nothing is known.
    /// </summary>
    public static IEnumerable<object[]> Cases =>
        [
            ["Convolution", "kernel=(3,3) num_filter=4", "0,3,8,8", "0,3,8,8;4,3,3,3;4", "0,4,6,6"],
            ["Convolution", "kernel=(3,3) num_filter=4 num_group=2 no_bias=1", "1,4,0,8", "1,4,0,8;4,2,3,3", "1,4,0,6"],
            ["Convolution", "kernel=(3,3) num_filter=4", "", ";;", ""],
            [
                "_contrib_DeformableConvolution",
                "kernel=(3,2) num_filter=4 num_group=2 num_deformable_group=2",
                "0,4,8,8",
                "0,4,8,8;0,24,6,7;4,2,3,2;4",
                "0,4,6,7",
            ],
            [
                "_contrib_MultiProposal",
                "scales=(1,2) ratios=(1,) rpn_post_nms_top_n=5",
                "3,0,8,0",
                "3,0,8,0;3,8,8,0;3,3",
                "15,5;15,1",
            ],
            ["_contrib_Proposal", "rpn_post_nms_top_n=5", "0,24,8,8", "0,24,8,8;0,48,8,8;0,3", "5,5;5,1"],
            [
                "Deconvolution",
                "kernel=(4,4) stride=(2,2) target_shape=(10,10) num_filter=2",
                "1,3,5,5",
                "1,3,5,5;3,2,4,4",
                "1,2,10,10",
            ],
            [
                "Pooling",
                "kernel=(3,3) stride=(2,2) pool_type=max pooling_convention=full",
                "0,2,8,8",
                "0,2,8,8",
                "0,2,4,4",
            ],
            ["Pooling", "kernel=(1,1) global_pool=1 pool_type=avg", "1,2,8,0", "1,2,8,0", "1,2,1,1"],
            ["BatchNorm", "axis=3", "2,0,4,5", "2,0,4,5;5;5;5;5", "2,0,4,5;5;5"],
            ["SoftmaxOutput", "", "0,3", "0,3;0", "0,3"],
            ["SoftmaxOutput", "multi_output=1", "4,3,5,2", "4,3,5,2;4,10", "4,3,5,2"],
            ["SoftmaxOutput", "preserve_shape=1", "4,3,5", "4,3,5;4,3", "4,3,5"],
            ["LinearRegressionOutput", "", "4,1", "4,1;4", "4,1"],
            ["LinearRegressionOutput", "", "4,2", "4,2;4,2", "4,2"],
            ["LeakyReLU", "act_type=prelu", "2,3,4", "2,3,4;3", "2,3,4"],
            ["LeakyReLU", "act_type=rrelu", "2,3", "2,3", "2,3;2,3"],
            ["LayerNorm", "axis=1", "2,3,4", "2,3,4;3;3", "2,3,4;2,1,4;2,1,4"],
            ["InstanceNorm", "", "2,3,4", "2,3,4;3;3", "2,3,4;2,3,1;2,3,1"],
            ["L2Normalization", "mode=channel", "2,3,4", "2,3,4", "2,3,4;2,1,4"],
            [
                "UpSampling",
                "scale=2 num_args=2 num_filter=3 sample_type=bilinear",
                "1,3,4,4",
                "1,3,4,4;3,1,4,4",
                "1,3,8,8",
            ],
            [
                "SpatialTransformer",
                "target_shape=(2,3) transform_type=affine sampler_type=bilinear",
                "2,1,4,4",
                "2,1,4,4;2,6",
                "2,1,2,3",
            ],
            ["IdentityAttachKLSparseReg", "", "4,3", "4,3;3", "4,3"],
        ];

    /// <summary>From the data alone.</summary>
    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void Shapes_follow_from_the_data(string name, string attributes, string data, string inputs, string outputs)
    {
        ShapeInference shapes = Start(name, attributes);
        shapes.SetInput(0, Parse(data));
        shapes.Operator.Definition.InferShape(shapes);
        Assert.AreEqual(
            inputs,
            string.Join(';', Enumerable.Range(0, shapes.InputCount).Select(i => Text(shapes.Input(i))))
        );
        Assert.AreEqual(
            outputs,
            string.Join(';', Enumerable.Range(0, shapes.OutputCount).Select(i => Text(shapes.Output(i))))
        );
    }

    /// <summary>From the result back to the data.</summary>
    [TestMethod]
    [DataRow("Convolution", "kernel=(3,3) num_filter=4", "0,3,0,8", "2,4,6,0", "2,3,8,8")]
    [DataRow("Deconvolution", "kernel=(3,3) num_filter=4", "0,3,4,4", "2,4,6,6", "2,3,4,4")]
    [DataRow("Pooling", "kernel=(2,2) pool_type=max", "0,0,4,4", "2,3,3,3", "2,3,4,4")]
    [DataRow("Activation", "act_type=relu", "", "2,3", "2,3")]
    [DataRow("SoftmaxOutput", "", "0,3", "4,0", "4,3")]
    [DataRow("GridGenerator", "transform_type=affine target_shape=(2,3)", "", "4,2,2,3", "4,6")]
    public void Data_follows_from_the_result(
        string name,
        string attributes,
        string data,
        string result,
        string expected
    )
    {
        ShapeInference shapes = Start(name, attributes);
        shapes.SetInput(0, Parse(data));
        shapes.SetOutput(0, Parse(result));
        shapes.Operator.Definition.InferShape(shapes);
        Assert.AreEqual(expected, Text(shapes.Input(0)));
    }

    /// <summary>There are no kernels for these layouts, but layers are described in them before there are data.</summary>
    [TestMethod]
    [DataRow("Convolution", "kernel=(3,3) num_filter=6 layout=NHWC", "2,0,0,4", "6,3,3,4", "2,0,0,6")]
    [DataRow("Convolution", "kernel=(3,1,2) num_filter=6 layout=NDHWC", "0,0,0,0,4", "6,3,1,2,4", "0,0,0,0,6")]
    [DataRow("Convolution", "kernel=(3,3) num_filter=6 num_group=2 layout=NHWC", "2,9,0,4", "6,3,3,2", "2,7,0,6")]
    [DataRow("Deconvolution", "kernel=(3,3) num_filter=6 layout=NHWC", "2,9,0,4", "4,3,3,6", "2,11,0,6")]
    public void Channels_may_be_last_before_there_are_data(
        string name,
        string attributes,
        string data,
        string weight,
        string result
    )
    {
        ShapeInference shapes = Start(name, attributes);
        shapes.SetInput(0, Parse(data));
        shapes.Operator.Definition.InferShape(shapes);
        Assert.AreEqual(weight, Text(shapes.Input(1)));
        Assert.AreEqual(result, Text(shapes.Output(0)));
        Assert.AreEqual(data, Text(shapes.Input(0)));
    }

    private static ShapeInference Start(string name, string attributes)
    {
        BoundOperator op = NeuralErrorTests.Bind(name, attributes);
        var shapes = new ShapeInference();
        shapes.Start(op, op.InputCount);
        return shapes;
    }

    private static Shape Parse(string text) =>
        text.Length == 0 ? default : new Shape([.. text.Split(',').Select(long.Parse)]);

    private static string Text(Shape shape) => string.Join(',', shape.Dims.ToArray());

    /// <summary>Layers that MXNet defined before types were inferred are float32 where nothing else is said.</summary>
    [TestMethod]
    [DataRow("LeakyReLU", "")]
    [DataRow("SoftmaxActivation", "")]
    [DataRow("InstanceNorm", "")]
    [DataRow("L2Normalization", "")]
    [DataRow("LinearRegressionOutput", "")]
    [DataRow("IdentityAttachKLSparseReg", "")]
    [DataRow("Correlation", "")]
    [DataRow("_contrib_CTCLoss", "")]
    [DataRow("_contrib_Proposal", "")]
    [DataRow("_contrib_MultiProposal", "")]
    [DataRow("_contrib_MultiBoxPrior", "")]
    [DataRow("_contrib_MultiBoxTarget", "")]
    [DataRow("_contrib_MultiBoxDetection", "")]
    public void Old_layers_are_float32_where_nothing_is_said(string name, string attributes)
    {
        TypeInference types = InferTypes(name, attributes);
        Assert.AreEqual(DType.Float32, types.Input(0));
        Assert.AreEqual(DType.Float32, types.Output(0));
    }

    /// <summary>Others must be told, as MXNet's must.</summary>
    [TestMethod]
    [DataRow("Activation", "act_type=relu")]
    [DataRow("BatchNorm", "")]
    [DataRow("Convolution", "kernel=(1,1) num_filter=1")]
    [DataRow("Deconvolution", "kernel=(1,1) num_filter=1")]
    [DataRow("Pooling", "kernel=(1,1) pool_type=max")]
    [DataRow("Pooling_v1", "kernel=(1,1) pool_type=max")]
    [DataRow("LRN", "nsize=3")]
    [DataRow("Dropout", "")]
    [DataRow("RNN", "mode=gru state_size=1 num_layers=1")]
    [DataRow("MakeLoss", "")]
    [DataRow("SoftmaxOutput", "")]
    [DataRow("SVMOutput", "")]
    [DataRow("UpSampling", "scale=2 sample_type=nearest num_args=1")]
    [DataRow("GridGenerator", "transform_type=warp")]
    [DataRow("BilinearSampler", "")]
    [DataRow("SpatialTransformer", "transform_type=affine sampler_type=bilinear target_shape=(2,2)")]
    [DataRow("ROIPooling", "pooled_size=(1,1) spatial_scale=1")]
    [DataRow("SequenceMask", "")]
    [DataRow("SequenceLast", "")]
    [DataRow("SequenceReverse", "")]
    [DataRow("_contrib_PSROIPooling", "spatial_scale=1 output_dim=1 pooled_size=1")]
    [DataRow("_contrib_DeformableConvolution", "kernel=(1,1) num_filter=1")]
    [DataRow("_contrib_fft", "")]
    [DataRow("_contrib_ifft", "")]
    [DataRow("_contrib_count_sketch", "out_dim=2")]
    public void Other_layers_must_be_told_their_type(string name, string attributes)
    {
        string message = Assert.ThrowsExactly<TypeMismatchException>(() => InferTypes(name, attributes)).Message;
        StringAssert.StartsWith(message, name);
    }

    private static TypeInference InferTypes(string name, string attributes)
    {
        BoundOperator op = NeuralErrorTests.Bind(name, attributes);
        var types = new TypeInference();
        types.Start(op, op.InputCount);
        types.Apply();
        return types;
    }
}
