using CoreEngine.Graphs;
using CoreEngine.Operators;

namespace CoreEngine;

/// <summary>Graph → graph: dense copies of sparse variables for the calls whose kernels take dense arrays only.</summary>
internal static class SparseArguments
{
    private static readonly BoundOperator s_makeDense = OperatorRegistry
        .Default["cast_storage"]
        .Bind(new CastStorageParameters { Storage = StorageType.Default });

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
        var storage = new StorageInference();
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

        bool Takes(Node node, NodeEntry[] inputs)
        {
            storage.Start(node.Operator!, inputs.Length);
            for (int i = 0; i < inputs.Length; i++)
            {
                storage.SetInput(i, sparse.Contains(inputs[i].Node) ? storageOf(inputs[i].Node) : StorageType.Default);
            }

            for (int i = 0; i < node.OutputCount; i++)
            {
                storage.SetOutput(i, StorageType.Default);
            }

            storage.Apply();
            return storage.IsServed;
        }

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
