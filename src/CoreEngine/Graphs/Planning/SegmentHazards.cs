using System.Collections;
using CoreEngine.Operators;

namespace CoreEngine.Graphs.Planning;

/// <summary>
/// Follows who wrote and who read each piece of memory last, and so finds the segments that a new one must wait for.
/// </summary>
internal sealed class SegmentHazards(IReadOnlyList<EntryMemory> entries, MemoryPlan plan)
{
    // By arena, or for the arrays of the caller's by entry, with the whole array as one piece.
    private readonly Dictionary<(PlacementKind Kind, int Index), List<Piece>> _pieces = [];

    // All segments that each one waits for, directly or not.
    private readonly List<BitArray> _ancestors = [];
    private readonly SortedSet<int> _found = [];
    private readonly List<int> _segmentOfStep = [];

    /// <summary>Adds a step to the segment that is being made.</summary>
    internal void Add(MemoryStep step, ReadOnlySpan<Request> requests)
    {
        for (int i = 0; i < step.Inputs.Length; i++)
        {
            if (step.Reads(i))
                Read(step.Inputs[i]);
        }

        foreach (int place in step.MutableInputs)
        {
            Write(step.Inputs[place]);
        }

        for (int i = 0; i < step.Outputs.Length; i++)
        {
            if (requests[i] != Request.Null)
                Write(step.Outputs[i]);
        }

        foreach (int earlier in step.After)
        {
            Await(_segmentOfStep[earlier]);
        }

        _segmentOfStep.Add(_ancestors.Count);
    }

    /// <summary>Adds a step that is not run.</summary>
    internal void Skip() => _segmentOfStep.Add(_ancestors.Count);

    /// <summary>Ends the segment; the result is the earlier segments that it has to wait for.</summary>
    internal int[] EndSegment()
    {
        int segment = _ancestors.Count;
        var ancestors = new BitArray(segment);
        var direct = new List<int>();
        // From the latest: what a later one waits for already need not be waited for again.
        foreach (int other in _found.Reverse())
        {
            if (ancestors[other])
                continue;
            direct.Add(other);
            ancestors[other] = true;
            BitArray inherited = _ancestors[other];
            for (int i = 0; i < inherited.Length; i++)
            {
                if (inherited[i])
                    ancestors[i] = true;
            }
        }

        _ancestors.Add(ancestors);
        _found.Clear();
        direct.Reverse();
        return [.. direct];
    }

    private void Read(int entry)
    {
        foreach (Piece piece in Overlapping(entry, out _, out _))
        {
            Await(piece.Writer);
            if (!piece.Readers.Contains(_ancestors.Count))
                piece.Readers.Add(_ancestors.Count);
        }
    }

    private void Write(int entry)
    {
        List<Piece> overlapping = Overlapping(entry, out List<Piece> all, out (long Start, long End) range);
        foreach (Piece piece in overlapping)
        {
            Await(piece.Writer);
            foreach (int reader in piece.Readers)
            {
                Await(reader);
            }

            // Nobody will see any more what lay there.
            if (piece.Start >= range.Start && piece.End <= range.End)
                all.Remove(piece);
        }

        all.Add(new Piece(range.Start, range.End, _ancestors.Count));
    }

    private void Await(int segment)
    {
        if (segment >= 0 && segment != _ancestors.Count)
            _found.Add(segment);
    }

    private List<Piece> Overlapping(int entry, out List<Piece> all, out (long Start, long End) range)
    {
        Placement place = plan.Placements[entry];
        (PlacementKind Kind, int Index) key = (place.Kind, place.Index);
        if (!_pieces.TryGetValue(key, out List<Piece>? pieces))
            _pieces[key] = pieces = [];
        all = pieces;
        (long start, long end) =
            place.Kind == PlacementKind.Arena
                ? (place.Offset, place.Offset + MemoryPlanner.Align(entries[entry].Bytes))
                : (0, 1);
        range = (start, end);
        List<Piece> overlapping = pieces.FindAll(piece => piece.Start < end && start < piece.End);
        if (overlapping.Count == 0 && place.Kind == PlacementKind.External)
        {
            // An array that was there before: what reads it must be over before it is written.
            var given = new Piece(start, end, Writer: -1);
            pieces.Add(given);
            overlapping.Add(given);
        }

        return overlapping;
    }

    private sealed record Piece(long Start, long End, int Writer)
    {
        internal List<int> Readers { get; } = [];
    }
}
