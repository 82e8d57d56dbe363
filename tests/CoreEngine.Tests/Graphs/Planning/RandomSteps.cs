using CoreEngine.Graphs.Planning;
using CsCheck;

namespace CoreEngine.Tests.Graphs.Planning;

/// <summary>A computation of random steps: what the planner sees of one.</summary>
internal sealed record RandomSteps(MemoryStep[] Steps, EntryMemory[] Entries, int[] Devices)
{
    private const int Given = 4;

    /// <summary>Computations of up to 40 steps on up to two devices.</summary>
    internal static Gen<RandomSteps> Generator { get; } = Gen.Int[0, int.MaxValue].Select(Make);

    private static RandomSteps Make(int seed)
    {
        var random = new Random(seed);
        var entries = new List<EntryMemory>();
        var steps = new List<MemoryStep>();
        var devices = new List<int>();
        int arenas = random.Next(1, 3);
        for (int i = 0; i < Given; i++)
        {
            entries.Add(new EntryMemory(Bytes(), EntryUse.External));
        }

        int count = random.Next(1, 41);
        for (int step = 0; step < count; step++)
        {
            int arena = random.Next(8) == 0 ? random.Next(arenas) : 0;
            devices.Add(arena);
            bool isSum = random.Next(3) == 0;
            var what = isSum ? Sum() : Call();
            steps.Add(what);
            foreach (int output in what.Outputs)
            {
                long bytes = isSum || random.Next(3) > 0 ? entries[what.Inputs[0]].Bytes : Bytes();
                EntryUse use = random.Next(12) switch
                {
                    0 => EntryUse.Kept,
                    1 => EntryUse.External,
                    2 => EntryUse.ExternalSum,
                    _ => EntryUse.Intermediate,
                };
                entries.Add(new EntryMemory(bytes, use, arena));
            }
        }

        return new RandomSteps([.. steps], [.. entries], [.. devices]);

        long Bytes() => 64 * random.Next(1, 4) - random.Next(2);

        int Any() =>
            random.Next(2) == 0
                ? random.Next(entries.Count)
                : random.Next(Math.Max(0, entries.Count - 5), entries.Count);

        MemoryStep Sum()
        {
            int first = Any();
            int[] alike = [.. Enumerable.Range(0, entries.Count).Where(i => entries[i].Bytes == entries[first].Bytes)];
            int[] parts = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => alike[random.Next(alike.Length)])];
            return new MemoryStep
            {
                Inputs = random.Next(5) == 0 ? [first, .. parts] : [.. parts.Prepend(first).Distinct()],
                Outputs = [entries.Count],
                Inplace = [(0, 0)],
                IsSum = true,
            };
        }

        MemoryStep Call()
        {
            // External entries that no step computes are states: some calls change them.
            int[] inputs = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Any())];
            int[] states = random.Next(4) == 0 ? [inputs.Length] : [];
            if (states.Length > 0)
                inputs = [.. inputs, random.Next(Given)];
            int outputs = random.Next(1, 3);
            // Only the last output, which is computed last, may take an input's place.
            return new MemoryStep
            {
                Inputs = inputs,
                MutableInputs = states,
                After = steps.Count > 0 && random.Next(6) == 0 ? [random.Next(steps.Count)] : [],
                ShapeOnlyInputs =
                [
                    .. Enumerable.Range(0, inputs.Length).Where(i => !states.Contains(i) && random.Next(8) == 0),
                ],
                Outputs = [.. Enumerable.Range(entries.Count, outputs)],
                Inplace =
                [
                    .. Enumerable.Range(0, inputs.Length).Where(_ => random.Next(2) == 0).Select(i => (i, outputs - 1)),
                ],
            };
        }
    }
}
