using CoreEngine.Graphs.Planning;
using CoreEngine.Operators;

namespace CoreEngine.Tests.Graphs.Planning;

/// <summary>
/// Runs steps on memory laid out by a plan, one number for each 64 bytes, and knows what every entry should hold.
/// </summary>
internal sealed class SimulatedMemory
{
    private readonly RandomSteps _what;
    private readonly MemoryPlan _plan;
    private readonly ulong[][] _arenas;
    private readonly ulong[][] _arrays;
    private readonly ulong[][] _expected;

    // What each input of each step should hold when the step runs; the steps before it have changed states.
    private readonly ulong[][][] _inputs;
    private readonly HashSet<int> _done = [];

    internal SimulatedMemory(RandomSteps what, MemoryPlan plan)
    {
        _what = what;
        _plan = plan;
        // Where nothing was written yet lies rubbish.
        _arenas = [.. plan.ArenaBytes.Select((bytes, arena) => Fill(bytes, 1000 + arena))];
        _arrays = [.. what.Entries.Select((entry, i) => entry.IsExternal ? Fill(entry.Bytes, 2000 + i) : [])];
        _expected = new ulong[what.Entries.Length][];
        for (int i = 0; i < _expected.Length; i++)
        {
            _expected[i] = [.. _arrays[i]];
        }

        _inputs = new ulong[what.Steps.Length][][];
        for (int number = 0; number < what.Steps.Length; number++)
        {
            MemoryStep step = what.Steps[number];
            _inputs[number] = [.. step.Inputs.Select(input => _expected[input].ToArray())];
            for (int i = 0; i < step.Outputs.Length; i++)
            {
                int output = step.Outputs[i];
                ulong[] value = Compute(step, i, input => _expected[input]);
                _expected[output] =
                    what.Entries[output].Use == EntryUse.ExternalSum
                        ? [.. value.Select((x, cell) => x + _arrays[output][cell])]
                        : value;
            }

            foreach (int state in step.MutableInputs)
            {
                Change(_expected[step.Inputs[state]]);
            }
        }
    }

    internal void Run(int step)
    {
        Assert.IsTrue(_what.Steps[step].After.All(_done.Contains), $"step {step} runs too early");
        _done.Add(step);
        if (!_plan.IsRun(step))
            return;
        MemoryStep what = _what.Steps[step];
        for (int i = 0; i < what.Inputs.Length; i++)
        {
            int input = what.Inputs[i];
            if (!what.ShapeOnlyInputs.Contains(i))
                CollectionAssert.AreEqual(_inputs[step][i], Of(input).ToArray(), $"entry {input}, read by step {step}");
        }

        // Each output is computed from what then lies in the inputs' places.
        for (int i = 0; i < what.Outputs.Length; i++)
        {
            Request request = _plan.Requests(step)[i];
            if (request == Request.Null)
                continue;
            ulong[] value = Compute(what, i, input => Of(input).ToArray());
            Span<ulong> place = Of(what.Outputs[i]);
            for (int cell = 0; cell < value.Length; cell++)
            {
                place[cell] = request == Request.Add ? place[cell] + value[cell] : value[cell];
            }
        }

        foreach (int state in what.MutableInputs)
        {
            Change(Of(what.Inputs[state]));
        }
    }

    private static void Change(Span<ulong> state)
    {
        foreach (ref ulong x in state)
        {
            x = (x * 5) + 1;
        }
    }

    internal void CheckResults()
    {
        for (int i = 0; i < _expected.Length; i++)
        {
            if (_what.Entries[i].Use != EntryUse.Intermediate)
                CollectionAssert.AreEqual(_expected[i], Of(i).ToArray(), $"entry {i}, in the end");
        }
    }

    private Span<ulong> Of(int entry)
    {
        Placement place = _plan.Placements[entry];
        if (place.Kind == PlacementKind.External)
            return _arrays[place.Index];
        Assert.AreEqual(PlacementKind.Arena, place.Kind, $"entry {entry} is needed and has no place");
        Assert.AreEqual(0, place.Offset % MemoryPlanner.Alignment);
        return _arenas[place.Index].AsSpan((int)place.Offset / 64, Cells(_what.Entries[entry].Bytes));
    }

    private ulong[] Compute(MemoryStep step, int output, Func<int, ulong[]> read)
    {
        ulong[] value = new ulong[Cells(_what.Entries[step.Outputs[output]].Bytes)];
        for (int cell = 0; cell < value.Length; cell++)
        {
            value[cell] = step.IsSum ? 0 : (ulong)(step.Outputs[output] * 8191 + cell) * 0x9E3779B97F4A7C15UL;
            for (int input = 0; input < step.Inputs.Length; input++)
            {
                if (step.ShapeOnlyInputs.Contains(input))
                    continue;
                ulong[] x = read(step.Inputs[input]);
                value[cell] += step.IsSum ? x[cell] : x[cell % x.Length] * (ulong)(3 + 2 * cell);
            }
        }

        return value;
    }

    private static int Cells(long bytes) => (int)(bytes + 63) / 64;

    private static ulong[] Fill(long bytes, int seed)
    {
        var random = new Random(seed);
        ulong[] cells = new ulong[Cells(bytes)];
        for (int i = 0; i < cells.Length; i++)
        {
            cells[i] = (ulong)random.NextInt64();
        }

        return cells;
    }
}
