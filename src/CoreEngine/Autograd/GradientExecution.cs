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
    private static readonly OperatorDef s_sum = OperatorRegistry.Default["add_n"];

    private readonly Dictionary<NodeEntry, NDArray> _values = [];
    private readonly Dictionary<NodeEntry, int> _uses = [];

    // Sums whose parts are added up as they are computed: under the entries of the parts and under their own.
    private Dictionary<NodeEntry, Sum>? _sums;
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
                Dispatcher.Copy(Read(entry), array, request);
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

        // A recorded sum must stay one, to be differentiated.
        if (!createGraph)
        {
            foreach (Node node in order)
            {
                FindParts(node);
            }
        }

        return order;
    }

    /// <summary>
    /// Notes the parts of a sum that nobody else needs: each is then added to the sum as it is computed, instead of
    /// being kept until all are there. What is taken out of one large array, step by step, profits most.
    /// </summary>
    private void FindParts(Node node)
    {
        if (node.Operator!.Definition != s_sum)
            return;
        var nodes = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        foreach (NodeEntry part in node.Inputs)
        {
            // Two outputs of one call cannot lie in one place.
            bool isOwn = part.Node is not TapeNode && _uses[part] == 1 && nodes.Add(part.Node);
            if (!isOwn || part.Node.Operator!.Definition == s_sum || part.Node.Operator.IgnoresAdd)
                return;
        }

        _sums ??= [];
        var sum = new Sum(new NodeEntry(node, 0));
        _sums.Add(sum.Entry, sum);
        foreach (NodeEntry part in node.Inputs)
        {
            _sums.Add(part, sum);
        }
    }

    private void Count(NodeEntry entry) => CollectionsMarshal.GetValueRefOrAddDefault(_uses, entry, out _)++;

    private void Execute(Node node)
    {
        if (_sums?.GetValueOrDefault(new NodeEntry(node, 0)) is { } done && done.Entry.Node == node)
        {
            if (!done.Place.IsTarget)
                _values[done.Entry] = done.Place.Array!;
            return;
        }

        BoundOperator op = node.Operator!;
        var inputs = new NDArray[node.Inputs.Count];
        for (int i = 0; i < inputs.Length; i++)
        {
            bool isState = Array.IndexOf(op.MutableInputs, i) >= 0;
            inputs[i] = Read(node.Inputs[i], isState);
        }

        var outputs = new NDArray?[op.OutputCount];
        var requests = new Request[op.OutputCount];
        var isTarget = new bool[op.OutputCount];
        for (int i = 0; i < outputs.Length; i++)
        {
            (outputs[i], requests[i], isTarget[i]) = FindDestination(new NodeEntry(node, i));
        }

        if (CustomFunctionCall.IsBackward(op))
        {
            CustomFunctionCall.RunBackward(op, inputs, outputs, requests);
        }
        else
        {
            Dispatcher.Run(op, inputs, outputs, requests, Autograd.IsTraining);
            Tape.Record(op, inputs, outputs);
        }

        for (int i = 0; i < outputs.Length; i++)
        {
            if (outputs[i] is not { } output)
                continue;
            var entry = new NodeEntry(node, i);
            Sum? sum = _sums?.GetValueOrDefault(entry);
            // Sparse parts are small, and a sparse sum is made anew for each: they are better added up at once.
            if (sum?.Place.Array is null && output.StorageType != StorageType.Default)
                sum = Dissolve(sum);
            if (sum is not null)
                sum.Place = new Destination(output, Request.Add, isTarget[i]);
            else if (!isTarget[i])
                _values[entry] = output;
        }

        foreach (NodeEntry input in node.Inputs)
        {
            Use(input);
        }
    }

    /// <summary>Where an output goes: into its one target, into the sum that it is a part of, or into a new array.</summary>
    private Destination FindDestination(NodeEntry entry)
    {
        if (!_uses.TryGetValue(entry, out int uses))
            return new Destination(null, Request.Null, IsTarget: false);
        if (_sums?.GetValueOrDefault(entry) is { } sum && sum.Entry != entry)
        {
            if (sum.Place.Array is not null)
                return sum.Place;
            bool isSparse =
                _targets.GetValueOrDefault(sum.Entry) is [var whole] && whole.Array.StorageType != StorageType.Default;
            if (!isSparse)
                return FindDestination(sum.Entry);
            Dissolve(sum);
        }

        if (uses != 1 || _targets.GetValueOrDefault(entry) is not [var target])
            return new Destination(null, Request.Write, IsTarget: false);
        _targets.Remove(entry);
        return new Destination(target.Array, target.Request, IsTarget: true);
    }

    /// <summary>Lets a sum be a call like any other, of which no part is there yet.</summary>
    /// <returns>Null, for what there is no sum of any more.</returns>
    private Sum? Dissolve(Sum? sum)
    {
        if (sum is not null)
        {
            _sums!.Remove(sum.Entry);
            foreach (NodeEntry part in sum.Entry.Node.Inputs)
            {
                _sums.Remove(part);
            }
        }

        return null;
    }

    private NDArray Read(NodeEntry entry, bool allowOverwritten = false) =>
        entry.Node is TapeNode tape ? tape.Read(entry.Index, allowOverwritten) : _values[entry];

    /// <summary>One use is over; after the last one a temporary's memory goes back.</summary>
    private void Use(NodeEntry entry)
    {
        if (--_uses[entry] == 0 && _values.Remove(entry, out NDArray? value))
            value.Dispose();
    }

    /// <param name="Array">The array; null for one that is made by the call.</param>
    /// <param name="Request">How the output is put there.</param>
    /// <param name="IsTarget">Whether it is the caller's array.</param>
    private readonly record struct Destination(NDArray? Array, Request Request, bool IsTarget);

    private sealed class Sum(NodeEntry entry)
    {
        internal NodeEntry Entry { get; } = entry;

        /// <summary>Where it grows, once the first part is there.</summary>
        internal Destination Place { get; set; }
    }
}
