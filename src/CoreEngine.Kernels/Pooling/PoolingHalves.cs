namespace CoreEngine.Kernels;

/// <summary>
/// With a step of 2: which taps reach the even and the odd places of a row, and the window that the first of them belongs
/// to. Place c hears from tap k of window (c + pad - k) / 2, if that is whole.
/// </summary>
internal readonly struct PoolingHalves
{
    /// <summary>Number of taps that reach even places, the first of them, and the distance from half the place to its window.</summary>
    public readonly long EvenTaps;

    /// <inheritdoc cref="EvenTaps"/>
    public readonly long EvenFirst;

    /// <inheritdoc cref="EvenTaps"/>
    public readonly long EvenShift;

    /// <summary>The same of odd places.</summary>
    public readonly long OddTaps;

    /// <inheritdoc cref="OddTaps"/>
    public readonly long OddFirst;

    /// <inheritdoc cref="OddTaps"/>
    public readonly long OddShift;

    internal PoolingHalves(long pad, long taps)
    {
        long parity = pad & 1;
        EvenFirst = parity;
        EvenTaps = (taps - parity + 1) / 2;
        EvenShift = (pad - parity) / 2;
        OddFirst = 1 - parity;
        OddTaps = (taps - OddFirst + 1) / 2;
        OddShift = (pad + parity) / 2;
    }
}
