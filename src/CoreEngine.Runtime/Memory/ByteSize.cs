using System.Globalization;

namespace CoreEngine.Runtime;

/// <summary>Sizes of memory as people write them: <c>8G</c>, <c>512M</c>, <c>1.5GiB</c>.</summary>
public static class ByteSize
{
    private const string Units = "KMGT";

    /// <summary>Reads a number with an optional unit K, M, G or T (powers of 1024), which <c>B</c> or <c>iB</c> may follow.</summary>
    /// <returns>False when the text is no such size, or negative, or beyond 64 bits.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out long bytes)
    {
        bytes = 0;
        text = text.Trim();
        if (text.EndsWith("iB", StringComparison.OrdinalIgnoreCase))
        {
            text = text[..^2];
        }
        else if (text.EndsWith("B", StringComparison.OrdinalIgnoreCase))
        {
            text = text[..^1];
        }

        int unit = text.IsEmpty ? -1 : Units.IndexOf(char.ToUpperInvariant(text[^1]), StringComparison.Ordinal);
        if (unit >= 0)
        {
            text = text[..^1].TrimEnd();
        }

        const NumberStyles Style = NumberStyles.AllowDecimalPoint;
        if (!decimal.TryParse(text, Style, CultureInfo.InvariantCulture, out decimal number))
        {
            return false;
        }

        decimal factor = unit < 0 ? 1 : 1L << (10 * (unit + 1));
        if (number > long.MaxValue / factor)
        {
            return false;
        }

        bytes = (long)(number * factor);
        return true;
    }

    /// <summary>Three digits and a binary unit: <c>1.25 GiB</c>.</summary>
    public static string Format(long bytes)
    {
        double number = bytes;
        int unit = -1;
        while (Math.Abs(number) >= 1024 && unit < Units.Length - 1)
        {
            number /= 1024;
            unit++;
        }

        return unit < 0
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes} B")
            : string.Create(CultureInfo.InvariantCulture, $"{number:0.##} {Units[unit]}iB");
    }
}
