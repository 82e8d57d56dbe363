using System.Runtime.InteropServices;
using CoreEngine.Graphs;
using CoreEngine.Operators;

namespace CoreEngine;

/// <summary>
/// Executes the nodes that the gradient pass appended to the tape. Only what somebody wants is computed, straight into
/// its target where that is possible, and temporaries are let go after their last use.
/// </summary>
/// <param name="createGraph">Record the calls, so that the results can be differentiated again.</param>
internal sealed class GradientExecution(bool createGraph)
{
    private static readonly BoundOperator s_copy = OperatorRegistry.Default["_copy"].Bind();

    private readonly Dictionary<NodeEntry, NDArray> _values = [];
    private readonly Dictionary<NodeEntry, int> _uses = [];
    private Dictionary<NodeEntry, List<(NDArray Array, Request Request)>> _targets = [];

    /// <summary>Computes entries into the arrays that are their targets.</summary>
    internal void Run(Dictionary<NodeEntry, List<(NDArray Array, Request Request)>> targets)
    {
        using ArrayScope.Suspension suspension = ArrayScope.Suspend();
        _targets = targets;
        foreach (Node node in Prepare([.. targets.Keys]))
        {
            Execute(node);
        }

        // What is left was not computed in place: it is a forward value itself, or several share it.
        foreach ((NodeEntry entry, List<(NDArray Array, Request Request)> list) in targets)
        {
            foreach ((NDArray array, Request request) in list)
            {
                Dispatcher.Run(s_copy, [Read(entry)], [array], [request], isTraining: false);
            }

            Use(entry);
        }
    }

    /// <summary>Computes entries into new arrays.</summary>
    internal NDArray[] Run(NodeEntry[] heads)
    {
        using (ArrayScope.Suspend())
        {
            foreach (Node node in Prepare(heads))
            {
                Execute(node);
            }
        }

        NDArray[] results = Array.ConvertAll(heads, Result);
        foreach (NodeEntry head in heads)
        {
            Use(head);
        }

        return results;
    }

    private NDArray Result(NodeEntry head)
    {
        NDArray value = Read(head);
        NDArray result = value.Detach();
        if (createGraph && value.Entry is { } entry)
            result.SetEntry((TapeNode)entry.Node, entry.Index);
        return result;
    }

    private List<Node> Prepare(NodeEntry[] heads)
    {
        List<Node> order = TopologicalOrder.Of(heads, node => node is not TapeNode);
        foreach (NodeEntry head in heads)
        {
            Count(head);
        }

        foreach (Node node in order)
        {
            foreach (NodeEntry input in node.Inputs)
            {
                Count(input);
            }
        }

        return order;
    }

    private void Count(NodeEntry entry) => CollectionsMarshal.GetValueRefOrAddDefault(_uses, entry, out _)++;

    private void Execute(Node node)
    {
        BoundOperator op = node.Operator!;
        var inputs = new NDArray[node.Inputs.Count];
        for (int i = 0; i < inputs.Length; i++)
        {
            bool isState = Array.IndexOf(op.MutableInputs, i) >= 0;
            inputs[i] = Read(node.Inputs[i], isState);
        }

        var outputs = new NDArray?[op.OutputCount];
        var requests = new Request[op.OutputCount];
        var isDirect = new bool[op.OutputCount];
        for (int i = 0; i < outputs.Length; i++)
        {
            var entry = new NodeEntry(node, i);
            if (!_uses.TryGetValue(entry, out int uses))
                continue;
            requests[i] = Request.Write;
            if (uses == 1 && _targets.GetValueOrDefault(entry) is [var target])
            {
                (outputs[i], requests[i]) = target;
                isDirect[i] = _targets.Remove(entry);
            }
        }

        Dispatcher.Run(op, inputs, outputs, requests, Autograd.IsTraining);
        Tape.Record(op, inputs, outputs);
        for (int i = 0; i < outputs.Length; i++)
        {
            if (outputs[i] is { } output && !isDirect[i])
                _values[new NodeEntry(node, i)] = output;
        }

        foreach (NodeEntry input in node.Inputs)
        {
            Use(input);
        }
    }

    private NDArray Read(NodeEntry entry, bool allowOverwritten = false) =>
        entry.Node is TapeNode tape ? tape.Read(entry.Index, allowOverwritten) : _values[entry];

    /// <summary>One use is over; after the last one a temporary's memory goes back.</summary>
    private void Use(NodeEntry entry)
    {
        if (--_uses[entry] == 0 && _values.Remove(entry, out NDArray? value))
            value.Dispose();
    }
}
