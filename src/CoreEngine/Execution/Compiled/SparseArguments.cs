using CoreEngine.Graphs;
using CoreEngine.Operators;

namespace CoreEngine;

/// <summary>Graph → graph: dense copies of sparse variables for the calls whose kernels take dense arrays only.</summary>
internal static class SparseArguments
{
    private static readonly BoundOperator s_makeDense = new OperatorDef("_make_dense")
    {
        Description = "A dense copy of a sparse array.",
        TakesSparse = static _ => true,
        Kernel = SparseConversion.Densify,
    }.Bind();

    /// <summary>The graph in which every call gets storage that its kernel takes.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="storageOf">How the array of a variable is stored.</param>
    internal static Graph MakeDense(Graph graph, Func<Node, StorageType> storageOf)
    {
        var sparse = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        sparse.UnionWith(graph.Nodes.Where(node => node.IsVariable && storageOf(node) != StorageType.Default));
        if (sparse.Count == 0)
            return graph;
        var copies = new Dictionary<Node, NodeEntry>(ReferenceEqualityComparer.Instance);
        return graph.Rewrite(
            (node, inputs) =>
            {
                if (!inputs.Any(input => sparse.Contains(input.Node)) || Takes(node, inputs))
                    return null;
                NodeEntry[] dense = Array.ConvertAll(inputs, Dense);
                var copy = new Node(node.Operator, node.Name, dense, node.Annotations, [.. node.ControlDependencies]);
                return [.. Enumerable.Range(0, node.OutputCount).Select(output => new NodeEntry(copy, output))];
            }
        );

        bool Takes(Node node, NodeEntry[] inputs) =>
            node.Operator!.Definition.TakesSparse?.Invoke(
                Array.ConvertAll(
                    inputs,
                    input => sparse.Contains(input.Node) ? storageOf(input.Node) : StorageType.Default
                )
            )
                is true;

        NodeEntry Dense(NodeEntry entry)
        {
            if (!sparse.Contains(entry.Node))
                return entry;
            if (!copies.TryGetValue(entry.Node, out NodeEntry copy))
                copies[entry.Node] = copy = new NodeEntry(
                    new Node(s_makeDense, $"{entry.Node.Name}_dense", [entry]),
                    0
                );
            return copy;
        }
    }
}
