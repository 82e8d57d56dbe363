namespace CoreEngine.Data;

/// <summary>
/// The frame of a record: the magic number, a word with what part of a record this is (3 bits) and its length (29 bits), the
/// bytes, and zeros up to a multiple of four. A payload that holds the magic number at a multiple of four is cut there, and
/// the number is left out: so whoever starts in the middle of a file finds the next record.
/// </summary>
internal static class RecordFormat
{
    internal const uint Magic = 0xced7230a;

    /// <summary>What fits into the length's bits.</summary>
    internal const int MaxLength = (1 << 29) - 1;

    /// <summary>Bytes before the payload.</summary>
    internal const int HeaderBytes = 8;

    internal const uint Whole = 0;
    internal const uint First = 1;
    internal const uint Middle = 2;
    internal const uint Last = 3;

    internal static uint Word(uint part, int length) => (part << 29) | (uint)length;

    internal static uint PartOf(uint word) => word >> 29;

    internal static int LengthOf(uint word) => (int)(word & MaxLength);

    internal static int Padded(int length) => (length + 3) & ~3;
}
