namespace CoreEngine.Operators.Tests;

/// <summary>What the layers of neural networks refuse, and what they say then.</summary>
[TestClass]
public sealed class NeuralErrorTests
{
    /// <summary>Calls with shapes that do not fit, and words that the message must hold.</summary>
    public static IEnumerable<object[]> Shapes =>
        [
            ["Convolution", "kernel=(3,3) num_filter=2", "1,2,2,5", "spatial axis 0", "padding"],
            ["Convolution", "kernel=(3,3) num_filter=2", "1,2,5", "4 axes", "(1,2,5)"],
            ["Convolution", "kernel=(3,3) num_filter=3 num_group=2", "1,2,5,5", "num_group", "3 filters"],
            ["Convolution", "kernel=(3,3) num_filter=2 layout=NHWC", "1,5,5,2", "NHWC", "transpose"],
            ["Convolution", "kernel=(3,3) num_filter=2 layout=NCDHW", "1,2,5,5", "NCDHW", "3 spatial axes"],
            ["_contrib_fused_convolution", "kernel=(3,3) num_filter=2", "1,2,2,5", "spatial axis 0", "padding"],
            [
                "_contrib_fused_convolution",
                "kernel=(3,3) num_filter=3 num_group=2",
                "1,2,5,5",
                "num_group",
                "3 filters",
            ],
            [
                "_contrib_prepare_convolution_weight",
                "kernel=(3,3) num_filter=2 data_size=(2,5)",
                "2,4,3,3",
                "data_size",
                "axis 0",
            ],
            [
                "_contrib_prepare_convolution_weight",
                "kernel=(3,3) num_filter=2 data_size=(5,5)",
                "2,4,3",
                "4 axes",
                "window",
            ],
            [
                "_contrib_prepare_convolution_weight",
                "kernel=(3,) num_filter=3 num_group=2 data_size=(5,)",
                "3,1,3",
                "num_group",
                "3 filters",
            ],
            ["_contrib_DeformableConvolution", "kernel=(3,3) num_filter=2", "1,2,2,5", "spatial axis 0", "padding"],
            [
                "_contrib_DeformableConvolution",
                "kernel=(3,3) num_filter=3 num_deformable_group=2",
                "1,2,5,5",
                "num_deformable_group",
                "3 filters",
            ],
            ["_contrib_DeformableConvolution", "kernel=(3,3) num_filter=2 layout=NCW", "1,2,5,5", "NCW", "1 spatial"],
            ["_contrib_DeformableConvolution", "kernel=(3,3) num_filter=2", "1,2,99999,99999", "2^31", "99999"],
            ["Convolution", "kernel=(3,3) num_filter=2 pad=(1,2000)", "1,4,9,9", "pad=2000", "nothing but padding"],
            ["_contrib_fused_convolution", "kernel=(3,3) num_filter=2 pad=(9999,1)", "1,4,9,9", "pad=9999", "axis 0"],
            ["Deconvolution", "kernel=(2,2) num_filter=2 target_shape=(9,9)", "1,2,3,3", "target_shape", "9"],
            ["Deconvolution", "kernel=(2,2) num_filter=2 target_shape=(3,3)", "1,2,3,3", "target_shape", "even"],
            ["Deconvolution", "kernel=(2,2) num_filter=2 pad=(3,3)", "1,2,3,3", "padding 3", "nothing"],
            ["Pooling", "kernel=(5,5) pool_type=max", "1,1,4,4", "window covers 5", "smaller kernel"],
            ["Pooling", "kernel=(2,2) pool_type=max", "1,1,4", "4 axes", "(1,1,4)"],
            ["BatchNorm", "axis=7", "2,3", "axis 7", "from -2 to 1"],
            ["RNN", "mode=lstm state_size=3 num_layers=1", "4,3", "three axes", "(4,3)"],
            ["softmax", "axis=2", "2,3", "axis 2", "from -2 to 1"],
            ["SoftmaxActivation", "mode=channel", "2,3", "3 axes", "(2,3)"],
            ["SoftmaxOutput", "", "3", "two axes", "classes"],
            ["SVMOutput", "", "3", "two axes", "classes"],
            ["softmax_cross_entropy", "", "2,3,4", "two axes", "(2,3,4)"],
            ["LayerNorm", "axis=2", "2,3", "axis 2", "(2,3)"],
            ["InstanceNorm", "", "2,3", "three axes", "(2,3)"],
            ["L2Normalization", "mode=spatial", "2,3", "3 axes", "(2,3)"],
            ["LRN", "nsize=3", "4", "two axes", "(4,)"],
            ["UpSampling", "scale=2 num_args=1 sample_type=nearest", "2,3", "samples", "(2,3)"],
            ["GridGenerator", "transform_type=affine", "2,6", "target_shape", "height"],
            ["GridGenerator", "transform_type=affine target_shape=(2,2)", "2,5", "(samples, 6)", "(2,5)"],
            ["GridGenerator", "transform_type=warp", "2,3,4,4", "flow", "(2,3,4,4)"],
            ["SpatialTransformer", "transform_type=affine sampler_type=bilinear", "1,1,2,2", "target_shape", "1"],
            ["IdentityAttachKLSparseReg", "", "3", "two axes", "units"],
        ];

