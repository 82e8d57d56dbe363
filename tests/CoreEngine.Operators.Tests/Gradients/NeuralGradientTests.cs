namespace CoreEngine.Operators.Tests;

/// <summary>Gradients of the layers of neural networks.</summary>
[TestClass]
public sealed class NeuralGradientTests
{
    private static readonly double[] s_zero = [0];

    /// <summary>Activations and dropout.</summary>
    public static IEnumerable<GradientCase> Activations =>
        [
            Case("Activation", "act_type=relu", Kinked(2, 5)) with
            {
                Twice = true,
            },
            Case("Activation", "act_type=sigmoid", [2, 5]) with
            {
                Twice = true,
            },
            Case("Activation", "act_type=tanh", [2, 5]) with
            {
                Twice = true,
            },
            Case("Activation", "act_type=softrelu", [2, 5]) with
            {
                Twice = true,
            },
            Case("LeakyReLU", "slope=0.3", Kinked(2, 3)),
            Case("LeakyReLU", "slope=-0.5", Kinked(7)),
            Case("LeakyReLU", "act_type=elu slope=0.7", Kinked(2, 3)),
            Case("LeakyReLU", "act_type=prelu", Kinked(2, 3, 4), [3]),
            Case("LeakyReLU", "act_type=prelu", Kinked(4, 3), [3]),
            Case("LeakyReLU", "act_type=prelu", Kinked(2, 3, 2, 2), [1]),
            Case("LeakyReLU", "act_type=prelu", Kinked(5), [1]),
            Case("LeakyReLU", "act_type=rrelu", Kinked(3, 4)),
            Case("LeakyReLU", "act_type=rrelu", Kinked(3, 4)) with
            {
                IsTraining = false,
            },
            Case("Dropout", "p=0.4", [4, 5]) with
            {
                Twice = true,
            },
            Case("Dropout", "p=0.4", [4, 5]) with
            {
                IsTraining = false,
                Twice = true,
            },
            Case("Dropout", "p=0.4 mode=always", [4, 5]) with
            {
                IsTraining = false,
                Twice = true,
            },
        ];

    /// <summary>Softmax in its forms.</summary>
    public static IEnumerable<GradientCase> Softmaxes =>
        [
            Case("softmax", "", [3, 5]) with
            {
                Twice = true,
            },
            Case("softmax", "axis=1", [2, 3, 4]) with
            {
                Twice = true,
            },
            Case("log_softmax", "", [3, 5]) with
            {
                Twice = true,
            },
            Case("log_softmax", "axis=0", [3, 2]) with
            {
                Twice = true,
            },
            Case("SoftmaxActivation", "", [2, 6]),
            Case("SoftmaxActivation", "mode=channel", [2, 3, 2]),
            Case("softmax_cross_entropy", "", [4, 3], GradientInput.Whole(0, 2, 4)),
        ];

    /// <summary>Convolutions, their transposes and pooling.</summary>
    public static IEnumerable<GradientCase> Windows =>
        [
            Case("Convolution", "kernel=(3,) num_filter=2", [2, 3, 7], [2, 3, 3], [2]),
            Case(
                "Convolution",
                "kernel=(3,2) stride=(2,1) pad=(1,0) num_filter=4 num_group=2 no_bias=1",
                [2, 4, 5, 4],
                [4, 2, 3, 2]
            ),
            Case(
                "Convolution",
                "kernel=(2,2,2) dilate=(1,2,1) pad=(1,1,0) num_filter=2",
                [1, 2, 3, 4, 3],
                [2, 2, 2, 2, 2],
                [2]
            ),
            Case("Convolution_v1", "kernel=(2,2) num_filter=2", [1, 2, 3, 3], [2, 2, 2, 2], [2]),
            Case("Deconvolution", "kernel=(3,) stride=(2,) num_filter=2 no_bias=0", [2, 3, 4], [3, 2, 3], [2]),
            Case(
                "Deconvolution",
                "kernel=(3,3) stride=(2,2) pad=(1,1) adj=(1,0) num_filter=4 num_group=2",
                [1, 2, 3, 3],
                [2, 2, 3, 3]
            ),
            Case(
                "Deconvolution",
                "kernel=(4,4) stride=(2,2) target_shape=(6,5) num_filter=1",
                [1, 2, 3, 3],
                [2, 1, 4, 4]
            ),
            Case("Deconvolution", "kernel=(2,2,2) num_filter=1", [1, 2, 2, 2, 2], [2, 1, 2, 2, 2]),
            Case("Pooling", "kernel=(2,2) stride=(2,1) pad=(1,0) pool_type=max", Distinct(2, 2, 4, 5)),
            Case("Pooling", "kernel=(3,) stride=(2,) pool_type=avg pooling_convention=full", [2, 2, 6]),
            Case("Pooling", "kernel=(2,2,2) pool_type=sum", [1, 2, 3, 3, 3]),
            Case("Pooling", "kernel=(1,1) global_pool=1 pool_type=max", Distinct(2, 2, 3, 3)),
            Case("Pooling_v1", "kernel=(3,3) stride=(2,2) pad=(1,1) pool_type=avg", [1, 2, 5, 5]),
            Case("Pooling_v1", "kernel=(3,3) stride=(2,2) pool_type=avg pooling_convention=full", [1, 2, 4, 4]),
            Case("Pooling_v1", "kernel=(3,3) stride=(2,2) pad=(1,1) pool_type=max", Distinct(1, 2, 5, 5)),
            Case("UpSampling", "scale=3 num_args=1 sample_type=nearest", [2, 2, 2, 3]),
            Case("UpSampling", "scale=2 num_args=2 sample_type=nearest", [2, 2, 4, 2], [2, 3, 2, 1]),
            Case(
                "UpSampling",
                "scale=2 num_args=2 sample_type=nearest multi_input_mode=sum",
                [1, 2, 4, 2],
                [1, 2, 2, 1]
            ),
            Case("UpSampling", "scale=3 num_args=2 sample_type=bilinear num_filter=2", [1, 2, 2, 3], [2, 1, 5, 5]),
        ];

