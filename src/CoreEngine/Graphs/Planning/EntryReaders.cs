namespace CoreEngine.Graphs.Planning;

/// <summary>Which step computes each entry, and which steps read it.</summary>
internal sealed class EntryReaders
{
    private readonly int[] _producers;
    private readonly int[] _starts;
    private readonly int[] _readers;

    internal EntryReaders(IReadOnlyList<MemoryStep> steps, int entryCount)
    {
        _producers = new int[entryCount];
        Array.Fill(_producers, -1);
        _starts = new int[entryCount + 1];
        for (int step = 0; step < steps.Count; step++)
        {
            foreach (int output in steps[step].Outputs)
            {
                _producers[output] = step;
            }

            int[] inputs = steps[step].Inputs;
            for (int i = 0; i < inputs.Length; i++)
            {
                if (steps[step].Reads(i))
                    _starts[inputs[i] + 1]++;
            }
        }

        for (int entry = 0; entry < entryCount; entry++)
        {
            _starts[entry + 1] += _starts[entry];
        }

        _readers = new int[_starts[entryCount]];
        int[] next = _starts[..entryCount];
        for (int step = 0; step < steps.Count; step++)
        {
            int[] inputs = steps[step].Inputs;
            for (int i = 0; i < inputs.Length; i++)
            {
                if (steps[step].Reads(i))
                    _readers[next[inputs[i]]++] = step;
            }
        }
    }

    /// <summary>The step that computes an entry; -1 when it is there from the start.</summary>
    internal int Producer(int entry) => _producers[entry];

    /// <summary>The steps that read an entry, in order; a step that reads it twice is there twice.</summary>
    internal ReadOnlySpan<int> Of(int entry) => _readers.AsSpan(_starts[entry], _starts[entry + 1] - _starts[entry]);
}
