using System.Runtime.InteropServices;

namespace CoreEngine.Fuzz;

/// <summary>ONNX's messages, to make models by hand.</summary>
internal static class OnnxMessages
{
    /// <summary>A tensor's element type.</summary>
    public const int FloatType = 1;

    /// <inheritdoc cref="FloatType"/>
    public const int Int64Type = 7;

    /// <inheritdoc cref="FloatType"/>
    public const int BoolType = 9;

    /// <summary>A model's file.</summary>
    public static byte[] Model(long opset, ProtobufMessage graph, params ReadOnlySpan<ProtobufMessage> functions)
    {
        ProtobufMessage model = new ProtobufMessage()
            .Number(1, 8)
            .Text(2, "by hand")
            .Nested(7, graph)
            .Nested(8, new ProtobufMessage().Number(2, opset));
        foreach (ProtobufMessage function in functions)
        {
            model.Nested(8, new ProtobufMessage().Text(1, "own").Number(2, 1)).Nested(25, function);
        }

        return model.ToArray();
    }

    /// <summary>A graph.</summary>
    public static ProtobufMessage Graph(
        ReadOnlySpan<ProtobufMessage> nodes,
        ReadOnlySpan<ProtobufMessage> inputs,
        ReadOnlySpan<ProtobufMessage> outputs,
        params ReadOnlySpan<ProtobufMessage> tensors
    )
    {
        ProtobufMessage graph = All(new ProtobufMessage().Text(2, "graph"), 1, nodes);
        return All(All(All(graph, 5, tensors), 11, inputs), 12, outputs);
    }

    /// <summary>A call of an operator.</summary>
    /// <param name="op">The operator.</param>
    /// <param name="inputs">Names, separated by blanks; a dot for an input that is left out.</param>
    /// <param name="outputs">Names, separated by blanks.</param>
    /// <param name="attributes">The attributes.</param>
    public static ProtobufMessage Node(
        string op,
        string inputs,
        string outputs,
        params ReadOnlySpan<ProtobufMessage> attributes
    ) => OwnNode("", op, inputs, outputs, attributes);

    /// <summary>A call of an operator that is not ONNX's own.</summary>
    public static ProtobufMessage OwnNode(
        string domain,
        string op,
        string inputs,
        string outputs,
        params ReadOnlySpan<ProtobufMessage> attributes
    )
    {
        var node = new ProtobufMessage();
        foreach (string input in Names(inputs))
        {
            node.Text(1, input == "." ? "" : input);
        }

        foreach (string output in Names(outputs))
        {
            node.Text(2, output);
        }

        return All(node.Text(3, $"{op}_of_{outputs}").Text(4, op), 5, attributes).Text(7, domain);
    }

    /// <summary>An operator that the model defines.</summary>
    public static ProtobufMessage Function(
        string domain,
        string name,
        string inputs,
        string outputs,
        params ReadOnlySpan<ProtobufMessage> nodes
    )
    {
        ProtobufMessage function = new ProtobufMessage().Text(1, name);
        foreach (string input in Names(inputs))
        {
            function.Text(4, input);
        }

        foreach (string output in Names(outputs))
        {
            function.Text(5, output);
        }

        return All(function, 7, nodes).Nested(9, new ProtobufMessage().Number(2, 17)).Text(10, domain);
    }

    /// <summary>An attribute: a whole number.</summary>
    public static ProtobufMessage Integer(string name, long value) => Attribute(name, 2).Number(3, value);

    /// <summary>An attribute: whole numbers.</summary>
    public static ProtobufMessage Integers(string name, params ReadOnlySpan<long> values) =>
        Attribute(name, 7).Numbers(8, values);

    /// <summary>An attribute: a fraction.</summary>
    public static ProtobufMessage Real(string name, float value) => Attribute(name, 1).Real(2, value);

    /// <summary>An attribute: a text.</summary>
    public static ProtobufMessage Text(string name, string value) => Attribute(name, 3).Text(4, value);

    /// <summary>An attribute: a tensor.</summary>
    public static ProtobufMessage Tensor(string name, ProtobufMessage value) => Attribute(name, 4).Nested(5, value);

    /// <summary>An attribute: a graph.</summary>
    public static ProtobufMessage Graph(string name, ProtobufMessage value) => Attribute(name, 5).Nested(6, value);

    /// <summary>An attribute of a function's node that the call gives.</summary>
    public static ProtobufMessage Reference(string name, string given) => Attribute(name, 2).Text(21, given);

    /// <summary>A tensor of fractions.</summary>
    public static ProtobufMessage Floats(string name, ReadOnlySpan<long> dims, params ReadOnlySpan<float> values) =>
        new ProtobufMessage()
            .Numbers(1, dims)
            .Number(2, FloatType)
            .Text(8, name)
            .Bytes(9, MemoryMarshal.AsBytes(values));

    /// <summary>A tensor of whole numbers.</summary>
    public static ProtobufMessage Whole(string name, ReadOnlySpan<long> dims, params ReadOnlySpan<long> values) =>
        new ProtobufMessage().Numbers(1, dims).Number(2, Int64Type).Numbers(7, values).Text(8, name);

    /// <summary>An input or output; extents that are not positive are left open.</summary>
    public static ProtobufMessage Value(string name, int type, params ReadOnlySpan<long> dims)
    {
        var shape = new ProtobufMessage();
        foreach (long extent in dims)
        {
            shape.Nested(
                1,
                extent > 0 ? new ProtobufMessage().Number(1, extent) : new ProtobufMessage().Text(2, "batch")
            );
        }

        ProtobufMessage tensor = new ProtobufMessage().Number(1, type).Nested(2, shape);
        return new ProtobufMessage().Text(1, name).Nested(2, new ProtobufMessage().Nested(1, tensor));
    }

    private static ProtobufMessage Attribute(string name, long kind) =>
        new ProtobufMessage().Text(1, name).Number(20, kind);

    private static string[] Names(string names) => names.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static ProtobufMessage All(ProtobufMessage target, int field, ReadOnlySpan<ProtobufMessage> messages)
    {
        foreach (ProtobufMessage message in messages)
        {
            target.Nested(field, message);
        }

        return target;
    }
}
