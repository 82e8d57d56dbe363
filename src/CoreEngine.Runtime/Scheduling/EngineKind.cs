namespace CoreEngine.Runtime;

/// <summary>Which engine runs operations.</summary>
public enum EngineKind
{
    /// <summary>Each operation runs inside the call that pushes it. Simple, in order, and the oracle of the tests.</summary>
    Naive,

    /// <summary>Operations run on worker threads as soon as what they depend on is done.</summary>
    Threaded,
}
