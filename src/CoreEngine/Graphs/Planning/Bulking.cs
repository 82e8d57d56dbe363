namespace CoreEngine.Graphs.Planning;

/// <summary>
/// Cuts an ordered computation into segments, each of which runs as one operation of the engine, and finds which of
/// them have to wait for which: because of the data, and because of the memory that a plan lets them share.
/// </summary>
public static class Bulking
{
    /// <summary>Cuts steps into segments of one device.</summary>
    /// <param name="steps">The steps in the order in which the plan was made.</param>
    /// <param name="entries">The entries by number.</param>
    /// <param name="plan">Where the entries lie.</param>
    /// <param name="devices">The number of the device of each step; empty when all run on one.</param>
    /// <param name="mostSteps">The most steps of a segment.</param>
    /// <param name="startsSegment">Whether a step has to be the first of a segment; null when none has to.</param>
    /// <returns>The segments in order. Steps that are not run are in them, and do nothing.</returns>
    public static Segment[] Cut(
        IReadOnlyList<MemoryStep> steps,
        IReadOnlyList<EntryMemory> entries,
        MemoryPlan plan,
        ReadOnlySpan<int> devices = default,
        int mostSteps = int.MaxValue,
        Func<int, bool>? startsSegment = null
    )
    {
        ArgumentNullException.ThrowIfNull(steps);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentOutOfRangeException.ThrowIfLessThan(mostSteps, 1);
        var segments = new List<Segment>();
        var hazards = new SegmentHazards(entries, plan);
        int first = 0;
        for (int step = 0; step < steps.Count; step++)
        {
            int device = devices.IsEmpty ? 0 : devices[step];
            bool isLast =
                step + 1 == steps.Count
                || step + 1 - first >= mostSteps
                || (!devices.IsEmpty && devices[step + 1] != device)
                || startsSegment?.Invoke(step + 1) == true;
            if (plan.IsRun(step))
                hazards.Add(steps[step], plan.Requests(step));
            else
                hazards.Skip();
            if (!isLast)
                continue;
            segments.Add(new Segment(first, step + 1 - first, device, hazards.EndSegment()));
            first = step + 1;
        }

        return [.. segments];
    }

    /// <summary>The segments that no other waits for: when they are over, everything is.</summary>
    public static int[] LastOf(ReadOnlySpan<Segment> segments)
    {
        var isAwaited = new bool[segments.Length];
        foreach (Segment segment in segments)
        {
            foreach (int dependency in segment.Dependencies)
            {
                isAwaited[dependency] = true;
            }
        }

        return [.. Enumerable.Range(0, segments.Length).Where(i => !isAwaited[i])];
    }
}
