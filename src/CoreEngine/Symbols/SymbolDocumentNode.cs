namespace CoreEngine;

/// <summary>A node as a symbol file describes it.</summary>
internal sealed class SymbolDocumentNode
{
    private const string NoOperator = "null";

    /// <summary>The operator's name, or "null" for a variable.</summary>
    internal string Operator { get; init; } = NoOperator;

    /// <summary>The node's name.</summary>
    internal string Name { get; init; } = "";

    /// <summary>All attributes.</summary>
    internal Dictionary<string, string> Attributes { get; init; } = [];

    /// <summary>Where the inputs come from.</summary>
    internal List<SymbolDocumentEntry> Inputs { get; init; } = [];

    /// <summary>Nodes that must run before.</summary>
    internal List<int> ControlDependencies { get; init; } = [];

    /// <summary>True for a variable.</summary>
    internal bool IsVariable => Operator == NoOperator;
}