    /// <summary>Normalisations.</summary>
    public static IEnumerable<GradientCase> Normalizations =>
        [
            Case("BatchNorm", "fix_gamma=0", [4, 3, 2], [3], [3], Moving(3), Moving(3)),
            Case("BatchNorm", "fix_gamma=0 axis=-1 eps=0.1", [4, 2, 3], [3], [3], Moving(3), Moving(3)),
            Case("BatchNorm", "fix_gamma=0", [4, 3], [3], [3], Moving(3), Moving(3)) with
            {
                IsTraining = false,
            },
            Case("BatchNorm_v1", "fix_gamma=0", [4, 3, 2], [3], [3], Moving(3), Moving(3)),
            Case("L2Normalization", "", [2, 3, 2]),
            Case("L2Normalization", "mode=channel", [2, 3, 2]),
            Case("L2Normalization", "mode=spatial eps=0.3", [2, 3, 2]),
            Case("InstanceNorm", "", [2, 3, 4], [3], [3]),
            Case("InstanceNorm", "eps=0.5", [2, 2, 2, 3], [2], [2]),
            Case("LayerNorm", "", [3, 5], [5], [5]),
            Case("LayerNorm", "axis=1 eps=0.1", [2, 4, 3], [4], [4]),
            Case("LayerNorm", "axis=0", [4, 2], [4], [4]),
            Case("LRN", "nsize=3 alpha=0.7", [2, 5, 2]),
            Case("LRN", "nsize=5 alpha=1 beta=0.5 knorm=1", [1, 6, 2, 2]),
        ];

    /// <summary>Samplers, regions and displacements.</summary>
    public static IEnumerable<GradientCase> Spatial =>
        [
            Case("GridGenerator", "transform_type=affine target_shape=(3,4)", [2, 6]),
            Case("GridGenerator", "transform_type=warp", [2, 2, 3, 4]),
            // Off the pixels' lines, where the interpolation has kinks; some places lie beyond the border.
            Case("BilinearSampler", "", [1, 2, 3, 3], Distinct(1, 2, 2, 4) with { Low = -1.23, High = 1.37 }),
            Case(
                "SpatialTransformer",
                "target_shape=(2,3) transform_type=affine sampler_type=bilinear",
                [1, 2, 4, 4],
                Distinct(1, 6) with
                {
                    Low = -0.31,
                    High = 0.47,
                }
            ),
            Case(
                "_contrib_PSROIPooling",
                "pooled_size=3 group_size=2 output_dim=2 spatial_scale=0.75",
                [3, 9, 5, 4],
                GradientInput.Whole(0, 3, 4, 5)
            ),
            Case(
                "_contrib_PSROIPooling",
                "pooled_size=2 output_dim=3 spatial_scale=1",
                [2, 12, 3, 3],
                GradientInput.Whole(0, 2, 3, 5)
            ),
            Case(
                "_contrib_DeformablePSROIPooling",
                "pooled_size=3 group_size=2 output_dim=4 spatial_scale=0.75 part_size=2 sample_per_part=2 trans_std=0.13",
                [3, 17, 5, 4],
                GradientInput.Whole(0, 3, 4, 5),
                [4, 4, 2, 2]
            ),
            Case(
                "_contrib_DeformablePSROIPooling",
                "pooled_size=2 group_size=1 output_dim=2 spatial_scale=1 sample_per_part=3 no_trans=1",
                [2, 2, 4, 5],
                GradientInput.Whole(0, 3, 3, 5)
            ),
            Case(
                "ROIPooling",
                "pooled_size=(2,3) spatial_scale=0.8",
                Distinct(4, 2, 5, 6),
                GradientInput.Whole(0, 3, 3, 5)
            ),
            Case(
                "_contrib_DeformableConvolution",
                "kernel=(3,2) num_filter=4 num_group=2 num_deformable_group=2 stride=(2,1) dilate=(1,2) pad=(1,0)",
                [2, 4, 5, 4],
                Distinct(2, 24, 3, 2) with
                {
                    Low = -1.97,
                    High = 2.03,
                },
                [4, 2, 3, 2],
                [4]
            ),
            Case(
                "_contrib_DeformableConvolution",
                "kernel=(1,1) num_filter=2 no_bias=1",
                [1, 3, 4, 3],
                Distinct(1, 2, 4, 3) with
                {
                    Low = -1.21,
                    High = 1.33,
                },
                [2, 3, 1, 1]
            ),
            Case("Correlation", "max_displacement=1 pad_size=1", [1, 2, 3, 3], [1, 2, 3, 3]),
            Case(
                "Correlation",
                "kernel_size=3 max_displacement=2 stride1=2 stride2=2 pad_size=3 is_multiply=0",
                Distinct(1, 1, 5, 5) with
                {
                    Low = -1.9,
                    High = 2.1,
                },
                Distinct(1, 1, 5, 5) with
                {
                    Low = -2.03,
                    High = 1.97,
                }
            ),
        ];

