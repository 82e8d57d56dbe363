namespace CoreEngine.Onnx;

/// <summary>One extent as a model declares it: a number, a name that stands for one, or nothing.</summary>
/// <param name="Value">The number; null when it is not fixed.</param>
/// <param name="Name">The name of an extent that is not fixed; empty when it has none.</param>
public readonly record struct OnnxExtent(long? Value, string Name)
{
    /// <inheritdoc/>
    public override string ToString() =>
        Value is { } value ? value.ToString()
        : Name.Length > 0 ? Name
        : "?";
}
