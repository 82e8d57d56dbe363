using CoreEngine.Graphs;
using CoreEngine.Operators;

namespace CoreEngine;

/// <summary>One backward pass over the tape: builds the gradient graph, then runs it.</summary>
internal sealed class BackwardPass
{
    private static readonly BoundOperator s_copy = OperatorRegistry.Default["_copy"].Bind();

    private readonly NodeEntry[] _heads;
    private readonly NodeEntry[] _headGradients;
    private readonly List<Node> _forward;
    private readonly bool _createGraph;

    internal BackwardPass(ReadOnlySpan<NDArray> heads, ReadOnlySpan<NDArray?> headGradients, bool createGraph)
    {
        _createGraph = createGraph;
        if (!headGradients.IsEmpty && headGradients.Length != heads.Length)
        {
            throw new EngineException(
                $"Backward: {headGradients.Length} head gradients were given for {heads.Length} heads."
            );
        }

        _heads = new NodeEntry[heads.Length];
        _headGradients = new NodeEntry[heads.Length];
        for (int i = 0; i < heads.Length; i++)
        {
            NDArray head = heads[i];
            if (head.Entry?.Node is TapeNode { IsReleased: true } node)
                throw Released(node);
            _heads[i] =
                head.NeedsGradient && head.Entry is { } entry
                    ? entry
                    : throw new EngineException(
                        $"Backward: the head {head} was not computed from marked variables while recording. Mark them "
                            + "with AttachGradient() and compute inside using (Autograd.Record())."
                    );
            _headGradients[i] = HeadGradient(head, headGradients.IsEmpty ? null : headGradients[i]);
        }

        _forward = TopologicalOrder.Of(_heads);
        if (_forward.Find(node => ((TapeNode)node).IsReleased) is { } released)
            throw Released(released);
    }

    private static EngineException Released(Node node) =>
        new(
            $"Backward: the graph was already released by an earlier pass (at {node.Name}). Call Backward with "
                + "retainGraph: true to run it more than once."
        );

    private static NodeEntry HeadGradient(NDArray head, NDArray? given)
    {
        if (given is not null)
        {
            if (given.Shape != head.Shape || given.DType != head.DType)
                throw new EngineException(
                    $"Backward: the gradient {given} of the head {head} must have its shape and type."
                );
            return given.EntryForUse();
        }

        using ArrayScope.Suspension suspension = ArrayScope.Suspend();
        return TapeNode.Constant(NDArray.Ones(head.Shape, head.DType, head.Device)).Only;
    }

    /// <summary>Runs the pass and writes each variable's gradient where its mark says.</summary>
    internal void RunIntoSlots()
    {
        List<TapeNode> variables = [];
        foreach (Node node in _forward)
        {
            if (node is TapeNode { Slot: not null, NeedsGradient: true } variable)
                variables.Add(variable);
        }

        NodeEntry[] wanted = [.. variables.Select(v => v.Only)];
        NodeEntry?[] gradients = GradientPass.Build(_heads, _headGradients, wanted);

        // A variable that changed between two recorded uses stands in the graph twice: its gradients add up.
        var targets = new Dictionary<NodeEntry, List<(NDArray Array, Request Request)>>();
        var started = new HashSet<GradientSlot>();
        for (int i = 0; i < variables.Count; i++)
        {
            if (gradients[i] is not { } gradient)
                continue;
            GradientSlot slot = variables[i].Slot!;
            bool first = started.Add(slot);
            slot.IsFresh = true;
            if (!first && gradient.Node.Operator is { IgnoresAdd: true })
                gradient = new NodeEntry(new Node(s_copy, "", [gradient]), 0);
            Request request = slot.Request == GradientRequest.Add || !first ? Request.Add : Request.Write;
            if (!targets.TryGetValue(gradient, out List<(NDArray, Request)>? list))
                targets[gradient] = list = [];
            list.Add((slot.Array, request));
        }

        new GradientExecution(_createGraph).Run(targets);
    }

    /// <summary>Runs the pass and returns the gradients of some variables as new arrays.</summary>
    internal NDArray[] RunFor(ReadOnlySpan<NDArray> variables)
    {
        var wanted = new NodeEntry[variables.Length];
        for (int i = 0; i < variables.Length; i++)
        {
            wanted[i] =
                variables[i].Entry is { } entry && ((TapeNode)entry.Node).Slot is not null
                    ? entry
                    : throw new EngineException(
                        $"Gradients: {variables[i]} is not a marked variable; call AttachGradient() on it first."
                    );
        }

        NodeEntry?[] gradients = GradientPass.Build(_heads, _headGradients, wanted, _createGraph);
        for (int i = 0; i < gradients.Length; i++)
        {
            if (gradients[i] is null)
                throw new EngineException($"Gradients: the heads do not depend on variable {i}, {variables[i]}.");
        }

        return new GradientExecution(_createGraph).Run(Array.ConvertAll(gradients, g => g!.Value));
    }

    /// <summary>Lets go of everything recorded.</summary>
    internal void Release()
    {
        foreach (Node node in _forward)
        {
            ((TapeNode)node).Clear();
        }

        foreach (NodeEntry gradient in _headGradients)
        {
            ((TapeNode)gradient.Node).Clear();
        }
    }
}
