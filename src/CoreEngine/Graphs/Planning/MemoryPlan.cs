using CoreEngine.Operators;

namespace CoreEngine.Graphs.Planning;

/// <summary>Where every entry of an ordered computation lies, and how each step writes what it computes.</summary>
public sealed class MemoryPlan
{
    private readonly Placement[] _placements;
    private readonly Request[]?[] _requests;
    private readonly long[] _arenaBytes;

    internal MemoryPlan(
        Placement[] placements,
        Request[]?[] requests,
        long[] arenaBytes,
        long unplannedBytes,
        long liveBytes
    )
    {
        _placements = placements;
        _requests = requests;
        _arenaBytes = arenaBytes;
        UnplannedBytes = unplannedBytes;
        LiveBytes = liveBytes;
    }

    /// <summary>The place of each entry, by its number.</summary>
    public IReadOnlyList<Placement> Placements => _placements;

    /// <summary>Bytes of each arena.</summary>
    public IReadOnlyList<long> ArenaBytes => _arenaBytes;

    /// <summary>Bytes of all arenas together.</summary>
    public long PlannedBytes => _arenaBytes.Sum();

    /// <summary>Bytes of all entries that are not the caller's and that somebody reads, each in memory of its own.</summary>
    public long UnplannedBytes { get; }

    /// <summary>
    /// The most bytes that are needed at one time, summed over the arenas: no plan with the same sharing of places by
    /// in-place steps and sums takes less.
    /// </summary>
    public long LiveBytes { get; }

    /// <summary>False for a sum whose parts were added up in its place: there is nothing left to do for this step.</summary>
    public bool IsRun(int step) => _requests[step] is not null;

    /// <summary>
    /// What a step has to do with each of its outputs; empty when it is not run. <see cref="Request.Add"/> stands for
    /// the later parts of a sum, and for results that are added to an array of the caller's.
    /// </summary>
    public ReadOnlySpan<Request> Requests(int step) => _requests[step];
}
