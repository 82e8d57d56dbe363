namespace CoreEngine.Perf;

/// <summary>A model so small that what a run costs besides its arithmetic decides; one example at a time.</summary>
internal sealed class SmallModel
{
    private const int Width = 64;

    private readonly Random _random = new(3);
    private readonly List<Action<ProtobufWriter>> _nodes = [];

    private SmallModel(string name) => Name = name;

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>What goes in, with values.</summary>
    public List<ModelArray> Inputs { get; } = [];

    /// <summary>What comes out.</summary>
    public List<ModelArray> Outputs { get; } = [];

    /// <summary>The model file.</summary>
    public byte[] File =>
        OnnxModel.Write(graph =>
        {
            _nodes.ForEach(write => write(graph));
            graph.Text(2, Name);
            Inputs.ForEach(array => graph.Message(11, value => OnnxModel.WriteValue(value, array.Name, array.Shape)));
            Outputs.ForEach(array => graph.Message(12, value => OnnxModel.WriteValue(value, array.Name, array.Shape)));
        });

    /// <summary>Three fully connected layers of 64 with rectifiers between.</summary>
    public static SmallModel Perceptron()
    {
        var model = new SmallModel("MLP 3x64");
        model.Input("x", 1, Width);
        model.Dense("x", "h1", Width, Width);
        model.Node("Relu", ["h1"], "r1");
        model.Dense("r1", "h2", Width, Width);
        model.Node("Relu", ["h2"], "r2");
        model.Dense("r2", "y", Width, Width);
        model.Output("y", 1, Width);
        return model;
    }

    /// <summary>One step of an LSTM cell with 64 inputs and 64 hidden values, written as single operators.</summary>
    public static SmallModel LstmStep()
    {
        var model = new SmallModel("LSTM cell 64, one step");
        model.Input("x", 1, Width);
        model.Input("h", 1, Width);
        model.Input("c", 1, Width);
        model.Dense("x", "from_x", Width, 4 * Width);
        model.Dense("h", "from_h", Width, 4 * Width);
        model.Node("Add", ["from_x", "from_h"], "gates");
        model.Node("Split", ["gates"], "i,f,g,o", node => OnnxModel.WriteAttribute(node, "axis", 1));
        model.Node("Sigmoid", ["i"], "in");
        model.Node("Sigmoid", ["f"], "forget");
        model.Node("Tanh", ["g"], "new");
        model.Node("Sigmoid", ["o"], "out");
        model.Node("Mul", ["forget", "c"], "kept");
        model.Node("Mul", ["in", "new"], "added");
        model.Node("Add", ["kept", "added"], "next_c");
        model.Node("Tanh", ["next_c"], "state");
        model.Node("Mul", ["out", "state"], "next_h");
        model.Output("next_h", 1, Width);
        model.Output("next_c", 1, Width);
        return model;
    }

    /// <summary>LeNet on one image of 28 x 28.</summary>
    public static SmallModel LeNet()
    {
        var model = new SmallModel("LeNet, batch 1");
        model.Input("x", 1, 1, 28, 28);
        model.Convolved("x", "a", 1, 20);
        model.Convolved("a_pooled", "b", 20, 50);
        model.Node("Flatten", ["b_pooled"], "flat");
        model.Dense("flat", "full", 800, 500);
        model.Node("Relu", ["full"], "hidden");
        model.Dense("hidden", "y", 500, 10);
        model.Output("y", 1, 10);
        return model;
    }

    private void Input(string name, params long[] shape) => Inputs.Add(new ModelArray(name, Values(shape, 1), shape));

    private void Output(string name, params long[] shape) =>
        Outputs.Add(new ModelArray(name, new float[Size(shape)], shape));

    private void Dense(string input, string output, int channels, int filters)
    {
        Constant($"{output}_weight", channels, filters, channels);
        Constant($"{output}_bias", channels, filters);
        Node(
            "Gemm",
            [input, $"{output}_weight", $"{output}_bias"],
            output,
            node => OnnxModel.WriteAttribute(node, "transB", 1)
        );
    }

    // A window of 5 x 5, a rectifier, and the largest of each 2 x 2.
    private void Convolved(string input, string name, int channels, int filters)
    {
        Constant($"{name}_weight", 25 * channels, filters, channels, 5, 5);
        Constant($"{name}_bias", 25 * channels, filters);
        Node(
            "Conv",
            [input, $"{name}_weight", $"{name}_bias"],
            name,
            node => OnnxModel.WriteAttribute(node, "kernel_shape", 5, 5)
        );
        Node("Relu", [name], $"{name}_positive");
        Node(
            "MaxPool",
            [$"{name}_positive"],
            $"{name}_pooled",
            node =>
            {
                OnnxModel.WriteAttribute(node, "kernel_shape", 2, 2);
                OnnxModel.WriteAttribute(node, "strides", 2, 2);
            }
        );
    }

    private void Node(string operation, string[] inputs, string output, Action<ProtobufWriter>? attributes = null) =>
        _nodes.Add(graph => OnnxModel.WriteNode(graph, operation, inputs, output, attributes));

    private void Constant(string name, int products, params long[] shape)
    {
        float[] values = Values(shape, MathF.Sqrt(3f / products));
        _nodes.Add(graph => graph.Message(5, tensor => OnnxModel.WriteTensor(tensor, name, shape, values)));
    }

    private float[] Values(long[] shape, float scale)
    {
        float[] values = new float[Size(shape)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = scale * ((_random.NextSingle() * 2) - 1);
        }

        return values;
    }

    private static long Size(long[] shape) => shape.Aggregate(1L, (size, extent) => size * extent);
}
