using CoreEngine.Operators;

namespace CoreEngine.Graphs;

/// <summary>
/// Carries one kind of knowledge over a graph. The rule of every call is applied once, in order; after that, whenever
/// something is learned of an entry, the rules of the calls that make and take it are applied again. Knowledge only
/// grows, so this ends, after a number of steps that is proportional to the graph's size.
/// </summary>
/// <typeparam name="T">What is known of one entry.</typeparam>
internal abstract class Propagation<T>
{
    private readonly Graph _graph;

    // Of each call the numbers of its inputs' entries; null for variables, and once nothing is left to learn.
    private readonly int[]?[] _inputs;

    // The calls that make or take an entry: those of entry i from _firstNeighbours[i] on.
    private readonly int[] _firstNeighbours;
    private readonly int[] _neighbours;

    private readonly Queue<int> _pending = new();
    private readonly bool[] _isPending;
    private readonly List<int> _learned = [];
    private int _next;

    private protected Propagation(Graph graph, T unknown)
    {
        _graph = graph;
        Values = new T[graph.EntryCount];
        Values.AsSpan().Fill(unknown);
        _inputs = new int[graph.Nodes.Count][];
        _isPending = new bool[graph.Nodes.Count];
        var pairs = new List<(int Entry, int Call)>();
        for (int i = 0; i < _inputs.Length; i++)
        {
            Node node = graph.Nodes[i];
            if (node.IsVariable)
                continue;
            int[] inputs = [.. node.Inputs.Select(graph.NumberOf)];
            _inputs[i] = inputs;
            pairs.AddRange(inputs.Select(entry => (entry, i)));
            pairs.AddRange(Enumerable.Range(graph.FirstEntryOf(i), node.OutputCount).Select(entry => (entry, i)));
        }

        (_firstNeighbours, _neighbours) = Group(pairs, graph.EntryCount);
    }

    /// <summary>What is known of each entry.</summary>
    internal T[] Values { get; }

    /// <summary>Deduces until nothing new is learned.</summary>
    internal void Run()
    {
        for (; _next < _inputs.Length; _next++)
        {
            Visit(_next);
        }

        while (_pending.TryDequeue(out int call))
        {
            _isPending[call] = false;
            Visit(call);
        }
    }

    /// <summary>States what an entry is; <see cref="Run"/> then goes on from there.</summary>
    private protected void State(int entry, T value)
    {
        Values[entry] = value;
        Wake(entry);
    }

    /// <summary>Lets <see cref="Run"/> apply all rules again.</summary>
    private protected void Restart() => _next = 0;

    private protected abstract bool IsKnown(T value);

    /// <summary>What two findings say together.</summary>
    private protected abstract T Merge(T before, T found);

    /// <summary>Applies the rule of a call to what is known of its inputs and outputs.</summary>
    /// <param name="node">The call.</param>
    /// <param name="inputs">The entries it takes.</param>
    /// <param name="firstOutput">The first entry it makes.</param>
    private protected abstract void Apply(Node node, ReadOnlySpan<int> inputs, int firstOutput);

    /// <summary>What the rule says of an input.</summary>
    private protected abstract T Input(int index);

    /// <summary>What the rule says of an output.</summary>
    private protected abstract T Output(int index);

    private void Visit(int call)
    {
        if (_inputs[call] is not { } inputs)
            return;
        Node node = _graph.Nodes[call];
        int first = _graph.FirstEntryOf(call);
        Apply(node, inputs, first);
        _learned.Clear();
        bool isComplete = true;
        for (int i = 0; i < inputs.Length; i++)
        {
            isComplete &= Learn(inputs[i], Input(i));
        }

        for (int i = 0; i < node.OutputCount; i++)
        {
            isComplete &= Learn(first + i, Output(i));
        }

        if (isComplete)
            _inputs[call] = null;
        foreach (int entry in _learned)
        {
            Wake(entry);
        }
    }

    /// <summary>Notes what a rule says of an entry.</summary>
    /// <returns>Whether everything is known of it.</returns>
    private bool Learn(int entry, T found)
    {
        T before = Values[entry];
        T after = Merge(before, found);
        if (!EqualityComparer<T>.Default.Equals(after, before))
        {
            Values[entry] = after;
            _learned.Add(entry);
        }

        return IsKnown(after);
    }

    private void Wake(int entry)
    {
        for (int i = _firstNeighbours[entry]; i < _firstNeighbours[entry + 1]; i++)
        {
            int call = _neighbours[i];
            // Calls behind the next one have their turn anyway.
            if (_inputs[call] is null || _isPending[call] || call > _next)
                continue;
            _isPending[call] = true;
            _pending.Enqueue(call);
        }
    }

    private static (int[] First, int[] Members) Group(List<(int Entry, int Call)> pairs, int entries)
    {
        int[] first = new int[entries + 1];
        foreach ((int entry, _) in pairs)
        {
            first[entry + 1]++;
        }

        for (int i = 0; i < entries; i++)
        {
            first[i + 1] += first[i];
        }

        int[] members = new int[pairs.Count];
        int[] end = first[..^1];
        foreach ((int entry, int call) in pairs)
        {
            members[end[entry]++] = call;
        }

        return (first, members);
    }
}