    /// <summary>Attributes out of range, and the one that the error must name.</summary>
    public static IEnumerable<object[]> Attributes =>
        [
            ["RNN", "mode=lstm state_size=3 num_layers=2 p=1.5", "p"],
            ["RNN", "mode=lstm state_size=0 num_layers=2", "state_size"],
            ["RNN", "mode=lstm state_size=3 num_layers=0", "num_layers"],
            ["Activation", "act_type=swish", "act_type"],
            ["Activation", "", "act_type"],
            ["LeakyReLU", "act_type=gelu", "act_type"],
            ["Dropout", "p=-0.1", "p"],
            ["Dropout", "p=1.5", "p"],
            ["Convolution", "kernel=(3,3)", "num_filter"],
            ["Convolution", "kernel=(3,3) num_filter=0", "num_filter"],
            ["Convolution", "kernel=(3,3) num_filter=200000", "num_filter"],
            ["Convolution", "kernel=(3,3) num_filter=2 stride=(0,1)", "stride"],
            ["Convolution", "kernel=(3,3) num_filter=2 pad=(1,)", "pad"],
            ["_contrib_fused_convolution", "kernel=(3,3) num_filter=2 pad=(1,9223372036854775807)", "pad"],
            ["Convolution", "kernel=(3,3) num_filter=2 num_group=0", "num_group"],
            ["Convolution", "kernel=() num_filter=2", "kernel"],
            ["Convolution", "kernel=(3,3) num_filter=2 workspace=9000", "workspace"],
            ["_contrib_fused_convolution", "kernel=(3,3) num_filter=2 act_type=tanh", "act_type"],
            ["_contrib_fused_convolution", "kernel=(3,3) num_filter=2 act_limit=-1", "act_limit"],
            ["_contrib_fused_convolution", "kernel=(3,3) num_filter=2 weight_layout=blocked", "weight_layout"],
            ["_contrib_prepare_convolution_weight", "kernel=(3,3) num_filter=2", "data_size"],
            ["_contrib_prepare_convolution_weight", "kernel=(3,3) num_filter=2 data_size=(5,)", "data_size"],
            ["_contrib_prepare_convolution_weight", "kernel=(3,3) num_filter=2 data_size=()", "data_size"],
            ["_contrib_DeformableConvolution", "kernel=(3,) num_filter=2", "kernel"],
            ["_contrib_DeformableConvolution", "kernel=(3,3,3) num_filter=2", "kernel"],
            [
                "_contrib_DeformableConvolution",
                "kernel=(3,3) num_filter=2 num_deformable_group=0",
                "num_deformable_group",
            ],
            ["_contrib_DeformableConvolution", "kernel=(3,3) num_filter=2 workspace=9000", "workspace"],
            ["_contrib_DeformableConvolution", "kernel=(3,3) num_filter=2 layout=NHWC", "layout"],
            ["Deconvolution", "kernel=(3,3) num_filter=2 stride=(2,2) adj=(2,2)", "adj"],
            ["Convolution_v1", "kernel=(3,) num_filter=2 layout=NCW", "layout"],
            ["Pooling", "kernel=(2,2)", "pool_type"],
            ["Pooling", "kernel=(2,2) pool_type=max stride=(0,0)", "stride"],
            ["SoftmaxOutput", "normalization=mean", "normalization"],
            ["LRN", "", "nsize"],
            ["LRN", "nsize=4", "nsize"],
            ["ROIPooling", "pooled_size=(2,2) spatial_scale=2", "spatial_scale"],
            ["UpSampling", "scale=2 sample_type=nearest", "num_args"],
            ["UpSampling", "scale=1001 sample_type=nearest num_args=1", "scale"],
            ["UpSampling", "scale=2 sample_type=nearest num_args=1 workspace=9000", "workspace"],
            ["Correlation", "stride1=0", "stride1"],
            ["IdentityAttachKLSparseReg", "sparseness_target=2", "sparseness_target"],
        ];

