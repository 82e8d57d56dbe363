namespace CoreEngine.Perf;

using static OperatorInput;

/// <summary>Layers of neural networks.</summary>
internal static class NeuralCases
{
    private const string Group = "neural";

    private static readonly OperatorInput s_images = Signed(8, 64, 28, 28);
    private static readonly OperatorInput s_channels = Uniform(0.5, 1.5, 64);

    public static IEnumerable<OperatorCase> All =>
        [
            .. Convolutions(),
            .. Poolings(),
            .. Normalizations(),
            .. Activations(),
            .. Recurrent(),
            .. Sequences(),
            .. Spatial(),
        ];

    private static OperatorCase[] Convolutions() =>
        [
            new(Group, "FullyConnected", [Signed(64, 1024), Signed(512, 1024), Signed(512)], "F.linear(a, b, c)")
            {
                Detail = "64x1024 to 512",
                Attributes = "num_hidden=512",
                Variables = "abc",
                Bound = 1e-4,
            },
            Layer("Convolution", "3x3", "kernel=(3,3); pad=(1,1)", [64, 64, 3, 3], "F.conv2d(a, b, c, padding=1)"),
            Layer("Convolution", "1x1", "kernel=(1,1)", [64, 64, 1, 1], "F.conv2d(a, b, c)"),
            Layer(
                "Convolution",
                "5x5 stride 2",
                "kernel=(5,5); pad=(2,2); stride=(2,2)",
                [64, 64, 5, 5],
                "F.conv2d(a, b, c, padding=2, stride=2)"
            ),
            Layer(
                "Convolution",
                "3x3 depth-wise",
                "kernel=(3,3); pad=(1,1); num_group=64",
                [64, 1, 3, 3],
                "F.conv2d(a, b, c, padding=1, groups=64)"
            ),
            Layer(
                "Convolution",
                "3x3 dilated",
                "kernel=(3,3); pad=(2,2); dilate=(2,2)",
                [64, 64, 3, 3],
                "F.conv2d(a, b, c, padding=2, dilation=2)"
            ),
            Layer("Convolution", "1-d 3", "kernel=(3,); pad=(1,)", [64, 64, 3], "F.conv1d(a, b, c, padding=1)") with
            {
                Inputs = [Signed(8, 64, 784), Signed(64, 64, 3), s_channels],
            },
            new(
                Group,
                "Convolution",
                [Signed(2, 16, 16, 28, 28), Signed(16, 16, 3, 3, 3), Signed(16)],
                "F.conv3d(a, b, c, padding=1)"
            )
            {
                Detail = "3-d 3x3x3",
                Attributes = "num_filter=16; kernel=(3,3,3); pad=(1,1,1)",
                Variables = "abc",
                Bound = 1e-4,
            },
            Layer(
                "Deconvolution",
                "4x4 stride 2",
                "kernel=(4,4); pad=(1,1); stride=(2,2); no_bias=0",
                [64, 64, 4, 4],
                "F.conv_transpose2d(a, b, c, padding=1, stride=2)"
            ) with
            {
                Inputs = [Signed(8, 64, 14, 14), Signed(64, 64, 4, 4), s_channels],
            },
            new(
                Group,
                "UpSampling",
                [Signed(8, 32, 24, 28), Signed(32, 1, 4, 4)],
                "F.conv_transpose2d(a, b, stride=2, padding=1, groups=32)"
            )
            {
                Detail = "bilinear",
                Attributes = "scale=2; sample_type=bilinear; num_filter=32; num_args=2",
                Variables = "ab",
                Bound = 1e-4,
            },
        ];

    private static OperatorCase Layer(string name, string detail, string attributes, long[] weight, string torch) =>
        new(Group, name, [s_images, Signed(weight), s_channels], torch)
        {
            Detail = detail,
            Attributes = $"num_filter=64; {attributes}",
            Variables = "abc",
            Bound = 1e-4,
        };

    private static OperatorCase[] Poolings()
    {
        OperatorInput images = Distinct(8, 64, 28, 36);
        OperatorInput volumes = Distinct(4, 16, 16, 20, 24);
        return
        [
            Pool("max 2x2", images, "kernel=(2,2); stride=(2,2); pool_type=max", "F.max_pool2d(a, 2)"),
            Pool(
                "max 3x3 stride 2",
                images,
                "kernel=(3,3); stride=(2,2); pad=(1,1); pool_type=max",
                "F.max_pool2d(a, 3, 2, 1)"
            ),
            Pool(
                "average 3x3",
                images,
                "kernel=(3,3); stride=(1,1); pad=(1,1); pool_type=avg",
                "F.avg_pool2d(a, 3, 1, 1)"
            ),
            Pool(
                "average, global",
                images,
                "kernel=(1,1); global_pool=1; pool_type=avg",
                "F.adaptive_avg_pool2d(a, 1)"
            ),
            Pool("max, global", images, "kernel=(1,1); global_pool=1; pool_type=max", "F.adaptive_max_pool2d(a, 1)"),
            Pool(
                "max 1-d 3",
                Distinct(8, 64, 1024),
                "kernel=(3,); stride=(2,); pool_type=max",
                "F.max_pool1d(a, 3, 2)"
            ),
            Pool("max 3-d 2x2x2", volumes, "kernel=(2,2,2); stride=(2,2,2); pool_type=max", "F.max_pool3d(a, 2)"),
            Pool("average 3-d 2x2x2", volumes, "kernel=(2,2,2); stride=(2,2,2); pool_type=avg", "F.avg_pool3d(a, 2)"),
        ];
    }

