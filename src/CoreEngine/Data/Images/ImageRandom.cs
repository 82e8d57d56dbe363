namespace CoreEngine.Data;

/// <summary>
/// The random numbers of one image in one epoch, the same whichever thread works on it (SplitMix64; Steele, Lea, Flood 2014).
/// </summary>
internal struct ImageRandom
{
    private const ulong Step = 0x9E3779B97F4A7C15;
    private ulong _state;

    internal ImageRandom(ulong seed, ulong epoch, ulong number) => _state = Mix(Mix(Mix(seed + Step) + epoch) + number);

    /// <summary>From 0 up to, not including, 1.</summary>
    internal float Unit() => (Next() >> 40) * (1f / (1 << 24));

    /// <summary>From <paramref name="low"/> up to <paramref name="high"/>.</summary>
    internal float Between(float low, float high) => low + (Unit() * (high - low));

    /// <summary>A whole number, both ends included.</summary>
    internal int Whole(int low, int high)
    {
        ulong count = (ulong)((long)high - low + 1);
        return (int)(low + (long)Math.BigMul(Next(), count, out _));
    }

    private ulong Next() => Mix(_state += Step);

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
