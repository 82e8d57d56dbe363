namespace CoreEngine.Onnx;

/// <summary>An attribute of a node: one of these values is set.</summary>
internal sealed class OnnxAttribute
{
    public required string Name { get; init; }

    public float? Float { get; init; }

    public long? Integer { get; init; }

    public string? Text { get; init; }

    public OnnxTensor? Tensor { get; init; }

    public OnnxGraph? Graph { get; init; }

    public float[] Floats { get; init; } = [];

    public long[] Integers { get; init; } = [];

    public string[] Texts { get; init; } = [];

    /// <summary>Of a function's body: the attribute of the call that gives the value.</summary>
    public string Reference { get; init; } = "";

    /// <summary>True when the value is of a kind that nothing here uses: lists of tensors or graphs, sparse tensors, types.</summary>
    public bool IsOther { get; init; }
}
