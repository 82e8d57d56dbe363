namespace CoreEngine.Abi;

/// <summary>A parameter of a function of the C ABI.</summary>
/// <param name="Type">Its C type.</param>
/// <param name="Name">Its C name.</param>
public sealed record AbiParameter(string Type, string Name);
