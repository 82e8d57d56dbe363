namespace CoreEngine.Operators;

/// <summary>A result in a graph under construction: one output of one node. Only its context understands the node.</summary>
/// <param name="Node">The context's node; null when there is no value.</param>
/// <param name="Index">Which of the node's outputs.</param>
public readonly record struct Value(object? Node, int Index)
{
    /// <summary>True when there is no value: nothing flows here.</summary>
    public bool IsNone => Node is null;

    /// <summary>Another output of the call that made this value.</summary>
    public Value Output(int index) => new(Node, index);
}
