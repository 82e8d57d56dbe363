namespace CoreEngine.Fuzz;

/// <summary>Damage that knows nothing of the format: flipped bits, overwritten, lost, repeated and exchanged pieces.</summary>
internal static class ByteMutation
{
    private const int MaxPiece = 64;

    /// <summary>A damaged copy; once to four times.</summary>
    public static byte[] Apply(byte[] input, Random random)
    {
        byte[] bytes = [.. input];
        for (int i = random.Next(1, 5); i > 0; i--)
        {
            bytes = Once(bytes, random);
        }

        return bytes;
    }

    private static byte[] Once(byte[] bytes, Random random)
    {
        if (bytes.Length == 0)
        {
            return [(byte)random.Next(256)];
        }

        int at = random.Next(bytes.Length);
        int length = Math.Min(random.Next(1, random.Next(2) == 0 ? 9 : MaxPiece), bytes.Length - at);
        Span<byte> piece = bytes.AsSpan(at, length);
        switch (random.Next(11))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1:
                bytes[at] = (byte)random.Next(256);
                return bytes;
            case 2:
                piece.Fill(0xFF);
                return bytes;
            case 3:
                piece.Clear();
                return bytes;
            case 4:
                random.NextBytes(piece);
                return bytes;
            case 5:
                return bytes[..at];
            case 6:
                return [.. bytes[..at], .. bytes[(at + length)..]];
            case 7:
                return [.. bytes[..(at + length)], .. bytes[at..]];
            case 8:
                return [.. bytes[..at], (byte)random.Next(256), .. bytes[at..]];
            case 9:
                int from = random.Next(bytes.Length - length + 1);
                bytes.AsSpan(from, length).ToArray().CopyTo(piece);
                return bytes;
            default:
                bytes[at] = unchecked((byte)(bytes[at] + random.Next(-2, 3)));
                return bytes;
        }
    }
}
