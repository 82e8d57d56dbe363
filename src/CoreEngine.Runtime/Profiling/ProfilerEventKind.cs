namespace CoreEngine.Runtime;

/// <summary>What an event of a trace is.</summary>
internal enum ProfilerEventKind : byte
{
    /// <summary>Something that lasted from start to end.</summary>
    Span,

    /// <summary>A value that something has from its start on.</summary>
    Counter,

    /// <summary>A moment of the thread.</summary>
    ThreadMark,

    /// <summary>A moment of the process.</summary>
    ProcessMark,

    /// <summary>A moment of everything that is traced.</summary>
    GlobalMark,
}
