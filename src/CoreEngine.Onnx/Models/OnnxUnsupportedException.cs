namespace CoreEngine.Onnx;

/// <summary>A model is well-formed but uses what CoreEngine has nothing for. The message names the node and the reason.</summary>
public sealed class OnnxUnsupportedException : EngineException
{
    /// <summary>An error about a whole model or tensor.</summary>
    /// <param name="reason">What is not supported, without a full stop.</param>
    public OnnxUnsupportedException(string reason)
        : base($"ONNX: {reason}.") { }

    /// <summary>An error about one node.</summary>
    /// <param name="node">The node's name, or its first output where it has none.</param>
    /// <param name="operatorName">The ONNX operator.</param>
    /// <param name="reason">What is not supported, without a full stop.</param>
    /// <param name="inner">The cause, if another error is it.</param>
    public OnnxUnsupportedException(string node, string operatorName, string reason, Exception? inner = null)
        : base($"ONNX node '{node}' ({operatorName}): {reason}.", inner)
    {
        Node = node;
        OperatorName = operatorName;
    }

    /// <summary>The node's name; null when the error is about more than one node.</summary>
    public string? Node { get; }

    /// <summary>The ONNX operator; null when the error is about more than one node.</summary>
    public string? OperatorName { get; }
}
