namespace CoreEngine.Onnx;

/// <summary>What a model says of one of its inputs or outputs.</summary>
public sealed class OnnxValueInfo
{
    internal OnnxValueInfo(string name, OnnxElementType type, OnnxExtent[]? dims, string kind)
    {
        Name = name;
        ElementType = type;
        Dims = dims;
        Kind = kind;
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The element type; <see cref="OnnxElementType.Undefined"/> when it is not said or this is no tensor.</summary>
    public OnnxElementType ElementType { get; }

    /// <summary>The extents; null when not even the rank is said.</summary>
    public IReadOnlyList<OnnxExtent>? Dims { get; }

    /// <summary>"tensor", or what else the value is: "sequence", "optional", "map", "sparse tensor".</summary>
    public string Kind { get; }

    /// <inheritdoc/>
    public override string ToString() =>
        Kind != "tensor"
            ? $"{Name}: {Kind}"
            : $"{Name}: {ElementType}{(Dims is null ? "" : $"[{string.Join(",", Dims)}]")}";
}
