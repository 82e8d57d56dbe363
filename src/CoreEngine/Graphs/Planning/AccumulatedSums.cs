namespace CoreEngine.Graphs.Planning;

/// <summary>
/// Finds the sums whose parts can be added up in one place as they are computed. The part that is computed first is the
/// carrier: it is written, the others are added to it. So a sum takes no memory for its parts and no pass of its own.
/// </summary>
/// <remarks>
/// The carrier may have other readers if they are through before the next part is added, as the gradient of a residual
/// connection has: it flows into the branch first, and the branch's own gradient is added to it last.
/// </remarks>
internal sealed class AccumulatedSums
{
    private readonly IReadOnlyList<MemoryStep> _steps;
    private readonly IReadOnlyList<EntryMemory> _entries;
    private readonly EntryReaders _readers;
    private readonly int[] _sumOf;

    // For entries that are sums: the steps that write into them, and the last step that reads a carrier on its own.
    private readonly Dictionary<int, List<int>> _writers = [];
    private readonly Dictionary<int, int> _lastCarrierReads = [];

    internal AccumulatedSums(
        IReadOnlyList<MemoryStep> steps,
        IReadOnlyList<EntryMemory> entries,
        EntryReaders readers,
        bool isEnabled
    )
    {
        _steps = steps;
        _entries = entries;
        _readers = readers;
        _sumOf = new int[entries.Count];
        Array.Fill(_sumOf, -1);
        for (int step = 0; isEnabled && step < steps.Count; step++)
        {
            if (steps[step].IsSum)
                Try(step);
        }
    }

    /// <summary>The entry whose place this one shares: the sum that it ends up in, or itself.</summary>
    internal int RootOf(int entry)
    {
        while (_sumOf[entry] >= 0)
        {
            entry = _sumOf[entry];
        }

        return entry;
    }

    /// <summary>True when this entry is such a sum: the step that would compute it is not run.</summary>
    internal bool Contains(int entry) => _writers.ContainsKey(entry);

    /// <summary>How often steps that are run, and the caller, still need the value in the place of a root.</summary>
    internal int[] CountUses()
    {
        int[] uses = new int[_entries.Count];
        for (int entry = 0; entry < uses.Length; entry++)
        {
            int root = RootOf(entry);
            if (_entries[entry].Use == EntryUse.Kept)
                uses[root]++;
            foreach (int reader in _readers.Of(entry))
            {
                if (!Contains(_steps[reader].Outputs[0]))
                    uses[root]++;
            }
        }

        return uses;
    }

    private void Try(int step)
    {
        int sum = _steps[step].Outputs[0];
        int[] parts = _steps[step].Inputs;
        if (parts.Length < 2 || _steps[step].ShapeOnlyInputs.Length > 0)
            return;
        if (_readers.Of(sum).IsEmpty && _entries[sum].Use == EntryUse.Intermediate)
            return;
        int carrier = parts.MinBy(FirstWrite);
        var writers = new List<int>();
        int secondWrite = int.MaxValue;
        foreach (int part in parts)
        {
            if (!IsOwn(part, sum))
                return;
            if (part == carrier)
            {
                writers.AddRange(_writers.GetValueOrDefault(part) ?? [_readers.Producer(part)]);
                continue;
            }

            // A sum within the sum would have to start anew in the middle of this one.
            if (Contains(part) || _readers.Of(part).Length != 1)
                return;
            writers.Add(_readers.Producer(part));
            secondWrite = Math.Min(secondWrite, _readers.Producer(part));
        }

        // Two outputs of one step cannot lie in one place.
        if (writers.Distinct().Count() != writers.Count)
            return;
        int lastRead = _lastCarrierReads.GetValueOrDefault(carrier, -1);
        foreach (int reader in _readers.Of(carrier))
        {
            if (reader != step)
                lastRead = Math.Max(lastRead, reader);
        }

        // What the caller's array holds already would be read with the carrier.
        if (lastRead >= secondWrite || (lastRead >= 0 && _entries[sum].Use == EntryUse.ExternalSum))
            return;
        _writers.Add(sum, writers);
        _lastCarrierReads.Add(sum, lastRead);
        foreach (int part in parts)
        {
            _sumOf[part] = sum;
        }
    }

    private int FirstWrite(int part) =>
        _writers.TryGetValue(part, out List<int>? writers) ? writers.Min() : _readers.Producer(part);

    private bool IsOwn(int part, int sum) =>
        _readers.Producer(part) >= 0
        && !_steps[_readers.Producer(part)].IgnoresAdd
        && _entries[part].Use == EntryUse.Intermediate
        && _entries[part].Bytes == _entries[sum].Bytes
        && _entries[part].Arena == _entries[sum].Arena;
}
