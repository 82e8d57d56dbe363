using System.Globalization;
using CoreEngine.Operators;

namespace CoreEngine;

/// <summary>
/// The seed of all random operators. Each call takes the next stream when it is made, so a program that makes the same
/// calls after the same seed gets the same numbers, whatever the number of workers.
/// </summary>
/// <remarks>
/// A process begins with a seed from the operating system's entropy, so no two get the same numbers unless they ask for it:
/// with <see cref="Seed"/>, or with the environment variable <c>COREENGINE_SEED</c>. The generator is Philox 4x32-10, made
/// for statistics: whoever has seen some of its numbers may find out the others, so no key and no token may come of it
/// (<see cref="System.Security.Cryptography.RandomNumberGenerator"/> makes those).
/// </remarks>
public static class RandomState
{
    private const string Variable = "COREENGINE_SEED";

    private static readonly Lock s_lock = new();

    // None until the first number is wanted.
    private static ulong? s_seed;
    private static ulong s_stream;

    /// <summary>Restarts the sequence of random numbers: after the same seed the same calls give the same numbers.</summary>
    public static void Seed(ulong seed)
    {
        lock (s_lock)
        {
            s_seed = seed;
            s_stream = 0;
        }
    }

    /// <summary>Restarts the sequence of random numbers at a place that the operating system's entropy chooses.</summary>
    public static void SeedFromSystem() => Seed(DrawSeed());

    /// <summary>Takes some streams; the first is returned, the others have the numbers after it.</summary>
    internal static RandomStream Next(int count = 1)
    {
        lock (s_lock)
        {
            var first = new RandomStream(s_seed ??= FirstSeed(), s_stream);
            s_stream += (ulong)count;
            return first;
        }
    }

    private static ulong FirstSeed()
    {
        string? text = Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(text))
            return DrawSeed();
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed)
            ? seed
            : throw new EngineException($"{Variable} is '{text}'; expected a number from 0 to {ulong.MaxValue}.");
    }

    private static ulong DrawSeed()
    {
        // A random Guid comes from the system's entropy without the cryptographic library, which a machine may not have.
        // Its few fixed bits meet random ones.
        Span<byte> bytes = stackalloc byte[2 * sizeof(ulong)];
        _ = Guid.NewGuid().TryWriteBytes(bytes);
        return BitConverter.ToUInt64(bytes) ^ BitConverter.ToUInt64(bytes[sizeof(ulong)..]);
    }
}
