using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>A candidate of a detector: its score and where it stands among all candidates.</summary>
internal struct ScoredPlace<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    internal T Score;
    internal long Place;

    /// <summary>Whether this one comes before another: the higher score first, what is no number last.</summary>
    internal readonly bool ComesBefore(in ScoredPlace<T> other) =>
        Score > other.Score || (T.IsNaN(other.Score) && !T.IsNaN(Score));
}
