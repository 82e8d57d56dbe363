using System.Text;
using CoreEngine.Runtime;

namespace CoreEngine.Fuzz;

/// <summary>A file format under attack: valid files, how to damage them, and the reader that must bear it.</summary>
internal abstract class FuzzFormat
{
    /// <summary>What the command line calls it.</summary>
    public abstract string Name { get; }

    /// <summary>Valid files, which the reader must accept.</summary>
    public abstract IReadOnlyList<byte[]> Seeds { get; }

    /// <summary>
    /// True when a few bytes may honestly stand for very many, as in packed files. Everywhere else a reader that runs out
    /// of the memory that it is given took some for bytes that are only claimed.
    /// </summary>
    public virtual bool MayExpand => false;

    /// <summary>How many inputs are read when nobody says.</summary>
    public virtual long DefaultCount => 1_000_000;

    /// <summary>After so long an input counts as one on which the reader hangs.</summary>
    public virtual TimeSpan Patience => TimeSpan.FromSeconds(20);

    /// <summary>The most that reading an input of so many bytes may allocate on the managed heap.</summary>
    public virtual long ManagedBudget(int inputLength) => (1 << 20) + (200L * inputLength);

    /// <summary>What must be set up while inputs are read; the result ends it.</summary>
    public virtual IDisposable? Prepare() => null;

    /// <summary>A damaged copy of one of the <see cref="Seeds"/>.</summary>
    public abstract byte[] Mutate(int seed, Random random);

    /// <summary>Reads a file from memory.</summary>
    /// <returns>What was read; it is disposed of if it can be.</returns>
    /// <exception cref="EngineException">The input is refused, as it should be when it is no valid file.</exception>
    public abstract object Read(byte[] input, StoragePool pool);

    /// <summary>Throws unless what was read is sound: at least, it can be written and read again.</summary>
    public abstract void CheckAccepted(object value, StoragePool pool);

    /// <summary>Throws unless two files have the same bytes.</summary>
    protected static void RequireSame(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (!first.SequenceEqual(second))
        {
            int at = first.CommonPrefixLength(second);
            throw new InvalidDataException(
                $"What was read and written again is read and written differently, from byte {at} on: {Near(first, at)} "
                    + $"and {Near(second, at)}."
            );
        }
    }

    private static string Near(ReadOnlySpan<byte> bytes, int at)
    {
        int begin = Math.Max(0, at - 30);
        return $"'{Encoding.Latin1.GetString(bytes[begin..Math.Min(bytes.Length, at + 30)])}'";
    }
}
