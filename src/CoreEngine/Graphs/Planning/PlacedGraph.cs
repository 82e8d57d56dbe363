namespace CoreEngine.Graphs.Planning;

/// <summary>A graph whose nodes have a device each.</summary>
/// <param name="Graph">The graph, with copies between devices as nodes of their own.</param>
/// <param name="Devices">The device of each of its nodes: where a call runs, where a variable's array lies.</param>
public sealed record PlacedGraph(Graph Graph, IReadOnlyList<Device> Devices);
