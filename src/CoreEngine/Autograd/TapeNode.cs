using CoreEngine.Graphs;
using CoreEngine.Operators;

namespace CoreEngine;

/// <summary>A node of the autograd tape: a recorded call with the arrays it produced, a marked variable, or a constant.</summary>
internal sealed class TapeNode : Node
{
    private readonly NDArray?[] _outputs;
    private readonly long[] _versions;

    private TapeNode(BoundOperator? op, string name, NodeEntry[] inputs, NDArray?[] outputs)
        : base(op, name, inputs)
    {
        _outputs = outputs;
        _versions = Array.ConvertAll(outputs, output => output?.Storage.Writes ?? 0);
    }

    /// <summary>Where a marked variable's gradient goes; null for everything else.</summary>
    internal GradientSlot? Slot { get; private init; }

    /// <summary>True when a marked variable influences this node.</summary>
    internal bool NeedsGradient { get; private init; }

    /// <summary>A recorded call.</summary>
    internal static TapeNode Call(BoundOperator op, NodeEntry[] inputs, ReadOnlySpan<NDArray?> outputs)
    {
        NDArray?[] own = OwnHandles(outputs);
        var node = new TapeNode(op, op.Name, inputs, own) { NeedsGradient = true };
        for (int i = 0; i < outputs.Length; i++)
        {
            outputs[i]?.SetEntry(node, i);
            own[i]?.SetEntry(node, i);
        }

        return node;
    }

    /// <summary>A variable as it is now; a later overwrite makes a new node of the same slot.</summary>
    internal static TapeNode Variable(NDArray variable, GradientSlot slot)
    {
        bool needsGradient = slot.Request != GradientRequest.Null;
        var node = new TapeNode(null, "variable", [], [variable]) { Slot = slot, NeedsGradient = needsGradient };
        variable.SetEntry(node, 0);
        return node;
    }

    /// <summary>An array that gradients do not flow into.</summary>
    internal static TapeNode Constant(NDArray array) => new(null, "constant", [], OwnHandles([array]));

    // Own handles: recorded values must survive until backward even when the caller disposes his arrays.
    private static NDArray?[] OwnHandles(ReadOnlySpan<NDArray?> arrays)
    {
        using ArrayScope.Suspension suspension = ArrayScope.Suspend();
        var own = new NDArray?[arrays.Length];
        for (int i = 0; i < arrays.Length; i++)
        {
            own[i] = arrays[i]?.Detach();
        }

        return own;
    }

    /// <summary>The one output of a variable or constant.</summary>
    internal NodeEntry Only => new(this, 0);

    /// <summary>False when a variable was overwritten since this node was made.</summary>
    internal bool IsCurrent => _outputs[0] is { IsDisposed: false } array && array.Storage.Writes == _versions[0];

    /// <summary>The recorded array, for a backward computation.</summary>
    /// <exception cref="EngineException">It was overwritten or released after it was recorded.</exception>
    internal NDArray Read(int index, bool allowOverwritten)
    {
        NDArray? array = _outputs[index];
        if (array is null || array.IsDisposed)
        {
            throw new EngineException(
                $"Backward needs {Describe(index)}, but it was already released. Call Backward with retainGraph: true "
                    + "to run it more than once, and dispose variables only after it."
            );
        }

        if (!allowOverwritten && array.Storage.Writes != _versions[index])
        {
            throw new EngineException(
                $"Backward needs {Describe(index)} {array.Shape} as it was recorded, but it has been overwritten "
                    + "since. Write into another array, or call Backward before changing it."
            );
        }

        return array;
    }

    /// <summary>True when a backward pass has let go of this recorded call.</summary>
    internal bool IsReleased { get; private set; }

    /// <summary>Lets go of the recorded arrays and of the nodes before this one.</summary>
    internal void Clear()
    {
        if (Slot is not null)
            return;
        IsReleased = true;
        Operator?.EndCall();
        Inputs = [];
        for (int i = 0; i < _outputs.Length; i++)
        {
            _outputs[i]?.Dispose();
            _outputs[i] = null;
        }
    }

    private string Describe(int index) => IsVariable ? $"a {Name}" : $"output {index} of {Name}";
}
