using System.Globalization;

namespace CoreEngine.Data;

/// <summary>Reads numbers in text files.</summary>
internal static class NumberText
{
    /// <summary>A number with white space around it; nothing counts as 0, as in MXNet.</summary>
    internal static bool TryFloat(ReadOnlySpan<byte> text, out float value)
    {
        text = Trim(text);
        value = 0;
        if (text.IsEmpty)
            return true;
        if (float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value))
            return true;
        bool isNegative = text[0] == '-';
        ReadOnlySpan<byte> unsigned = isNegative || text[0] == '+' ? text[1..] : text;
        value = isNegative ? float.NegativeInfinity : float.PositiveInfinity;
        return unsigned.Length == 3
            && (unsigned[0] | 0x20) == 'i'
            && (unsigned[1] | 0x20) == 'n'
            && (unsigned[2] | 0x20) == 'f';
    }

    internal static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.Trim(" \t\v\f"u8);
}
