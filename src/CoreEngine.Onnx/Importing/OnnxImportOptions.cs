namespace CoreEngine.Onnx;

/// <summary>What an import may know beside the model.</summary>
public sealed class OnnxImportOptions
{
    /// <summary>
    /// The extents of inputs by name, where the model leaves some open (a batch size, say) or others are wanted. The
    /// imported graph is made for these.
    /// </summary>
    public IReadOnlyDictionary<string, long[]> InputDims { get; init; } = new Dictionary<string, long[]>();

    /// <summary>
    /// Values of inputs by name. Where such a value decides a shape, as the target of a Reshape does, it becomes part of
    /// the graph; all other inputs stay inputs.
    /// </summary>
    public IReadOnlyDictionary<string, OnnxTensor> KnownInputs { get; init; } = new Dictionary<string, OnnxTensor>();
}
