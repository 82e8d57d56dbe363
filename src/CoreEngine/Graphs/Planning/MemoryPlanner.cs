using CoreEngine.Operators;

namespace CoreEngine.Graphs.Planning;

/// <summary>
/// Gives every entry of an ordered computation its place: offsets in one arena for each device. Entries whose lives do
/// not overlap share memory, outputs take the place of inputs that nobody needs any more, and sums grow in one place.
/// </summary>
/// <remarks>
/// The plan holds for steps that run in this order. Whoever runs some of them at the same time has to respect, beside
/// the data, the order in which they use one place (<see cref="Bulking"/> finds both).
/// </remarks>
public static class MemoryPlanner
{
    /// <summary>Every entry starts at a multiple of this many bytes, and arenas have to.</summary>
    public const int Alignment = 64;

    /// <summary>Plans the memory of steps that run one after another.</summary>
    /// <param name="steps">The steps in the order in which they run.</param>
    /// <param name="entries">The entries by number; those that no step computes are external.</param>
    /// <param name="sharing">The ways in which entries may share memory.</param>
    /// <exception cref="ArgumentException">
    /// A step reads an entry before it is there, two steps compute one, or nobody computes or provides it.
    /// </exception>
    public static MemoryPlan Plan(
        IReadOnlyList<MemoryStep> steps,
        IReadOnlyList<EntryMemory> entries,
        MemorySharing sharing = MemorySharing.All
    )
    {
        ArgumentNullException.ThrowIfNull(steps);
        ArgumentNullException.ThrowIfNull(entries);
        Check(steps, entries);
        var readers = new EntryReaders(steps, entries.Count);
        var sums = new AccumulatedSums(steps, entries, readers, sharing.HasFlag(MemorySharing.Sums));
        var storages = new StorageAssignment(steps, entries, sums, sharing.HasFlag(MemorySharing.Inplace));
        Request[]?[] requests = storages.Run();

        int arenaCount = entries.Count == 0 ? 0 : entries.Max(entry => entry.Arena) + 1;
        long[] arenaBytes = new long[arenaCount];
        long[] offsets = new long[storages.Blocks.Count];
        long liveBytes = 0;
        for (int arena = 0; arena < arenaCount; arena++)
        {
            int[] members = [.. Enumerable.Range(0, offsets.Length).Where(i => storages.Blocks[i].Arena == arena)];
            ArenaBlock[] blocks = Array.ConvertAll(members, i => storages.Blocks[i].Block);
            if (!sharing.HasFlag(MemorySharing.Reuse))
                blocks = Array.ConvertAll(blocks, block => block with { First = 0, Last = steps.Count });
            var packing = ArenaPacking.Of(blocks);
            arenaBytes[arena] = packing.Bytes;
            liveBytes += ArenaPacking.MostAtOnce(blocks);
            for (int i = 0; i < members.Length; i++)
            {
                offsets[members[i]] = packing.Offsets[i];
            }
        }

        var placements = new Placement[entries.Count];
        long unplanned = 0;
        for (int entry = 0; entry < placements.Length; entry++)
        {
            placements[entry] = storages.Place(entry, offsets);
            if (!entries[entry].IsExternal && (placements[entry].Kind != PlacementKind.None))
                unplanned += Align(entries[entry].Bytes);
        }

        return new MemoryPlan(placements, requests, arenaBytes, unplanned, liveBytes);
    }

    /// <summary>
    /// Plans a graph's memory. Variables and results are arrays of the caller's; everything else lies in one arena.
    /// </summary>
    /// <param name="inferred">The graph.</param>
    /// <param name="sharing">The ways in which entries may share memory.</param>
    public static MemoryPlan Plan(InferredGraph inferred, MemorySharing sharing = MemorySharing.All)
    {
        ArgumentNullException.ThrowIfNull(inferred);
        return Plan(MemoryStep.Of(inferred.Graph), Entries(inferred), sharing);
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

    internal static long Align(long bytes) => checked(bytes + Alignment - 1) & -Alignment;

    private static void Check(IReadOnlyList<MemoryStep> steps, IReadOnlyList<EntryMemory> entries)
    {
        var isThere = new bool[entries.Count];
        var isWritten = new bool[entries.Count];
        foreach (MemoryStep step in steps)
        {
            foreach (int output in step.Outputs)
            {
                if (isWritten[output])
                    throw new ArgumentException($"Two steps compute entry {output}.", nameof(steps));
                isWritten[output] = true;
            }
        }

        for (int entry = 0; entry < isThere.Length; entry++)
        {
            isThere[entry] = !isWritten[entry] && entries[entry].IsExternal;
            if (entries[entry].Bytes < 0 || entries[entry].Arena < 0)
                throw new ArgumentException($"Entry {entry} has a negative size or arena.", nameof(entries));
        }

        for (int i = 0; i < steps.Count; i++)
        {
            foreach (int input in steps[i].Inputs)
            {
                if (!isThere[input])
                    throw new ArgumentException($"Step {i} reads entry {input} before it is there.", nameof(steps));
            }

            foreach (int output in steps[i].Outputs)
            {
                isThere[output] = true;
            }
        }
    }
}
