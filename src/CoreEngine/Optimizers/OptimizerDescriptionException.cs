namespace CoreEngine.Optimizers;

/// <summary>A text does not describe an optimizer, or an optimizer cannot be described.</summary>
public sealed class OptimizerDescriptionException : EngineException
{
    /// <summary>An error that says what is wrong.</summary>
    /// <param name="problem">What is wrong, as a sentence.</param>
    /// <param name="inner">The cause, if another error is it.</param>
    public OptimizerDescriptionException(string problem, Exception? inner = null)
        : base($"Optimizer description: {problem}", inner) { }
}
