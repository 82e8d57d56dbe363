using CoreEngine.Files;
using CoreEngine.Graphs;
using CoreEngine.Operators;

namespace CoreEngine;

/// <summary>What a symbol file says, before it becomes nodes: operators and attributes are text that nobody has checked.</summary>
internal sealed class SymbolDocument(string source)
{
    // MXNet's versions as one number: 10000 a major, 100 a minor. Files before 0.9 name none.
    internal const int CurrentVersion = 10000;
    private const int FirstVersion = 800;

    // Tables over a graph have a place for every output of every node: what a file says in a few characters
    // ("num_outputs": "2000000000") must not fill the memory.
    private const long MaxOutputs = 1 << 20;

    /// <summary>The nodes; each may refer to any other, so long as none needs itself.</summary>
    internal List<SymbolDocumentNode> Nodes { get; } = [];

    /// <summary>The nodes that the file says are variables.</summary>
    internal List<int> Variables { get; } = [];

    /// <summary>The outputs.</summary>
    internal List<SymbolDocumentEntry> Heads { get; } = [];

    /// <summary>The version of MXNet that wrote the file.</summary>
    internal int Version { get; set; } = FirstVersion;

    /// <summary>An error about a node.</summary>
    internal FileFormatException Error(int node, string problem, Exception? inner = null) =>
        new(source, -1, $"node {node} ('{Nodes[node].Name}', {Nodes[node].Operator}): {problem}", inner);

    /// <summary>The operator that a node calls, with its attributes parsed; null for a variable.</summary>
    /// <exception cref="FileFormatException">The operator is unknown, or its attributes do not fit it.</exception>
    internal BoundOperator? Bind(int node, out Dictionary<string, string> annotations)
    {
        SymbolDocumentNode said = Nodes[node];
        annotations = said.Attributes;
        if (said.IsVariable)
            return null;
        try
        {
            (BoundOperator op, annotations) = Composition.Bind(
                OperatorRegistry.Default.Callable(said.Operator),
                said.Attributes
            );
            return op;
        }
        catch (OperatorException error)
        {
            throw Error(node, error.Message.TrimEnd('.'), error);
        }
    }

    /// <summary>The symbol that the file describes.</summary>
    /// <exception cref="FileFormatException">The file contradicts itself or speaks of things that do not exist.</exception>
    internal Symbol ToSymbol()
    {
        CheckIndices();
        var nodes = new Node[Nodes.Count];
        long outputs = 0;
        foreach (int i in Order())
        {
            BoundOperator? op = Bind(i, out Dictionary<string, string> annotations);
            SymbolDocumentNode said = Nodes[i];
            if (op is { InputCount: >= 0 } && op.InputCount != said.Inputs.Count)
                throw Error(i, $"it has {said.Inputs.Count} inputs, but with its attributes it takes {op.InputCount}");
            if (op is null && said.Inputs.Count > 0)
                throw Error(i, "a variable has no inputs");
            NodeEntry[] inputs = [.. said.Inputs.Select(input => Entry(input, nodes))];
            Node[] dependencies = [.. said.ControlDependencies.Select(dependency => nodes[dependency])];
            int states = op?.AuxiliaryCount ?? 0;
            nodes[i] = new Node(op, said.Name, inputs, annotations, dependencies)
            {
                CountsStates = said.Inputs.TakeLast(states).Any(state => state.Version > 0),
            };
            outputs += nodes[i].OutputCount;
            if (outputs > MaxOutputs)
                throw Error(i, $"up to it, the nodes have {outputs:N0} outputs; no more than {MaxOutputs:N0} are read");
            CheckStates(i, nodes[i]);
        }

        return new Symbol([.. Heads.Select(head => Entry(head, nodes))]);
    }

    private void CheckStates(int i, Node node)
    {
        try
        {
            Composition.CheckStates(node);
        }
        catch (SymbolException error)
        {
            throw Error(i, error.Message.TrimEnd('.'), error);
        }
    }

    private NodeEntry Entry(SymbolDocumentEntry entry, Node[] nodes)
    {
        Node node = nodes[entry.Node];
        int count = node.Operator?.StoredOutputCount ?? 1;
        // An output that only MXNet's operator has is hidden there, so nothing depends on it.
        return entry.Output < count && entry.Output < node.OutputCount
            ? new NodeEntry(node, entry.Output)
            : throw Error(entry.Node, $"its output {entry.Output} is used, but it has {count}");
    }

    private void CheckIndices()
    {
        foreach (int variable in Variables)
        {
            if ((uint)variable >= (uint)Nodes.Count || !Nodes[variable].IsVariable)
                throw new FileFormatException(source, -1, $"'arg_nodes' names node {variable}, which is no variable");
        }

        foreach (SymbolDocumentEntry head in Heads)
        {
            if (!Exists(head))
                throw new FileFormatException(source, -1, $"'heads' names {head}, which does not exist");
        }

        for (int i = 0; i < Nodes.Count; i++)
        {
            foreach (SymbolDocumentEntry input in Nodes[i].Inputs)
            {
                if (!Exists(input))
                    throw Error(i, $"its input {input} does not exist");
            }

            foreach (int dependency in Nodes[i].ControlDependencies)
            {
                if ((uint)dependency >= (uint)Nodes.Count)
                    throw Error(i, $"it waits for node {dependency}, which does not exist");
            }
        }
    }

    private bool Exists(SymbolDocumentEntry entry) => (uint)entry.Node < (uint)Nodes.Count && entry.Output >= 0;

    /// <summary>The nodes that the heads depend on, each after those it depends on.</summary>
    private List<int> Order()
    {
        var order = new List<int>();
        // 0: not seen; 1: entered, what it depends on is under way; 2: done.
        byte[] state = new byte[Nodes.Count];
        var stack = new Stack<(int Node, int Next)>();
        foreach (SymbolDocumentEntry head in Heads)
        {
            Enter(head.Node);
            while (stack.TryPop(out (int Node, int Next) top))
            {
                SymbolDocumentNode node = Nodes[top.Node];
                int inputs = node.Inputs.Count;
                if (top.Next < inputs + node.ControlDependencies.Count)
                {
                    stack.Push((top.Node, top.Next + 1));
                    Enter(top.Next < inputs ? node.Inputs[top.Next].Node : node.ControlDependencies[top.Next - inputs]);
                }
                else
                {
                    state[top.Node] = 2;
                    order.Add(top.Node);
                }
            }
        }

        return order;

        void Enter(int node)
        {
            if (state[node] == 1)
                throw Error(node, "it depends on itself");
            if (state[node] == 0)
            {
                state[node] = 1;
                stack.Push((node, 0));
            }
        }
    }
}
