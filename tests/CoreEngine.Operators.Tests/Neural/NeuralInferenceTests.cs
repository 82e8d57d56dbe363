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
}
