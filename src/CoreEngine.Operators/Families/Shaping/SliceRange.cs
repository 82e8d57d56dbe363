namespace CoreEngine.Operators;

/// <summary>The indices that a slice takes along one axis: start, start + step, ...</summary>
/// <param name="Start">The first index.</param>
/// <param name="Step">The distance to the next one; negative counts down.</param>
/// <param name="Count">How many.</param>
internal readonly record struct SliceRange(long Start, long Step, long Count)
{
    /// <summary>
    /// Resolves begin, end and step as Python does, but strictly: an index outside the axis is null here, not cut off.
    /// </summary>
    /// <returns>The range; null when it is empty or leaves the axis.</returns>
    internal static SliceRange? Resolve(long? begin, long? end, long step, long extent)
    {
        long start = begin ?? (step > 0 ? 0 : extent - 1);
        long stop = end ?? (step > 0 ? extent : -1);
        if (begin < 0)
            start += extent;
        if (end < 0)
            stop += extent;
        bool isInside = start >= 0 && start < extent && stop >= (end is null ? -1 : 0) && stop <= extent;
        long count = step > 0 ? (stop - start + step - 1) / step : (start - stop - step - 1) / -step;
        return isInside && count > 0 ? new SliceRange(start, step, count) : null;
    }
}
