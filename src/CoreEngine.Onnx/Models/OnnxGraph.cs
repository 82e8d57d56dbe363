namespace CoreEngine.Onnx;

/// <summary>Nodes in an order in which they can run, with the values that come in and go out.</summary>
/// <param name="Name">The graph's name.</param>
/// <param name="Nodes">The nodes.</param>
/// <param name="Inputs">The inputs; older models list the initializers here too.</param>
/// <param name="Outputs">The outputs.</param>
/// <param name="Initializers">Tensors that come with the model.</param>
/// <param name="HasSparseInitializers">True when some tensors come in ONNX's sparse form.</param>
internal sealed record OnnxGraph(
    string Name,
    IReadOnlyList<OnnxNode> Nodes,
    IReadOnlyList<OnnxValueInfo> Inputs,
    IReadOnlyList<OnnxValueInfo> Outputs,
    IReadOnlyList<OnnxTensor> Initializers,
    bool HasSparseInitializers
);
