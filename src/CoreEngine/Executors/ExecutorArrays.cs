using CoreEngine.Graphs;
using CoreEngine.Graphs.Planning;

namespace CoreEngine;

/// <summary>The arrays of an executor's graph.</summary>
/// <param name="Device">Where everything is of which nothing else is said.</param>
/// <param name="Variables">The array of each variable.</param>
/// <param name="Heads">The array of each head: of the results, then of the gradients.</param>
/// <param name="Arenas">Where the memory for what lies between comes from.</param>
internal sealed record ExecutorArrays(
    Device Device,
    IReadOnlyDictionary<Node, NDArray> Variables,
    NDArray[] Heads,
    ArenaPool Arenas
)
{
    /// <summary>How the variables are stored.</summary>
    internal Dictionary<Node, StorageType> Storage =>
        Variables.ToDictionary(pair => pair.Key, pair => pair.Value.StorageType);

    /// <summary>How the heads' arrays are stored.</summary>
    internal StorageType[] HeadStorage => Array.ConvertAll(Heads, array => array.StorageType);

    /// <summary>Shapes, types and storage of a graph on these variables.</summary>
    internal InferredGraph Infer(Graph graph) =>
        GraphInference.Complete(
            graph,
            Variables.ToDictionary(pair => pair.Key, pair => pair.Value.Shape),
            Variables.ToDictionary(pair => pair.Key, pair => pair.Value.DType),
            Storage
        );

    /// <summary>A graph on these variables, with these arrays as its heads, on devices.</summary>
    internal PlacedGraph Place(Graph graph, BindOptions options) =>
        options.GroupDevices.Count == 0
            ? new PlacedGraph(graph, [.. Enumerable.Repeat(Device, graph.Nodes.Count)])
            : Place(graph, options, [.. Heads.Select(array => (Device?)array.Device)]);

    /// <summary>A graph on these variables, on devices; its heads are wherever they are computed.</summary>
    internal PlacedGraph PlaceFreely(Graph graph, BindOptions options) => Place(graph, options, headDevices: null);

    private PlacedGraph Place(Graph graph, BindOptions options, Device?[]? headDevices) =>
        DevicePlacement.Place(
            graph,
            Device,
            options.GroupDevices,
            Variables.ToDictionary(pair => pair.Key, pair => pair.Value.Device),
            headDevices
        );
}