    private static OperatorCase Pool(string detail, OperatorInput x, string attributes, string torch) =>
        new(Group, "Pooling", [x], torch)
        {
            IsTogether = attributes.Contains("max", StringComparison.Ordinal),
            Detail = detail,
            Attributes = attributes,
            Variables = "a",
        };

    private static OperatorCase[] Normalizations()
    {
        OperatorInput zeros = Constant(0, 64);
        OperatorInput ones = Constant(1, 64);
        return
        [
            new(
                Group,
                "BatchNorm",
                [s_images, s_channels, s_channels, zeros, ones],
                "F.batch_norm(a, d, e, b, c, True, 0.1, 0.001)"
            )
            {
                Detail = "training",
                Attributes = "fix_gamma=False; eps=0.001",
                IsTraining = true,
                Variables = "abc",
                Bound = 1e-4,
            },
            new(
                Group,
                "BatchNorm",
                [s_images, s_channels, s_channels, zeros, ones],
                "F.batch_norm(a, d, e, b, c, False, 0.1, 0.001)"
            )
            {
                Detail = "prediction",
                Attributes = "fix_gamma=False; eps=0.001",
                Bound = 1e-4,
            },
            new(
                Group,
                "InstanceNorm",
                [s_images, s_channels, s_channels],
                "F.instance_norm(a, weight=b, bias=c, eps=0.001)"
            )
            {
                Attributes = "eps=0.001",
                Variables = "abc",
                Bound = 1e-4,
            },
            new(
                Group,
                "LayerNorm",
                [Signed(512, 1024), Signed(1024), Signed(1024)],
                "F.layer_norm(a, (1024,), b, c, 0.00001)"
            )
            {
                Attributes = "eps=0.00001",
                Variables = "abc",
                Bound = 1e-4,
            },
            new(Group, "L2Normalization", [s_images], "F.normalize(a.flatten(1), dim=1)")
            {
                Detail = "instance",
                Variables = "a",
            },
            new(Group, "L2Normalization", [s_images], "F.normalize(a, dim=1)")
            {
                Detail = "channel",
                Attributes = "mode=channel",
                Variables = "a",
            },
            new(Group, "L2Normalization", [s_images], "F.normalize(a.flatten(2), dim=2)")
            {
                Detail = "spatial",
                Attributes = "mode=spatial",
                Variables = "a",
            },
            new(Group, "LRN", [s_images], "F.local_response_norm(a, 5, 0.0001, 0.75, 2)")
            {
                Attributes = "nsize=5",
                Variables = "a",
            },
            new(Group, "Dropout", [Signed(512, 1024)], "F.dropout(a, 0.5, True)")
            {
                Attributes = "p=0.5",
                IsTraining = true,
                Expected = null,
                Variables = "a",
                ExpectedGradients = [],
            },
        ];
    }

    private static OperatorCase[] Activations()
    {
        OperatorInput x = Uniform(-4, 4, 512, 1024);
        OperatorInput images = Uniform(-4, 4, 8, 64, 28, 36);
        return
        [
            One("Activation", "relu", x, "act_type=relu", "torch.relu(a)"),
            One("Activation", "sigmoid", x, "act_type=sigmoid", "torch.sigmoid(a)"),
            One("Activation", "tanh", x, "act_type=tanh", "torch.tanh(a)"),
            One("Activation", "softrelu", x, "act_type=softrelu", "F.softplus(a)"),
            One("LeakyReLU", "leaky", x, "act_type=leaky; slope=0.1", "F.leaky_relu(a, 0.1)"),
            One("LeakyReLU", "elu", x, "act_type=elu; slope=0.5", "F.elu(a, 0.5)"),
            new(Group, "LeakyReLU", [images, s_channels], "F.prelu(a, b)")
            {
                Detail = "prelu",
                Attributes = "act_type=prelu",
                Variables = "ab",
                Bound = 1e-4,
            },
            One("LeakyReLU", "rrelu", x, "act_type=rrelu", "F.rrelu(a, 0.125, 0.334, True)") with
            {
                IsTraining = true,
                Expected = null,
                ExpectedGradients = [],
            },
            One("softmax", "rows", x, "axis=1", "torch.softmax(a, 1)"),
            One("softmax", "columns", x, "axis=0", "torch.softmax(a, 0)"),
            One("softmax", "channels", images, "axis=1", "torch.softmax(a, 1)"),
            One("log_softmax", "rows", x, "axis=1", "torch.log_softmax(a, 1)"),
            One("log_softmax", "channels", images, "axis=1", "torch.log_softmax(a, 1)"),
            One("SoftmaxActivation", "instance", x, "", "torch.softmax(a, 1)"),
            One("SoftmaxActivation", "channel", images, "mode=channel", "torch.softmax(a, 1)"),
        ];
    }

