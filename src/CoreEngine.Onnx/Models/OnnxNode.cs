namespace CoreEngine.Onnx;

/// <summary>A call of an ONNX operator.</summary>
/// <param name="Operator">The operator.</param>
/// <param name="Domain">Whose operator; empty for ONNX's own.</param>
/// <param name="Name">The node's name; may be empty.</param>
/// <param name="Inputs">The values taken; empty names are inputs left out.</param>
/// <param name="Outputs">The values made; empty names are outputs that nobody wants.</param>
/// <param name="Attributes">The attributes by name.</param>
internal sealed record OnnxNode(
    string Operator,
    string Domain,
    string Name,
    string[] Inputs,
    string[] Outputs,
    IReadOnlyDictionary<string, OnnxAttribute> Attributes
)
{
    /// <summary>The name that errors and graphs use.</summary>
    public string Title => Name.Length > 0 ? Name : Outputs.FirstOrDefault(name => name.Length > 0) ?? Operator;
}
