namespace CoreEngine.Graphs;

/// <summary>What was given does not determine every shape or type of a graph. The message says what remains unknown.</summary>
public sealed class IncompleteInferenceException(string message) : EngineException(message);
