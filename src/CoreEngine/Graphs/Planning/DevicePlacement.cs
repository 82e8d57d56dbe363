using CoreEngine.Operators;

namespace CoreEngine.Graphs.Planning;

/// <summary>
/// Graph → graph with devices: says on which device each node runs, and inserts copies where a value is needed on
/// another one.
/// </summary>
/// <remarks>
/// As in MXNet, a node goes to the device of its group; without one to that of its inputs, the first that has one; then
/// to that of its consumers; and else to the default device.
/// </remarks>
public static class DevicePlacement
{
    /// <summary>The annotation that names a node's group.</summary>
    public const string GroupKey = "__ctx_group__";

    private static readonly BoundOperator s_copy = OperatorRegistry.Default["_CrossDeviceCopy"].Bind();

    /// <summary>Places a graph on devices.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="defaultDevice">Where everything goes that nothing is said about.</param>
    /// <param name="groups">The devices of the groups; a group that is not there counts as none.</param>
    /// <param name="given">Where some nodes have to be, for example variables whose arrays exist.</param>
    /// <param name="headDevices">For each head where it is needed; null, also as a whole, for wherever it is.</param>
    /// <exception cref="OperatorException">A state that a call changes lies on another device than the call.</exception>
    public static PlacedGraph Place(
        Graph graph,
        Device defaultDevice,
        IReadOnlyDictionary<string, Device> groups,
        IReadOnlyDictionary<Node, Device>? given = null,
        IReadOnlyList<Device?>? headDevices = null
    )
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(groups);
        Device[] devices = Choose(graph, defaultDevice, groups, given);
        var deviceOf = new Dictionary<Node, Device>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < devices.Length; i++)
        {
            deviceOf.Add(graph.Nodes[i], devices[i]);
        }

        var moved = new Dictionary<Node, Node>(ReferenceEqualityComparer.Instance);
        var copies = new Dictionary<(NodeEntry, Device), NodeEntry>();
        Graph placed = graph.Rewrite(
            (node, inputs) =>
            {
                Device device = deviceOf[node];
                NodeEntry[] local = Array.ConvertAll(inputs, input => On(input, device));
                Node[] earlier = [.. node.ControlDependencies.Select(other => moved.GetValueOrDefault(other, other))];
                Node result = node;
                if (!local.SequenceEqual(node.Inputs) || !earlier.SequenceEqual(node.ControlDependencies))
                {
                    CheckStates(node, inputs, deviceOf, device);
                    result = new Node(node.Operator, node.Name, local, node.Annotations, earlier);
                    deviceOf.Add(result, device);
                    moved.Add(node, result);
                }

                return [.. Enumerable.Range(0, node.OutputCount).Select(output => new NodeEntry(result, output))];
            }
        );
        if (headDevices is not null)
        {
            NodeEntry[] heads = [.. placed.Heads.Select((head, i) => headDevices[i] is { } to ? On(head, to) : head)];
            if (!heads.SequenceEqual(placed.Heads))
                placed = new Graph(heads);
        }

        return new PlacedGraph(placed, [.. placed.Nodes.Select(node => deviceOf[node])]);

        NodeEntry On(NodeEntry entry, Device device)
        {
            if (deviceOf[entry.Node] == device)
                return entry;
            if (!copies.TryGetValue((entry, device), out NodeEntry copy))
            {
                var node = new Node(s_copy, $"{entry.Node.OutputName(entry.Index)}_on_{device}", [entry]);
                deviceOf.Add(node, device);
                copies[(entry, device)] = copy = new NodeEntry(node, 0);
            }

            return copy;
        }
    }

    private static Device[] Choose(
        Graph graph,
        Device defaultDevice,
        IReadOnlyDictionary<string, Device> groups,
        IReadOnlyDictionary<Node, Device>? given
    )
    {
        var chosen = new Device?[graph.Nodes.Count];
        for (int i = 0; i < chosen.Length; i++)
        {
            Node node = graph.Nodes[i];
            if (given is not null && given.TryGetValue(node, out Device device))
                chosen[i] = device;
            else if (node.Annotations.TryGetValue(GroupKey, out string? group) && groups.TryGetValue(group, out device))
                chosen[i] = device;
            else
                chosen[i] = node
                    .Inputs.Select(input => chosen[graph.IndexOf(input.Node)])
                    .FirstOrDefault(found => found is not null);
        }

        for (int i = chosen.Length - 1; i >= 0; i--)
        {
            if (chosen[i] is null)
                continue;
            foreach (NodeEntry input in graph.Nodes[i].Inputs)
            {
                chosen[graph.IndexOf(input.Node)] ??= chosen[i];
            }
        }

        return Array.ConvertAll(chosen, device => device ?? defaultDevice);
    }

    /// <summary>What a call changes in a copy would be lost.</summary>
    private static void CheckStates(Node node, NodeEntry[] inputs, Dictionary<Node, Device> deviceOf, Device device)
    {
        foreach (int state in node.Operator!.MutableInputs)
        {
            Device other = deviceOf[inputs[state].Node];
            if (other != device)
            {
                throw new OperatorException(
                    node.Operator.Name,
                    $"node '{node.Name}' runs on {device}, but changes '{node.Operator.InputName(state)}', which is on "
                        + $"{other}; put both into one group, or give the array on {device}."
                );
            }
        }
    }
}
