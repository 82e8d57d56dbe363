namespace CoreEngine.Graphs.Planning;

/// <summary>Memory that is needed from one step to another.</summary>
/// <param name="Bytes">Its size.</param>
/// <param name="First">The first step that writes it.</param>
/// <param name="Last">The last step that needs it.</param>
internal readonly record struct ArenaBlock(long Bytes, int First, int Last)
{
    /// <summary>True when both are needed at some step, so that they must not overlap.</summary>
    internal bool Meets(in ArenaBlock other) => First <= other.Last && other.First <= Last;
}
