namespace CoreEngine.Runtime;

/// <summary>How far a mark in a trace is drawn.</summary>
public enum MarkScope
{
    /// <summary>Across its thread.</summary>
    Thread,

    /// <summary>Across the process.</summary>
    Process,

    /// <summary>Across everything.</summary>
    Global,
}