    /// <summary>Recurrent layers: all cells, directions, layers, states and dropout.</summary>
    public static IEnumerable<GradientCase> Recurrent =>
        [
            Rnn("rnn_relu", inputs: 3, units: 2),
            Rnn("rnn_tanh", inputs: 3, units: 2, steps: 1, batch: 1),
            Rnn("rnn_tanh", inputs: 2, units: 9, layers: 2, isBidirectional: true),
            Rnn("lstm", inputs: 3, units: 5),
            Rnn("lstm", inputs: 3, units: 3, layers: 2, isBidirectional: true, batch: 7),
            Rnn("lstm", inputs: 2, units: 9, hasStates: false),
            Rnn("lstm", inputs: 2, units: 3, layers: 3, dropout: "0.4"),
            Rnn("lstm", inputs: 2, units: 3, layers: 2, dropout: "0.4") with
            {
                IsTraining = false,
            },
            Rnn("gru", inputs: 3, units: 9, isBidirectional: true),
            Rnn("gru", inputs: 2, units: 3, layers: 2, hasStates: false),
            Rnn("gru", inputs: 2, units: 3, layers: 2, isBidirectional: true, dropout: "0.3", steps: 2),
        ];

    /// <summary>One call.</summary>
    [TestMethod]
    [DynamicData(nameof(Recurrent))]
    [DynamicData(nameof(Activations))]
    [DynamicData(nameof(Softmaxes))]
    [DynamicData(nameof(Windows))]
    [DynamicData(nameof(Normalizations))]
    [DynamicData(nameof(Spatial))]
    public void Gradient_agrees_with_differences(GradientCase one) => GradientCheck.Run(one);

    private static GradientCase Case(string name, string attributes, params GradientInput[] inputs)
    {
        var one = new GradientCase(name, inputs);
        foreach (string pair in attributes.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            one.Attributes[pair[..equals]] = pair[(equals + 1)..];
        }

        return one;
    }

    private static GradientCase Rnn(
        string mode,
        long inputs,
        long units,
        long layers = 1,
        bool isBidirectional = false,
        bool hasStates = true,
        string dropout = "0",
        long steps = 3,
        long batch = 2
    )
    {
        long directions = isBidirectional ? 2 : 1;
        long gates =
            mode == "lstm" ? 4
            : mode == "gru" ? 3
            : 1;
        long first = gates * units * (inputs + units + 2);
        long other = gates * units * ((directions * units) + units + 2);
        // Small weights: squashing functions are then not flat.
        GradientInput weights = new(directions * (first + ((layers - 1) * other))) { Low = -0.8, High = 0.8 };
        GradientInput[] state =
        [
            [layers * directions, batch, units],
        ];
        return Case(
            "RNN",
            $"mode={mode} state_size={units} num_layers={layers} bidirectional={isBidirectional} p={dropout} "
                + $"state_outputs={hasStates}",
            [
                [steps, batch, inputs],
                weights,
                .. state,
                .. mode == "lstm" ? state : [],
            ]
        );
    }

    private static GradientInput Kinked(params ReadOnlySpan<long> dims) => new(dims) { Avoid = s_zero };

    private static GradientInput Distinct(params ReadOnlySpan<long> dims) => new(dims) { IsDistinct = true };

    private static GradientInput Moving(params ReadOnlySpan<long> dims) =>
        new(dims)
        {
            Low = 0.5,
            High = 1.5,
            HasGradient = false,
        };
}