    private static OperatorCase One(string name, string detail, OperatorInput x, string attributes, string torch) =>
        new(Group, name, [x], torch)
        {
            Detail = detail,
            Attributes = attributes,
            Variables = "a",
        };

    private static OperatorCase[] Recurrent() =>
        [
            Rnn("lstm", "LSTM", 4, ["a", "b", "c", "d"]),
            Rnn("gru", "GRU", 3, ["a", "b", "c"]),
            Rnn("rnn_tanh", "RNN", 1, ["a", "b", "c"]),
        ];

    /// <summary>The fused parameters are PyTorch's one after the other, weights before biases.</summary>
    private static OperatorCase Rnn(string mode, string module, int gates, string[] operands)
    {
        const int Inputs = 200;
        const int Units = 200;
        long size = gates * Units * (Inputs + Units + 2);
        OperatorInput state = Constant(0, 1, 32, Units);
        return new(
            Group,
            "RNN",
            [Signed(35, 32, Inputs), Uniform(-0.1, 0.1, size), .. Enumerable.Repeat(state, operands.Length - 2)],
            "m(a)[0]"
        )
        {
            Detail = mode,
            Attributes = $"state_size={Units}; num_layers=1; mode={mode}",
            Setup = $"""
                m = nn.{module}({Inputs}, {Units})
                w = b.detach().split([{gates * Units * Inputs}, {gates * Units * Units}, {gates * Units}, {gates
                    * Units}])
                with torch.no_grad():
                    [p.copy_(v.reshape(p.shape)) for p, v in zip(m.parameters(), w)]
                p0, p1, p2, p3 = m.parameters()
                """,
            IsTraining = true,
            Variables = "ab",
            TorchLeaves = ["a", "p0", "p1", "p2", "p3"],
            ExpectedGradients = ["a.grad", "torch.cat([p.grad.flatten() for p in m.parameters()])"],
            Bound = 1e-4,
        };
    }

    private static OperatorCase[] Sequences()
    {
        OperatorInput x = Signed(64, 32, 256);
        OperatorInput lengths = new(
            [32],
            random => [.. Enumerable.Range(0, 32).Select(_ => (float)random.Next(1, 65))]
        );
        return
        [
            new(Group, "SequenceMask", [x, lengths], "a.masked_fill(m, 0)")
            {
                Attributes = "use_sequence_length=1",
                Setup = "m = (torch.arange(64)[:, None] >= b)[:, :, None]",
                Variables = "a",
            },
            new(Group, "SequenceReverse", [x, lengths], "a.gather(0, i)")
            {
                Attributes = "use_sequence_length=1",
                Setup = """
                    t = torch.arange(64)[:, None]
                    i = torch.where(t < b, b - 1 - t, t).long()[:, :, None].expand(64, 32, 256).contiguous()
                    """,
                Variables = "a",
            },
            new(Group, "SequenceLast", [x, lengths], "a[i, j]")
            {
                Attributes = "use_sequence_length=1",
                Setup = "i = b.long() - 1; j = torch.arange(32)",
                Variables = "a",
            },
        ];
    }

    private static OperatorCase[] Spatial()
    {
        OperatorInput images = Signed(4, 16, 64, 64);
        OperatorInput affine = new(
            [4, 6],
            random => [.. Enumerable.Range(0, 24).Select(i => (i % 6 is 0 or 4 ? 0.9f : 0.1f) * random.NextSingle())]
        );
        return
        [
            new(
                Group,
                "SpatialTransformer",
                [images, affine],
                "F.grid_sample(a, F.affine_grid(b.view(4, 2, 3), (4, 16, 64, 64), align_corners=True), align_corners=True)"
            )
            {
                Attributes = "target_shape=(64,64); transform_type=affine; sampler_type=bilinear",
                Variables = "ab",
                Bound = 1e-3,
            },
            new(
                Group,
                "BilinearSampler",
                [images, Uniform(-1.1, 1.1, 4, 2, 64, 64)],
                "F.grid_sample(a, v, align_corners=True)"
            )
            {
                Setup = "v = b.permute(0, 2, 3, 1).contiguous()",
                Variables = "ab",
                Bound = 1e-3,
            },
            new(
                Group,
                "GridGenerator",
                [affine],
                "F.affine_grid(a.view(4, 2, 3), (4, 1, 256, 256), align_corners=True)"
            )
            {
                Detail = "affine",
                Attributes = "transform_type=affine; target_shape=(256,256)",
                Expected = "y.permute(0, 3, 1, 2)",
                Variables = "a",
                // Ours has the coordinates first.
                TorchHeadGradient = "g.permute(0, 2, 3, 1)",
                Bound = 1e-3,
            },
        ];
    }
}
