using System.Globalization;
using CoreEngine.Graphs;
using CoreEngine.Operators;

namespace CoreEngine.Tests.Graphs;

/// <summary>The residual network with 18 layers for images of 224 x 224 (He, Zhang, Ren and Sun, 2015).</summary>
internal static class ResNet18
{
    /// <summary>The network; its loss is the one head, its variables are data, label and the parameters.</summary>
    internal static Graph Build()
    {
        NodeEntry x = Variable("data");
        x = Convolution(x, "conv0", 64, kernel: 7, stride: 2, pad: 3);
        x = Relu(BatchNorm(x, "bn0"), "relu0");
        x = Call(
            "Pooling",
            "pool0",
            [x],
            ("kernel", "(3, 3)"),
            ("stride", "(2, 2)"),
            ("pad", "(1, 1)"),
            ("pool_type", "max")
        );
        for (int stage = 0; stage < 4; stage++)
        {
            for (int block = 0; block < 2; block++)
            {
                int stride = stage > 0 && block == 0 ? 2 : 1;
                x = Block(
                    x,
                    $"stage{stage + 1}_block{block + 1}",
                    64 << stage,
                    stride,
                    isWidened: stage > 0 && block == 0
                );
            }
        }

        x = Call("Pooling", "pool1", [x], ("kernel", "(7, 7)"), ("global_pool", "True"), ("pool_type", "avg"));
        x = Call("Flatten", "flatten", [x]);
        x = Call("FullyConnected", "fc", [x, Variable("fc_weight"), Variable("fc_bias")], ("num_hidden", "1000"));
        x = Call("SoftmaxOutput", "softmax", [x, Variable("softmax_label")]);
        return new Graph([x]);
    }

    private static NodeEntry Block(NodeEntry x, string name, int filters, int stride, bool isWidened)
    {
        NodeEntry y = Relu(
            BatchNorm(Convolution(x, name + "_conv1", filters, 3, stride, 1), name + "_bn1"),
            name + "_relu1"
        );
        y = BatchNorm(Convolution(y, name + "_conv2", filters, 3, 1, 1), name + "_bn2");
        if (isWidened)
            x = BatchNorm(Convolution(x, name + "_conv3", filters, 1, stride, 0), name + "_bn3");
        return Relu(Call("elemwise_add", name + "_plus", [y, x]), name + "_relu2");
    }

    private static NodeEntry Convolution(NodeEntry x, string name, int filters, int kernel, int stride, int pad) =>
        Call(
            "Convolution",
            name,
            [x, Variable(name + "_weight")],
            ("num_filter", filters.ToString(CultureInfo.InvariantCulture)),
            ("kernel", $"({kernel}, {kernel})"),
            ("stride", $"({stride}, {stride})"),
            ("pad", $"({pad}, {pad})"),
            ("no_bias", "True")
        );

    private static NodeEntry BatchNorm(NodeEntry x, string name) =>
        Call(
            "BatchNorm",
            name,
            [
                x,
                Variable(name + "_gamma"),
                Variable(name + "_beta"),
                Variable(name + "_moving_mean"),
                Variable(name + "_moving_var"),
            ],
            ("fix_gamma", "False")
        );

    private static NodeEntry Relu(NodeEntry x, string name) => Call("Activation", name, [x], ("act_type", "relu"));

    private static NodeEntry Variable(string name) => new(new Node(null, name, []), 0);

    private static NodeEntry Call(
        string op,
        string name,
        NodeEntry[] inputs,
        params (string Key, string Value)[] attributes
    ) =>
        new(
            new Node(
                OperatorRegistry.Default[op].Bind(attributes.ToDictionary(pair => pair.Key, pair => pair.Value)),
                name,
                inputs
            ),
            0
        );
}
