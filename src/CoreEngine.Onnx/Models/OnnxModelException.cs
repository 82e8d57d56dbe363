namespace CoreEngine.Onnx;

/// <summary>A model contradicts itself or the ONNX rules: names that nothing defines, shapes that do not fit.</summary>
public sealed class OnnxModelException : EngineException
{
    /// <summary>An error with a message that names the node or value.</summary>
    /// <param name="problem">What is wrong, without a full stop.</param>
    /// <param name="inner">The cause, if another error is it.</param>
    public OnnxModelException(string problem, Exception? inner = null)
        : base($"ONNX: {problem}.", inner) { }
}
