using System.Buffers.Binary;

namespace CoreEngine.Fuzz;

/// <summary>A number in a file that steers how the rest is read.</summary>
/// <param name="Offset">Where it begins.</param>
/// <param name="Width">1, 2, 4 or 8 bytes.</param>
/// <param name="IsBigEndian">The byte order.</param>
internal readonly record struct NumberField(int Offset, int Width, bool IsBigEndian = false);

/// <summary>Parts of a file that follow each other, and the number that counts them.</summary>
/// <param name="Count">Where they are counted; null when nowhere.</param>
/// <param name="Parts">Begin and end of each.</param>
internal sealed record RepeatedParts(NumberField? Count, IReadOnlyList<(int Begin, int End)> Parts);

/// <summary>Where the numbers and the repeated parts of one binary file are, and damage that aims at them.</summary>
internal sealed class FieldMap
{
    /// <summary>The numbers.</summary>
    public List<NumberField> Numbers { get; } = [];

    /// <summary>The lists, in the file's order; lists of equal length belong together, as arrays and their names do.</summary>
    public List<RepeatedParts> Lists { get; } = [];

    /// <summary>A copy with one to three numbers replaced.</summary>
    public byte[] ChangeNumbers(byte[] input, Random random)
    {
        byte[] bytes = [.. input];
        for (int i = random.Next(1, 4); i > 0 && Numbers.Count > 0; i--)
        {
            NumberField field = Numbers[random.Next(Numbers.Count)];
            NumberField other = Numbers[random.Next(Numbers.Count)];
            long present = Get(bytes, field);
            Set(bytes, field, random.Next(6) == 0 ? Get(bytes, other) : Fuzz.Numbers.Instead(present, random));
        }

        return bytes;
    }

    /// <summary>A copy in which a part is lost, repeated or exchanged with another; mostly with the count put right.</summary>
    public byte[] ChangeParts(byte[] input, Random random)
    {
        RepeatedParts[] lists = [.. Lists.Where(list => list.Parts.Count > 0)];
        if (lists.Length == 0)
        {
            return ByteMutation.Apply(input, random);
        }

        int count = lists[random.Next(lists.Length)].Parts.Count;
        int one = random.Next(count);
        int other = random.Next(count);
        int change = random.Next(4);
        bool isConsistent = random.Next(4) != 0;
        byte[] bytes = input;
        // From the end, so that what comes before stays where the map says it is.
        foreach (RepeatedParts list in Enumerable.Reverse(lists))
        {
            if (list.Parts.Count != count || (!isConsistent && random.Next(2) == 0))
            {
                continue;
            }

            List<byte[]> parts = [.. list.Parts.Select(part => bytes[part.Begin..part.End])];
            switch (change)
            {
                case 0:
                    parts.RemoveAt(one);
                    break;
                case 1:
                    parts.Insert(other, parts[one]);
                    break;
                case 2:
                    (parts[one], parts[other]) = (parts[other], parts[one]);
                    break;
                default:
                    parts.AddRange([.. parts]);
                    break;
            }

            byte[] changed =
            [
                .. bytes[..list.Parts[0].Begin],
                .. parts.SelectMany(p => p),
                .. bytes[list.Parts[^1].End..],
            ];
            if (isConsistent && list.Count is { } field)
            {
                bool isBehind = field.Offset >= list.Parts[^1].End;
                int moved = isBehind ? changed.Length - bytes.Length : 0;
                Set(changed, field with { Offset = field.Offset + moved }, parts.Count);
            }

            bytes = changed;
        }

        return bytes;
    }

    /// <summary>The number in a field.</summary>
    public static long Get(ReadOnlySpan<byte> bytes, NumberField field)
    {
        ReadOnlySpan<byte> at = bytes[field.Offset..];
        return (field.Width, field.IsBigEndian) switch
        {
            (1, _) => at[0],
            (2, false) => BinaryPrimitives.ReadUInt16LittleEndian(at),
            (2, true) => BinaryPrimitives.ReadUInt16BigEndian(at),
            (4, false) => BinaryPrimitives.ReadInt32LittleEndian(at),
            (4, true) => BinaryPrimitives.ReadInt32BigEndian(at),
            (_, false) => BinaryPrimitives.ReadInt64LittleEndian(at),
            (_, true) => BinaryPrimitives.ReadInt64BigEndian(at),
        };
    }

    /// <summary>Puts a number's lowest bytes into a field.</summary>
    public static void Set(Span<byte> bytes, NumberField field, long value)
    {
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(number, value);
        Span<byte> target = bytes.Slice(field.Offset, field.Width);
        number[..field.Width].CopyTo(target);
        if (field.IsBigEndian)
        {
            target.Reverse();
        }
    }
}
