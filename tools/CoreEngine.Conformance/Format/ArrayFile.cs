namespace CoreEngine.Conformance;

/// <summary>What a saved array file holds.</summary>
/// <param name="Kind"><c>list</c> (no names) or <c>dict</c>.</param>
/// <param name="Items">The arrays in the order of the file.</param>
public sealed record ArrayFile(string Kind, IReadOnlyList<GoldenArray> Items);
