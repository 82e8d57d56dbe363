namespace CoreEngine.Conformance;

/// <summary>The content of <c>aliases.json</c>.</summary>
/// <param name="Aliases">Each other name with the canonical name that it stands for.</param>
public sealed record AliasFile(IReadOnlyDictionary<string, string> Aliases);
