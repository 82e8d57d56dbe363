using CoreEngine.Operators;

namespace CoreEngine.Graphs;

/// <summary>
/// Which nodes of a graph are fused. Every node has a position in an order in which the graph can run, at first its place
/// in the graph. The members of a group share the position of one of them: nodes may join if there is a member's position
/// after all that they take from outside and before all outside that take something from them. So no circle can arise.
/// </summary>
internal sealed class PointwiseGroups
{
    private const string Sum = "add_n";
    private const int MostInputs = 24;
    private const int MostOutputs = 16;
    private const int MostMembers = 48;

    private readonly InferredGraph _inferred;
    private readonly Graph _graph;
    private readonly GraphUses _uses;
    private readonly bool[] _isForward;
    private readonly bool[] _isCandidate;
    private readonly int[] _positions;
    private readonly List<int>[] _members;

    internal PointwiseGroups(InferredGraph inferred, bool[] isForward, long leastBytes)
    {
        _inferred = inferred;
        _graph = inferred.Graph;
        _uses = new GraphUses(_graph);
        _isForward = isForward;
        _positions = [.. Enumerable.Range(0, _graph.Nodes.Count)];
        _members = [.. _positions.Select(i => new List<int> { i })];
        HashSet<Node> written = NodeTraits.WrittenVariables(_graph);
        _isCandidate = [.. _graph.Nodes.Select(node => IsCandidate(node, written) && BytesOf(node) >= leastBytes)];
        for (int i = 0; i < _positions.Length; i++)
        {
            if (_isCandidate[i])
                JoinInputs(i);
        }
    }

    /// <summary>Whether there is anything to fuse.</summary>
    internal bool Any => _members.Any(members => members.Count > 1);

    /// <summary>When a node can run, relative to others; the members of a group have one position.</summary>
    internal int PositionOf(int node) => _positions[node];

    /// <summary>The nodes that are fused with a node, itself included, in an order in which they can run.</summary>
    internal IReadOnlyList<int> MembersOf(int node) => _members[node];

    private bool IsCandidate(Node node, HashSet<Node> written)
    {
        if (
            !NodeTraits.IsPure(node)
            || node.ControlDependencies.Count > 0
            || _uses.IsAwaited(node)
            || NodeTraits.ReadsAny(node, written)
        )
        {
            return false;
        }

        BoundOperator op = node.Operator!;
        if (
            op.Pointwise == Pointwise.Never
            || op.InputCount is < 1 or > PointwiseProgram.MostArguments
            || op.OutputCount > PointwiseProgram.MostStepOutputs
        )
        {
            return false;
        }

        // Calls whose results are only added up can write their sum themselves; whoever plans memory sees to that.
        if (op.Name == Sum && node.Inputs.Any(input => input.Node.Operator?.Pointwise == Pointwise.Never))
            return false;
        Shape full = ShapeOf(node);
        for (int i = 0; i < op.OutputCount; i++)
        {
            if (_inferred.ShapeOf(new NodeEntry(node, i)) != full)
                return false;
        }

        Shape[] inputs = [.. node.Inputs.Select(_inferred.ShapeOf)];
        return op.AllowPointwise(inputs, full)
            && node.Inputs.All(input => _inferred.StorageOf(input) == StorageType.Default);
    }

    private long BytesOf(Node node) => _inferred.BytesOf(_graph.NumberOf(new NodeEntry(node, 0)));

    private Shape ShapeOf(Node node) => _inferred.ShapeOf(new NodeEntry(node, 0));

    /// <summary>Joins a node with the groups of all that it takes, or else with those that will have it.</summary>
    private void JoinInputs(int node)
    {
        List<int>[] groups =
        [
            .. _graph
                .Nodes[node]
                .Inputs.Select(input => _graph.IndexOf(input.Node))
                .Where(maker => MayJoin(maker, node))
                .Select(maker => _members[maker])
                .Distinct(),
        ];
        if (groups.Length == 0 || TryJoin([.. groups.SelectMany(group => group), node]))
            return;
        // The nearest comes first: what it holds is more likely to be wanted here alone.
        foreach (List<int> group in groups.OrderByDescending(group => group[^1]))
        {
            if (group != _members[node])
                TryJoin([.. group, .. _members[node]]);
        }
    }

    private bool MayJoin(int maker, int node) =>
        _isCandidate[maker]
        && _isForward[maker] == _isForward[node]
        && NodeTraits.SamePlace(_graph.Nodes[maker], _graph.Nodes[node])
        && ShapeOf(_graph.Nodes[maker]) == ShapeOf(_graph.Nodes[node]);

    private bool TryJoin(List<int> members)
    {
        if (members.Count > MostMembers)
            return false;
        members.Sort();
        var inside = new HashSet<int>(members);
        var inputs = new HashSet<NodeEntry>();
        int outputs = 0;
        int after = -1;
        int before = int.MaxValue;
        foreach (Node member in members.Select(member => _graph.Nodes[member]))
        {
            foreach (NodeEntry input in member.Inputs)
            {
                int maker = _graph.IndexOf(input.Node);
                if (inside.Contains(maker))
                    continue;
                inputs.Add(input);
                after = Math.Max(after, _positions[maker]);
            }

            for (int i = 0; i < member.OutputCount; i++)
            {
                var output = new NodeEntry(member, i);
                bool comesOut = _uses.IsHead(output);
                foreach (Node taker in _uses.TakersOf(output))
                {
                    int index = _graph.IndexOf(taker);
                    if (inside.Contains(index))
                        continue;
                    comesOut = true;
                    before = Math.Min(before, _positions[index]);
                }

                outputs += comesOut ? 1 : 0;
            }
        }

        int place = members.FindLastIndex(member => member > after && member < before);
        if (place < 0 || inputs.Count > MostInputs || outputs is 0 or > MostOutputs)
            return false;
        foreach (int member in members)
        {
            _positions[member] = members[place];
            _members[member] = members;
        }

        return true;
    }
}
