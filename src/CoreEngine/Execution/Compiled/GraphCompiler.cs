using CoreEngine.Graphs;
using CoreEngine.Graphs.Planning;
using CoreEngine.Operators;

namespace CoreEngine;

/// <summary>Specialises a graph: plans its memory, cuts it into segments and resolves every argument to a place.</summary>
internal sealed class GraphCompiler
{
    private const int Nowhere = -1;

    private readonly List<CompiledStep> _steps = [];
    private readonly List<TensorView> _views = [];
    private readonly List<(int Region, long Offset)> _places = [];
    private readonly List<Request> _requests = [];
    private readonly Dictionary<int, int> _externalOfEntry = [];
    private int _randomCount;

    /// <summary>The graph. All its heads and variables lie in external arrays.</summary>
    internal required Graph Graph { get; init; }

    /// <summary>The shape of every entry, by its number in the graph.</summary>
    internal required Shape[] Shapes { get; init; }

    /// <summary>The type of every entry.</summary>
    internal required DType[] Types { get; init; }

    /// <summary>What lies in external arrays; a place here is the number of the array.</summary>
    internal required ExternalEntry[] Externals { get; init; }

    /// <summary>The number of the device of each node, by its place in the graph; empty when all run on one.</summary>
    internal int[] Devices { get; init; } = [];

    /// <summary>The most steps of a segment.</summary>
    internal int MostSteps { get; init; } = int.MaxValue;

    /// <summary>Nodes from this place on are the second phase of the run, which begins with a segment of its own.</summary>
    internal int SecondPhase { get; init; } = int.MaxValue;

    /// <summary>The most steps of a segment of the second phase.</summary>
    internal int MostStepsOfSecondPhase { get; init; } = int.MaxValue;

    /// <summary>How entries may share memory.</summary>
    internal MemorySharing Sharing { get; init; } = MemorySharing.All;

    internal CompiledGraph Compile()
    {
        MemoryStep[] steps = MemoryStep.Of(Graph);
        int[] nodes = [.. Enumerable.Range(0, Graph.Nodes.Count).Where(i => !Graph.Nodes[i].IsVariable)];
        EntryMemory[] entries = DescribeEntries();
        MemoryPlan plan = MemoryPlanner.Plan(steps, entries, Sharing);
        int[] devices = Devices.Length == 0 ? [] : Array.ConvertAll(nodes, node => Devices[node]);
        int secondPhase = nodes.Count(node => node < SecondPhase);
        bool RunsOnCaller(int step) => Graph.Nodes[nodes[step]].Operator!.RunsOnCaller;
        bool StartsSegment(int step) =>
            (step >= secondPhase && (step - secondPhase) % MostStepsOfSecondPhase == 0)
            || RunsOnCaller(step)
            || RunsOnCaller(step - 1);
        Segment[] segments = Bulking.Cut(steps, entries, plan, devices, MostSteps, StartsSegment);

        // The compiled steps leave out what is not run.
        int[] firstCompiled = new int[steps.Length + 1];
        for (int step = 0; step < steps.Length; step++)
        {
            firstCompiled[step] = _steps.Count;
            Node node = Graph.Nodes[nodes[step]];
            if (node.Operator!.IsRandom)
                _randomCount++;
            if (plan.IsRun(step) && HasEffect(node, plan.Requests(step)))
                AddStep(node, steps[step], plan, step);
        }

        firstCompiled[steps.Length] = _steps.Count;
        for (int i = 0; i < segments.Length; i++)
        {
            int first = firstCompiled[segments[i].FirstStep];
            int end = firstCompiled[segments[i].FirstStep + segments[i].StepCount];
            segments[i] = segments[i] with { FirstStep = first, StepCount = end - first };
        }

        return new CompiledGraph(
            [.. _steps],
            segments,
            [.. _views],
            [.. _requests],
            [.. _places],
            Externals.Length,
            plan,
            _randomCount
        );
    }

    private EntryMemory[] DescribeEntries()
    {
        var entries = new EntryMemory[Graph.EntryCount];
        for (int i = 0; i < Graph.Nodes.Count; i++)
        {
            int device = Devices.Length == 0 ? 0 : Devices[i];
            for (int output = 0; output < Graph.Nodes[i].OutputCount; output++)
            {
                int entry = Graph.FirstEntryOf(i) + output;
                entries[entry] = new EntryMemory(BytesOf(Shapes[entry], Types[entry]), EntryUse.Intermediate, device);
            }
        }

        for (int i = 0; i < Externals.Length; i++)
        {
            int entry = Graph.NumberOf(Externals[i].Entry);
            EntryUse use = Externals[i].IsAdded ? EntryUse.ExternalSum : EntryUse.External;
            entries[entry] = entries[entry] with { Use = use };
            _externalOfEntry.Add(entry, i);
        }

        return entries;
    }

    private static long BytesOf(Shape shape, DType dtype)
    {
        try
        {
            return checked(shape.Size * dtype.ItemSize());
        }
        catch (OverflowException)
        {
            throw new EngineException($"An array {shape} of {dtype.Name()} would exceed 64-bit addresses.");
        }
    }

    private static bool HasEffect(Node node, ReadOnlySpan<Request> requests) =>
        requests.ContainsAnyExcept(Request.Null) || node.Operator!.MutableInputs.Length > 0;

    private void AddStep(Node node, MemoryStep step, MemoryPlan plan, int number)
    {
        BoundOperator op = node.Operator!;
        int firstView = _views.Count;
        long mostElements = 0;
        for (int i = 0; i < step.Inputs.Length; i++)
        {
            // An input that is only asked for its shape lies nowhere.
            Placement place = step.Reads(i) ? plan.Placements[step.Inputs[i]] : default;
            mostElements = Math.Max(mostElements, AddView(step.Inputs[i], place));
        }

        ReadOnlySpan<Request> requests = plan.Requests(number);
        for (int i = 0; i < requests.Length; i++)
        {
            int output = step.Outputs[i];
            Placement place = requests[i] == Request.Null ? default : plan.Placements[output];
            mostElements = Math.Max(mostElements, AddView(output, place));
        }

        _steps.Add(
            new CompiledStep
            {
                Operator = op,
                Kernel = op.Definition.Kernel,
                Node = node,
                FirstView = firstView,
                InputCount = step.Inputs.Length,
                OutputCount = requests.Length,
                FirstRequest = _requests.Count,
                Random = op.IsRandom ? _randomCount - 1 : 0,
                MostElements = mostElements,
            }
        );
        _requests.AddRange(requests);
    }

    private long AddView(int entry, Placement place)
    {
        _places.Add(
            place.Kind switch
            {
                PlacementKind.External => (_externalOfEntry[place.Index], 0),
                PlacementKind.Arena => (Externals.Length + place.Index, place.Offset),
                _ => (Nowhere, 0),
            }
        );
        _views.Add(TensorView.Nothing(Shapes[entry], Types[entry]));
        return Shapes[entry].Size;
    }
}
