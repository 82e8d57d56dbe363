using CoreEngine.Operators;

namespace CoreEngine.Graphs.Planning;

/// <summary>
/// Decides which entries share one block of memory because an output takes an input's place or is a part of a sum, and
/// from which step to which each block is needed.
/// </summary>
internal sealed class StorageAssignment(
    IReadOnlyList<MemoryStep> steps,
    IReadOnlyList<EntryMemory> entries,
    AccumulatedSums sums,
    bool allowInplace
)
{
    private const int Nowhere = -1;

    private readonly List<(int Arena, ArenaBlock Block)> _blocks = [];

    // How often the value in a block is still to be read.
    private readonly List<int> _remaining = [];
    private readonly List<int> _takenBy = [];
    private readonly int[] _uses = sums.CountUses();
    private readonly int[] _blockOf = new int[entries.Count];
    private readonly bool[] _isStarted = new bool[entries.Count];

    internal IReadOnlyList<(int Arena, ArenaBlock Block)> Blocks => _blocks;

    /// <summary>Goes through the steps; the result is what each does with its outputs, null for those not run.</summary>
    internal Request[]?[] Run()
    {
        Array.Fill(_blockOf, Nowhere);
        var requests = new Request[]?[steps.Count];
        for (int step = 0; step < steps.Count; step++)
        {
            int[] outputs = steps[step].Outputs;
            if (outputs.Length > 0 && sums.Contains(outputs[0]))
                continue;
            var own = new Request[outputs.Length];
            for (int i = 0; i < outputs.Length; i++)
            {
                own[i] = Assign(step, i);
            }

            requests[step] = own;
            int[] inputs = steps[step].Inputs;
            for (int i = 0; i < inputs.Length; i++)
            {
                if (steps[step].Reads(i) && BlockOf(inputs[i]) is int block and not Nowhere)
                    Read(block, step);
            }
        }

        return requests;
    }

    internal Placement Place(int entry, long[] offsets)
    {
        int root = sums.RootOf(entry);
        if (entries[root].IsExternal)
            return new Placement(PlacementKind.External, root);
        int block = _blockOf[root];
        return block == Nowhere ? default : new Placement(PlacementKind.Arena, _blocks[block].Arena, offsets[block]);
    }

    private int BlockOf(int entry) => _blockOf[sums.RootOf(entry)];

    private Request Assign(int step, int output)
    {
        int root = sums.RootOf(steps[step].Outputs[output]);
        EntryMemory memory = entries[root];
        bool isStarted = _isStarted[root];
        if (memory.IsExternal)
        {
            _isStarted[root] = true;
            return isStarted || memory.Use == EntryUse.ExternalSum ? Request.Add : Request.Write;
        }

        if (_uses[root] == 0)
            return Request.Null;
        if (isStarted)
        {
            Extend(_blockOf[root], step);
            return Request.Add;
        }

        _isStarted[root] = true;
        int taken = allowInplace ? FindInplace(step, output, memory) : Nowhere;
        if (taken == Nowhere)
        {
            _blockOf[root] = _blocks.Count;
            int last = memory.Use == EntryUse.Kept ? steps.Count : step;
            _blocks.Add((memory.Arena, new ArenaBlock(MemoryPlanner.Align(memory.Bytes), step, last)));
            _remaining.Add(_uses[root]);
            _takenBy.Add(Nowhere);
            return Request.Write;
        }

        _blockOf[root] = taken;
        _remaining[taken] += _uses[root];
        _takenBy[taken] = step;
        if (memory.Use == EntryUse.Kept)
            Extend(taken, steps.Count);
        return Request.WriteInplace;
    }

    private void Read(int block, int step)
    {
        _remaining[block]--;
        Extend(block, step);
    }

    private void Extend(int block, int step)
    {
        (int arena, ArenaBlock span) = _blocks[block];
        _blocks[block] = (arena, span with { Last = Math.Max(span.Last, step) });
    }

    /// <summary>The block of an input that this output may take, because this step is the last to need it.</summary>
    private int FindInplace(int step, int output, EntryMemory memory)
    {
        MemoryStep what = steps[step];
        foreach ((int input, int place) in what.Inplace)
        {
            if (place != output || input >= what.Inputs.Length || !what.Reads(input))
                continue;
            int block = BlockOf(what.Inputs[input]);
            if (
                block != Nowhere
                && _blocks[block].Arena == memory.Arena
                && entries[what.Inputs[input]].Bytes == memory.Bytes
                && _takenBy[block] != step
                && IsLastRead(block, what, output)
            )
                return block;
        }

        return Nowhere;
    }

    private bool IsLastRead(int block, MemoryStep what, int output)
    {
        int reads = 0;
        for (int i = 0; i < what.Inputs.Length; i++)
        {
            if (!what.Reads(i) || BlockOf(what.Inputs[i]) != block)
                continue;
            reads++;
            if (!what.Inplace.Contains((i, output)))
                return false;
        }

        return reads == _remaining[block];
    }
}
