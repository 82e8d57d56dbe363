namespace CoreEngine.Graphs;

/// <summary>One output of one node.</summary>
/// <param name="Node">The node.</param>
/// <param name="Index">Which of its outputs.</param>
public readonly record struct NodeEntry(Node Node, int Index);