    /// <summary>Shapes that do not fit.</summary>
    [TestMethod]
    [DynamicData(nameof(Shapes))]
    public void Wrong_shapes_are_explained(string name, string attributes, string data, string word, string other)
    {
        BoundOperator op = Bind(name, attributes);
        var shapes = new ShapeInference();
        shapes.Start(op, op.InputCount);
        shapes.SetInput(0, new Shape([.. data.Split(',').Select(long.Parse)]));
        string message = Assert.ThrowsExactly<ShapeMismatchException>(() => op.Definition.InferShape(shapes)).Message;
        StringAssert.StartsWith(message, name);
        StringAssert.Contains(message, word);
        StringAssert.Contains(message, other);
    }

    /// <summary>Attributes that no layer can have.</summary>
    [TestMethod]
    [DynamicData(nameof(Attributes))]
    public void Wrong_attributes_are_named(string name, string attributes, string attribute)
    {
        AttributeException error = Assert.ThrowsExactly<AttributeException>(() => Bind(name, attributes));
        Assert.AreEqual(attribute, error.Attribute);
        Assert.AreEqual(name, error.OperatorName);
        StringAssert.Contains(error.Message, attribute);
    }

    /// <summary>Integers have no place here, and the message says what has.</summary>
    [TestMethod]
    [DataRow("Activation", "act_type=relu")]
    [DataRow("softmax", "")]
    [DataRow("Dropout", "")]
    [DataRow("Pooling", "kernel=(2,2) pool_type=max")]
    [DataRow("BatchNorm", "")]
    [DataRow("ROIPooling", "pooled_size=(2,2) spatial_scale=1")]
    [DataRow("RNN", "mode=gru state_size=3 num_layers=1")]
    public void Integers_are_refused(string name, string attributes)
    {
        BoundOperator op = Bind(name, attributes);
        var types = new TypeInference();
        types.Start(op, op.InputCount);
        types.SetInput(0, DType.Int32);
        string message = Assert.ThrowsExactly<TypeMismatchException>(() => op.Definition.InferType(types)).Message;
        StringAssert.Contains(message, "float32");
        StringAssert.Contains(message, "Cast");
    }

    /// <summary>float16 data has float32 parameters; others are refused.</summary>
    [TestMethod]
    public void Batch_normalisation_keeps_float32_parameters()
    {
        BoundOperator op = Bind("BatchNorm", "");
        var types = new TypeInference();
        types.Start(op, op.InputCount);
        types.SetInput(0, DType.Float16);
        op.Definition.InferType(types);
        Assert.AreEqual(DType.Float32, types.Input(1));
        Assert.AreEqual(DType.Float32, types.Input(4));
        Assert.AreEqual(DType.Float16, types.Output(0));

        types.Start(op, op.InputCount);
        types.SetInput(0, DType.Float16);
        types.SetInput(1, DType.Float16);
        Assert.ThrowsExactly<TypeMismatchException>(() => op.Definition.InferType(types));
    }

    internal static BoundOperator Bind(string name, string attributes)
    {
        var pairs = new Dictionary<string, string>();
        foreach (string pair in attributes.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            pairs[pair[..equals]] = pair[(equals + 1)..];
        }

        return OperatorRegistry.Default[name].Bind(pairs);
    }
}
