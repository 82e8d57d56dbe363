namespace CoreEngine.Perf;

/// <summary>A <see cref="Network"/> as an ONNX model (onnx.ai, version 8 of the format, operator set 17).</summary>
internal static class OnnxModel
{
    /// <summary>The name of the model's input.</summary>
    public const string Input = "image";

    /// <summary>The name of its output.</summary>
    public const string Output = "classes";

    private const int FormatVersion = 8;
    private const int OperatorSet = 17;
    private const int Float = 1;

    // Kinds of attributes.
    private const int Whole = 2;
    private const int WholeNumbers = 7;

    /// <summary>Writes the model for images of a fixed batch.</summary>
    public static byte[] Write(Network network, int batch) => Write(graph => WriteGraph(graph, network, batch));

    /// <summary>A model file around a graph.</summary>
    public static byte[] Write(Action<ProtobufWriter> writeGraph)
    {
        var model = new ProtobufWriter();
        model.Number(1, FormatVersion);
        model.Message(7, writeGraph);
        model.Message(
            8,
            set =>
            {
                set.Text(1, "");
                set.Number(2, OperatorSet);
            }
        );
        return model.Written.ToArray();
    }

    private static void WriteGraph(ProtobufWriter graph, Network network, int batch)
    {
        for (int i = 0; i < network.Layers.Count; i++)
        {
            WriteLayer(graph, network, i);
        }

        graph.Text(2, network.Name);
        for (int i = 0; i < network.Layers.Count; i++)
        {
            NetworkLayer layer = network.Layers[i];
            if (layer.Weight.Length > 0)
            {
                graph.Message(5, tensor => WriteTensor(tensor, $"weight{i}", layer.WeightShape, layer.Weight));
                graph.Message(5, tensor => WriteTensor(tensor, $"bias{i}", [layer.Filters], layer.Bias));
            }
        }

        long[] image = [batch, Network.ImageChannels, Network.ImageSize, Network.ImageSize];
        graph.Message(11, value => WriteValue(value, Input, image));
        graph.Message(12, value => WriteValue(value, Output, [batch, Network.Classes]));
    }

    private static void WriteLayer(ProtobufWriter graph, Network network, int index)
    {
        NetworkLayer layer = network.Layers[index];
        string input = layer.Input < 0 ? Input : Result(layer.Input);
        string result = index == network.Layers.Count - 1 ? Output : Result(index);
        switch (layer.Kind)
        {
            case LayerKind.Convolution:
                string last = layer.Relu ? $"linear{index}" : result;
                string convolved = layer.Residual is null ? last : $"convolved{index}";
                WriteNode(
                    graph,
                    "Conv",
                    [input, $"weight{index}", $"bias{index}"],
                    convolved,
                    node =>
                    {
                        WriteWindow(node, layer);
                        WriteAttribute(node, "group", layer.Groups);
                    }
                );
                if (layer.Residual is { } residual)
                {
                    WriteNode(graph, "Add", [convolved, Result(residual)], last);
                }

                if (layer.Relu)
                {
                    WriteNode(graph, "Relu", [last], result);
                }

                break;
            case LayerKind.MaxPooling:
                WriteNode(graph, "MaxPool", [input], result, node => WriteWindow(node, layer));
                break;
            case LayerKind.GlobalAverage:
                WriteNode(graph, "GlobalAveragePool", [input], $"averages{index}");
                WriteNode(graph, "Flatten", [$"averages{index}"], result);
                break;
            default:
                WriteNode(
                    graph,
                    "Gemm",
                    [input, $"weight{index}", $"bias{index}"],
                    result,
                    node => WriteAttribute(node, "transB", 1)
                );
                break;
        }
    }

    private static string Result(int layer) => $"result{layer}";

    /// <summary>Writes one call; several results are separated by commas.</summary>
    public static void WriteNode(
        ProtobufWriter graph,
        string operation,
        string[] inputs,
        string output,
        Action<ProtobufWriter>? attributes = null
    ) =>
        graph.Message(
            1,
            node =>
            {
                Array.ForEach(inputs, input => node.Text(1, input));
                Array.ForEach(output.Split(','), result => node.Text(2, result));
                node.Text(4, operation);
                attributes?.Invoke(node);
            }
        );

    private static void WriteWindow(ProtobufWriter node, NetworkLayer layer)
    {
        WriteAttribute(node, "kernel_shape", layer.Kernel, layer.Kernel);
        WriteAttribute(node, "strides", layer.Stride, layer.Stride);
        WriteAttribute(node, "pads", layer.Pad, layer.Pad, layer.Pad, layer.Pad);
    }

    /// <summary>Writes an attribute of a call: one whole number.</summary>
    public static void WriteAttribute(ProtobufWriter node, string name, long value) =>
        node.Message(
            5,
            attribute =>
            {
                attribute.Text(1, name);
                attribute.Number(3, value);
                attribute.Number(20, Whole);
            }
        );

    /// <summary>Writes an attribute of a call: several whole numbers.</summary>
    public static void WriteAttribute(ProtobufWriter node, string name, params long[] values) =>
        node.Message(
            5,
            attribute =>
            {
                attribute.Text(1, name);
                Array.ForEach(values, value => attribute.Number(8, value));
                attribute.Number(20, WholeNumbers);
            }
        );

    /// <summary>Writes a constant.</summary>
    public static void WriteTensor(ProtobufWriter tensor, string name, long[] shape, float[] values)
    {
        Array.ForEach(shape, extent => tensor.Number(1, extent));
        tensor.Number(2, Float);
        tensor.Text(8, name);
        tensor.Floats(9, values);
    }

    /// <summary>Writes what an input or a result is.</summary>
    public static void WriteValue(ProtobufWriter value, string name, long[] shape)
    {
        value.Text(1, name);
        value.Message(
            2,
            type =>
                type.Message(
                    1,
                    tensor =>
                    {
                        tensor.Number(1, Float);
                        tensor.Message(
                            2,
                            extents => Array.ForEach(shape, extent => extents.Message(1, one => one.Number(1, extent)))
                        );
                    }
                )
        );
    }
}
