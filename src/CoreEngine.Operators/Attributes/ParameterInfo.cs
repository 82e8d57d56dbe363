namespace CoreEngine.Operators;

/// <summary>One parameter as documentation and code generators see it.</summary>
/// <param name="Name">The attribute's key.</param>
/// <param name="TypeText">Type, optionality and default in the notation of MXNet's code generators.</param>
/// <param name="IsRequired">True when the attribute has no default.</param>
public sealed record ParameterInfo(string Name, string TypeText, bool IsRequired);
