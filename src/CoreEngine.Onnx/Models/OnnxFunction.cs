namespace CoreEngine.Onnx;

/// <summary>An operator that a model defines itself, as nodes of other operators.</summary>
/// <param name="Name">The operator's name.</param>
/// <param name="Domain">Whose operator.</param>
/// <param name="Inputs">The names of the inputs within the body.</param>
/// <param name="Outputs">The names of the outputs within the body.</param>
/// <param name="Nodes">The body.</param>
/// <param name="Opsets">The versions of the sets of operators that the body uses.</param>
internal sealed record OnnxFunction(
    string Name,
    string Domain,
    string[] Inputs,
    string[] Outputs,
    IReadOnlyList<OnnxNode> Nodes,
    IReadOnlyDictionary<string, long> Opsets
);
