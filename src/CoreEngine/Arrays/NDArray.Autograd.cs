using CoreEngine.Graphs;

namespace CoreEngine;

public sealed partial class NDArray
{
    private TapeNode? _node;
    private int _nodeOutput;

    /// <summary>The gradient array of a variable that was marked with <see cref="AttachGradient"/>; null otherwise.</summary>
    public NDArray? Gradient => _node?.Slot?.Array;

    /// <summary>Whether this array was marked as a variable.</summary>
    internal bool IsMarked => _node is { Slot: not null };

    /// <summary>
    /// Whether a backward pass has computed the gradient of this variable since this was set to false; always false of what
    /// is no variable.
    /// </summary>
    /// <exception cref="EngineException">It is set for an array that is no marked variable.</exception>
    public bool HasFreshGradient
    {
        get => _node?.Slot?.IsFresh ?? false;
        set
        {
            GradientSlot slot =
                _node?.Slot
                ?? throw new EngineException(
                    $"{this} is no marked variable, so it has no gradient; call AttachGradient() on it first."
                );
            slot.IsFresh = value;
        }
    }

    /// <summary>
    /// True when gradients flow through this array. A backward pass that let go of the graph ends that: what is recorded
    /// afterwards takes the array as a constant, so that a recurrent state can go on from one step of training to the next.
    /// </summary>
    internal bool NeedsGradient => _node is { NeedsGradient: true, IsReleased: false };

    /// <summary>
    /// Marks this array as a variable: backward passes compute its gradient into <see cref="Gradient"/>, which starts as
    /// zeros. The array forgets the graph that computed it.
    /// </summary>
    /// <param name="request">Whether passes overwrite the gradient or add to it.</param>
    /// <param name="storage">
    /// How the gradient is stored; as this array when null. Row-sparse suits weights of which a pass uses few rows, as
    /// those of an embedding or of a product with a CSR matrix.
    /// </param>
    /// <exception cref="EngineException">The gradient cannot be stored like this: a CSR matrix has rank 2.</exception>
    public void AttachGradient(GradientRequest request = GradientRequest.Write, StorageType? storage = null)
    {
        using ArrayScope.Suspension suspension = ArrayScope.Suspend();
        Autograd.MarkVariable(this, Zeros(storage ?? StorageType, Shape, DType, Device), request);
    }

    /// <summary>Computes the gradients of all variables that this array depends on.</summary>
    /// <param name="headGradient">The gradient that flows into this array; ones when null.</param>
    /// <param name="retainGraph">Keep the recorded graph for another pass.</param>
    /// <exception cref="EngineException">The array was not computed from marked variables while recording.</exception>
    public void Backward(NDArray? headGradient = null, bool retainGraph = false) =>
        Autograd.Backward([this], headGradient is null ? default : [headGradient], retainGraph);

    /// <summary>Another handle on the same memory, with a lifetime of its own and the same place in a recorded graph.</summary>
    internal NDArray Share()
    {
        NDArray shared = Detach();
        shared.SetEntry(_node, _nodeOutput);
        return shared;
    }

    internal NodeEntry? Entry => _node is null ? null : new NodeEntry(_node, _nodeOutput);

    internal void SetEntry(TapeNode? node, int output)
    {
        _node = node;
        _nodeOutput = output;
    }

    /// <summary>The graph entry that stands for this array as an input of a call that is recorded now.</summary>
    internal NodeEntry EntryForUse()
    {
        if (_node is not { IsReleased: false } node)
            return TapeNode.Constant(this).Only;
        // A variable that changed since it was last used (a training step) counts as a new version of it.
        if (node.Slot is { } slot && !node.IsCurrent)
            node = TapeNode.Variable(this, slot);
        return new NodeEntry(node, _nodeOutput);
    }
}
