using System.Numerics;

namespace CoreEngine.Runtime;

/// <summary>
/// Rounds requests to the sizes that pools keep: multiples of 64 bytes up to 512, then eight steps to each doubling,
/// so that at most an eighth of a block is unused and blocks of about one size can serve each other's requests.
/// </summary>
internal static class SizeClass
{
    /// <summary>The alignment of every block in bytes, and the smallest block.</summary>
    public const int Granule = 64;

    /// <summary>The largest request: 64 TiB, more than x86-64 Linux can map at once with four-level page tables.</summary>
    public const long MaxBytes = 1L << 46;

    /// <summary>Blocks of this size and more are aligned to huge pages.</summary>
    public const long LargeBytes = 4L << 20;

    /// <summary>The size of a huge page on x86-64 and most Arm systems.</summary>
    public const long HugePageBytes = 2L << 20;

    /// <summary>Number of classes.</summary>
    public const int Count = LinearClasses + (46 - 9) * StepsPerDoubling;

    private const int LinearClasses = 8;
    private const int StepsPerDoubling = 8;

    /// <summary>The class whose blocks hold <paramref name="bytes"/>, which lies between 0 and <see cref="MaxBytes"/>.</summary>
    public static int IndexOf(long bytes)
    {
        if (bytes <= LinearClasses * Granule)
        {
            return bytes <= Granule ? 0 : (int)((bytes + Granule - 1) / Granule) - 1;
        }

        ulong last = (ulong)bytes - 1;
        int exponent = BitOperations.Log2(last);
        int step = (int)(last >> (exponent - 3)) & (StepsPerDoubling - 1);
        return LinearClasses + ((exponent - 9) * StepsPerDoubling) + step;
    }

    /// <summary>The size in bytes of the blocks of one class.</summary>
    public static long SizeOf(int index)
    {
        if (index < LinearClasses)
        {
            return (index + 1L) * Granule;
        }

        int exponent = 9 + ((index - LinearClasses) / StepsPerDoubling);
        int step = (index - LinearClasses) % StepsPerDoubling;
        return (1L << exponent) + ((step + 1L) << (exponent - 3));
    }

    /// <summary>What the blocks of a given size are aligned to.</summary>
    public static long AlignmentOf(long blockBytes) => blockBytes >= LargeBytes ? HugePageBytes : Granule;
}
