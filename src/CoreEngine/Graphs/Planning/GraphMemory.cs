namespace CoreEngine.Graphs.Planning;

/// <summary>The memory of a graph whose shapes are known: what the planner takes, made from the graph's entries.</summary>
public static class GraphMemory
{
    /// <summary>
    /// Plans a graph's memory. Variables and results are arrays of the caller's; everything else lies in one arena.
    /// </summary>
    /// <param name="inferred">The graph.</param>
    /// <param name="sharing">The ways in which entries may share memory.</param>
    public static MemoryPlan Plan(InferredGraph inferred, MemorySharing sharing = MemorySharing.All)
    {
        ArgumentNullException.ThrowIfNull(inferred);
        return MemoryPlanner.Plan(MemoryStep.Of(inferred.Graph), Entries(inferred), sharing);
    }

    /// <summary>The entries of a graph: variables and results are arrays of the caller's.</summary>
    public static EntryMemory[] Entries(InferredGraph inferred)
    {
        ArgumentNullException.ThrowIfNull(inferred);
        Graph graph = inferred.Graph;
        var results = new HashSet<NodeEntry>(graph.Heads);
        var entries = new EntryMemory[graph.EntryCount];
        for (int i = 0; i < graph.Nodes.Count; i++)
        {
            Node node = graph.Nodes[i];
            for (int output = 0; output < node.OutputCount; output++)
            {
                int entry = graph.FirstEntryOf(i) + output;
                bool isExternal = node.IsVariable || results.Contains(new NodeEntry(node, output));
                entries[entry] = new EntryMemory(
                    inferred.BytesOf(entry),
                    isExternal ? EntryUse.External : EntryUse.Intermediate
                );
            }
        }

        return entries;
    }
}
