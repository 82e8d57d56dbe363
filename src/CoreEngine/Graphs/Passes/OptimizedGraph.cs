namespace CoreEngine.Graphs;

/// <summary>What passes made of a graph.</summary>
/// <param name="Graph">The graph; its heads are those of the original, in the same order.</param>
/// <param name="Constants">
/// The values of variables that never change: those given, and those of variables that passes have made. Whoever runs the
/// graph feeds them like any variable.
/// </param>
public sealed record OptimizedGraph(Graph Graph, IReadOnlyDictionary<Node, NDArray> Constants);
