namespace CoreEngine;

/// <summary>One output of a node in a symbol file.</summary>
/// <param name="Node">The node's number.</param>
/// <param name="Output">The output's number.</param>
/// <param name="Version">Of a variable: how many calls before the one that takes it, and that one, change it.</param>
internal readonly record struct SymbolDocumentEntry(int Node, int Output, int Version)
{
    /// <inheritdoc/>
    public override string ToString() => $"output {Output} of node {Node}";
}
