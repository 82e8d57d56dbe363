namespace CoreEngine.Onnx;

/// <summary>Reads ONNX's messages but the tensors: models, graphs, nodes, attributes, types.</summary>
internal static class ModelMessage
{
    public static OnnxModel Read(WireReader reader)
    {
        long version = 0;
        string producer = "";
        string producerVersion = "";
        OnnxGraph? graph = null;
        var opsets = new Dictionary<string, long>(StringComparer.Ordinal);
        var functions = new List<OnnxFunction>();
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    version = reader.Int64();
                    break;
                case 2:
                    producer = reader.Text();
                    break;
                case 3:
                    producerVersion = reader.Text();
                    break;
                case 7:
                    graph = Graph(reader.Message());
                    break;
                case 8:
                    Opset(reader.Message(), opsets);
                    break;
                case 25:
                    functions.Add(Function(reader.Message()));
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        if (graph is null)
            throw reader.Error("this is no ONNX model: it has no graph");
        // Models of before 2017-09 do not name the set of operators: it was the first.
        opsets.TryAdd("", 1);
        return new OnnxModel(version, $"{producer} {producerVersion}".Trim(), opsets, graph, functions);
    }

    private static void Opset(WireReader reader, Dictionary<string, long> opsets)
    {
        string domain = "";
        long version = 0;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    domain = Domain(reader.Text());
                    break;
                case 2:
                    version = reader.Int64();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        opsets[domain] = version;
    }

    /// <summary>ONNX's own operators go by two names.</summary>
    private static string Domain(string name) => name == "ai.onnx" ? "" : name;

    private static OnnxFunction Function(WireReader reader)
    {
        string name = "";
        string domain = "";
        var inputs = new List<string>();
        var outputs = new List<string>();
        var nodes = new List<OnnxNode>();
        var opsets = new Dictionary<string, long>(StringComparer.Ordinal);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    name = reader.Text();
                    break;
                case 4:
                    inputs.Add(reader.Text());
                    break;
                case 5:
                    outputs.Add(reader.Text());
                    break;
                case 7:
                    nodes.Add(Node(reader.Message()));
                    break;
                case 9:
                    Opset(reader.Message(), opsets);
                    break;
                case 10:
                    domain = Domain(reader.Text());
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return new OnnxFunction(name, domain, [.. inputs], [.. outputs], nodes, opsets);
    }

    private static OnnxGraph Graph(WireReader reader)
    {
        string name = "";
        var nodes = new List<OnnxNode>();
        var inputs = new List<OnnxValueInfo>();
        var outputs = new List<OnnxValueInfo>();
        var initializers = new List<OnnxTensor>();
        bool hasSparse = false;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    nodes.Add(Node(reader.Message()));
                    break;
                case 2:
                    name = reader.Text();
                    break;
                case 5:
                    initializers.Add(TensorMessage.Read(reader.Message()));
                    break;
                case 11:
                    inputs.Add(ValueInfo(reader.Message()));
                    break;
                case 12:
                    outputs.Add(ValueInfo(reader.Message()));
                    break;
                case 15:
                    hasSparse = true;
                    reader.Skip();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return new OnnxGraph(name, nodes, inputs, outputs, initializers, hasSparse);
    }

    private static OnnxNode Node(WireReader reader)
    {
        string name = "";
        string op = "";
        string domain = "";
        var inputs = new List<string>();
        var outputs = new List<string>();
        var attributes = new Dictionary<string, OnnxAttribute>(StringComparer.Ordinal);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    inputs.Add(reader.Text());
                    break;
                case 2:
                    outputs.Add(reader.Text());
                    break;
                case 3:
                    name = reader.Text();
                    break;
                case 4:
                    op = reader.Text();
                    break;
                case 5:
                    OnnxAttribute attribute = Attribute(reader.Message());
                    if (!attributes.TryAdd(attribute.Name, attribute))
                        throw reader.Error($"the node '{name}' ({op}) has two attributes '{attribute.Name}'");
                    break;
                case 7:
                    domain = Domain(reader.Text());
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return new OnnxNode(op, domain, name, [.. inputs], [.. outputs], attributes);
    }

    private static OnnxAttribute Attribute(WireReader reader)
    {
        string name = "";
        string reference = "";
        float? single = null;
        long? integer = null;
        string? text = null;
        OnnxTensor? tensor = null;
        OnnxGraph? graph = null;
        var floats = new List<float>();
        var integers = new List<long>();
        var texts = new List<string>();
        bool isOther = false;
        long kind = 0;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    name = reader.Text();
                    break;
                case 2:
                    single = reader.Float();
                    break;
                case 3:
                    integer = reader.Int64();
                    break;
                case 4:
                    text = reader.Text();
                    break;
                case 5:
                    tensor = TensorMessage.Read(reader.Message());
                    break;
                case 6:
                    graph = Graph(reader.Message());
                    break;
                case 7:
                    reader.AddFloats(floats);
                    break;
                case 8:
                    reader.AddIntegers(integers);
                    break;
                case 9:
                    texts.Add(reader.Text());
                    break;
                case 20:
                    kind = reader.Int64();
                    break;
                case 21:
                    reference = reader.Text();
                    break;
                case 10 or 11 or 14 or 15 or 22 or 23:
                    isOther = true;
                    reader.Skip();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        // Some writers leave out values that are 0 or empty, and only the kind says that there is one.
        return new OnnxAttribute
        {
            Name = name,
            Float = single ?? (kind == 1 ? 0 : null),
            Integer = integer ?? (kind == 2 ? 0 : null),
            Text = text ?? (kind == 3 ? "" : null),
            Tensor = tensor,
            Graph = graph,
            Floats = [.. floats],
            Integers = [.. integers],
            Texts = [.. texts],
            Reference = reference,
            IsOther = isOther,
        };
    }

    private static OnnxValueInfo ValueInfo(WireReader reader)
    {
        string name = "";
        OnnxValueInfo info = new("", OnnxElementType.Undefined, null, "tensor");
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    name = reader.Text();
                    break;
                case 2:
                    info = TypeOf(reader.Message());
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return new OnnxValueInfo(name, info.ElementType, info.Dims?.ToArray(), info.Kind);
    }

    private static OnnxValueInfo TypeOf(WireReader reader)
    {
        var type = OnnxElementType.Undefined;
        OnnxExtent[]? dims = null;
        string kind = "tensor";
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    WireReader tensor = reader.Message();
                    while (tensor.Next())
                    {
                        if (tensor.Field == 1)
                            type = (OnnxElementType)tensor.Int32();
                        else if (tensor.Field == 2)
                            dims = Dims(tensor.Message());
                        else
                            tensor.Skip();
                    }

                    break;
                case 4 or 5 or 8 or 9:
                    kind = reader.Field switch
                    {
                        4 => "sequence",
                        5 => "map",
                        8 => "sparse tensor",
                        _ => "optional",
                    };
                    reader.Skip();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return new OnnxValueInfo("", type, dims, kind);
    }

    private static OnnxExtent[] Dims(WireReader reader)
    {
        var dims = new List<OnnxExtent>();
        while (reader.Next())
        {
            if (reader.Field != 1)
            {
                reader.Skip();
                continue;
            }

            WireReader dim = reader.Message();
            long? value = null;
            string name = "";
            while (dim.Next())
            {
                if (dim.Field == 1)
                    value = dim.Int64();
                else if (dim.Field == 2)
                    name = dim.Text();
                else
                    dim.Skip();
            }

            dims.Add(new OnnxExtent(value, name));
        }

        return [.. dims];
    }
}
