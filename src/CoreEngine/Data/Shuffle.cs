namespace CoreEngine.Data;

/// <summary>
/// Reproducible orders: the same seed and stream give the same order on every machine and version of .NET, which
/// <see cref="Random"/> does not promise.
/// </summary>
/// <remarks>Fisher and Yates's shuffle (Durstenfeld 1964) on SplitMix64 (Steele, Lea, Flood 2014).</remarks>
public static class Shuffle
{
    /// <summary>The numbers from 0 below <paramref name="count"/>.</summary>
    public static int[] Identity(int count)
    {
        int[] order = new int[count];
        for (int i = 0; i < count; i++)
        {
            order[i] = i;
        }

        return order;
    }

    /// <summary>Puts the elements into a random order.</summary>
    /// <param name="items">What to shuffle.</param>
    /// <param name="seed">Chosen by the user.</param>
    /// <param name="stream">Tells the orders of one seed apart, for example the epoch.</param>
    public static void InPlace<T>(Span<T> items, ulong seed, ulong stream)
    {
        ulong state = Mix(seed) ^ Mix(~stream);
        for (int i = items.Length - 1; i > 0; i--)
        {
            state += 0x9E3779B97F4A7C15;

            // The high half of a 64x64-bit product is uniform below i + 1 up to a bias of 2^-32 for any real length.
            int j = (int)Math.BigMul(Mix(state), (ulong)i + 1, out _);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
