using CoreEngine.Graphs;
using CoreEngine.Operators;

namespace CoreEngine.Tests.Graphs.Passes;

/// <summary>Short forms to write graphs in tests.</summary>
internal static class NodeBuilder
{
    internal static NodeEntry Variable(string name) => new(new Node(null, name, []), 0);

    /// <summary>A call whose attributes are written <c>key=value key=value</c>.</summary>
    internal static NodeEntry Call(string op, string attributes, params NodeEntry[] inputs) =>
        new(new Node(OperatorRegistry.Default[op].Bind(Parse(attributes)), $"{op}_node", inputs), 0);

    internal static NodeEntry Output(this NodeEntry entry, int index) => entry with { Index = index };

    internal static Dictionary<string, string> Parse(string attributes) =>
        attributes
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1]);

    /// <summary>The names of the operators of a graph, in order.</summary>
    internal static string[] OperatorsOf(Graph graph) =>
        [.. graph.Nodes.Where(node => !node.IsVariable).Select(node => node.Operator!.Name)];

    /// <summary>A context in which variables have these arrays; none of them is a constant, and none is too small to fuse.</summary>
    internal static PassContext Context(IReadOnlyDictionary<Node, NDArray> variables) =>
        new()
        {
            Shapes = variables.ToDictionary(pair => pair.Key, pair => pair.Value.Shape),
            Types = variables.ToDictionary(pair => pair.Key, pair => pair.Value.DType),
            FusionBytes = 0,
        };
}
