using CoreEngine.Operators;

namespace CoreEngine.Graphs;

/// <summary>
/// Carries one kind of knowledge over a graph: visits the nodes forward, then backward, and again, until a round brings
/// nothing new. Knowledge only grows, so this ends.
/// </summary>
/// <typeparam name="T">What is known of one entry.</typeparam>
internal abstract class InferenceSweeps<T>
{
    private readonly Graph _graph;
    private readonly bool[] _isSettled;
    private readonly int[][] _inputs;
    private int _open;

    private protected InferenceSweeps(Graph graph)
    {
        _graph = graph;
        Values = new T[graph.EntryCount];
        _isSettled = new bool[graph.Nodes.Count];
        _inputs = new int[graph.Nodes.Count][];
        _open = graph.Nodes.Count;
        for (int i = 0; i < _inputs.Length; i++)
        {
            Node node = graph.Nodes[i];
            if (node.IsVariable)
                Settle(i);
            else
                _inputs[i] = [.. node.Inputs.Select(graph.NumberOf)];
        }
    }

    /// <summary>What is known of each entry.</summary>
    internal T[] Values { get; }

    /// <summary>Deduces until nothing new is learned.</summary>
    internal void Run()
    {
        bool isLearning = true;
        while (isLearning && _open > 0)
        {
            isLearning = false;
            for (int i = 0; i < _inputs.Length; i++)
            {
                isLearning |= Visit(i);
            }

            for (int i = _inputs.Length - 1; i >= 0 && _open > 0; i--)
            {
                isLearning |= Visit(i);
            }
        }
    }

    private protected abstract bool IsKnown(T value);

    /// <summary>What two findings say together; they come from one rule, which has seen to it that they agree.</summary>
    private protected abstract T Merge(T before, T found);

    private protected abstract void Start(BoundOperator op, int inputCount, string nodeName);

    private protected abstract void SetInput(int index, T value);

    private protected abstract void SetOutput(int index, T value);

    private protected abstract void Apply(OperatorDef definition);

    private protected abstract T Input(int index);

    private protected abstract T Output(int index);

    private protected abstract OperatorException TooLarge();

    /// <summary>Applies the rule of one node.</summary>
    /// <returns>True when something was learned.</returns>
    private bool Visit(int place)
    {
        if (_isSettled[place])
            return false;
        Node node = _graph.Nodes[place];
        int[] inputs = _inputs[place];
        int first = _graph.FirstEntryOf(place);
        Start(node.Operator!, inputs.Length, node.Name);
        try
        {
            for (int i = 0; i < inputs.Length; i++)
            {
                SetInput(i, Values[inputs[i]]);
            }

            for (int i = 0; i < node.OutputCount; i++)
            {
                SetOutput(i, Values[first + i]);
            }

            Apply(node.Operator!.Definition);
        }
        catch (OverflowException)
        {
            throw TooLarge();
        }

        bool hasLearned = false;
        bool isKnown = true;
        for (int i = 0; i < inputs.Length; i++)
        {
            hasLearned |= Learn(inputs[i], Input(i), ref isKnown);
        }

        for (int i = 0; i < node.OutputCount; i++)
        {
            hasLearned |= Learn(first + i, Output(i), ref isKnown);
        }

        if (isKnown)
            Settle(place);
        return hasLearned;
    }

    private bool Learn(int entry, T found, ref bool isKnown)
    {
        T before = Values[entry];
        T after = Merge(before, found);
        Values[entry] = after;
        isKnown &= IsKnown(after);
        return !EqualityComparer<T>.Default.Equals(after, before);
    }

    private void Settle(int place)
    {
        _isSettled[place] = true;
        _open--;
    }
}
