using System.Globalization;
using System.Numerics;

namespace CoreEngine.Operators;

/// <summary>The text forms of attribute values: what the C ABI sends and what symbol files hold.</summary>
public static class AttributeText
{
    /// <summary>A shape as attributes write it: "(2, 3)", "[2,3]", "(4,)" or "4"; "()" and extents of 0 are unknown.</summary>
    public static bool TryShape(string text, out Shape shape)
    {
        shape = default;
        var items = new List<string>();
        if (!TryItems(text, items, integers: true))
            return false;
        long[] dims = new long[items.Count];
        for (int i = 0; i < dims.Length; i++)
        {
            if (!TryInteger(items[i], out dims[i]) || dims[i] < 0)
                return false;
        }

        shape = new Shape(dims);
        return true;
    }

    /// <summary>A whole number as C++ streams read it: nothing but white space may follow ("2.0" and "2L" are refused).</summary>
    internal static bool TryInteger(ReadOnlySpan<char> text, out long value) =>
        long.TryParse(
            text.Trim(),
            NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite,
            CultureInfo.InvariantCulture,
            out value
        );

    /// <summary>
    /// A real number as C's strtod reads it: inf, nan and hexadecimal digits are fine, and so is anything after the number.
    /// What is too large for the type is refused; what is too small rounds.
    /// </summary>
    internal static bool TryReal<T>(ReadOnlySpan<char> text, out T value)
        where T : IBinaryFloatingPointIeee754<T>
    {
        text = text.TrimStart();
        bool negative = text.StartsWith("-");
        ReadOnlySpan<char> unsigned = negative || text.StartsWith("+") ? text[1..] : text;
        if (unsigned.StartsWith("inf", StringComparison.OrdinalIgnoreCase))
        {
            value = negative ? T.NegativeInfinity : T.PositiveInfinity;
            return true;
        }

        if (unsigned.StartsWith("nan", StringComparison.OrdinalIgnoreCase))
        {
            value = T.NaN;
            return true;
        }

        if (
            unsigned.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            && TryHexadecimal(unsigned[2..], out double hexadecimal)
        )
        {
            value = T.CreateChecked(negative ? -hexadecimal : hexadecimal);
            return T.IsFinite(value);
        }

        return TryDecimal(text[..RealLength(text)], out value);
    }

    /// <summary>A real number as C++ streams read it: digits alone, and nothing but white space may follow.</summary>
    internal static bool TryStreamedReal<T>(ReadOnlySpan<char> text, out T value)
        where T : IBinaryFloatingPointIeee754<T>
    {
        text = text.Trim();
        value = T.Zero;
        return RealLength(text) == text.Length && TryDecimal(text, out value);
    }

    private static bool TryDecimal<T>(ReadOnlySpan<char> text, out T value)
        where T : IBinaryFloatingPointIeee754<T> =>
        T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value!) && T.IsFinite(value);

    /// <summary>The digits after 0x, with an optional fraction and binary exponent: "1.8p3" is 12.</summary>
    private static bool TryHexadecimal(ReadOnlySpan<char> text, out double value)
    {
        value = 0;
        int digits = 0;
        int fraction = 0;
        bool inFraction = false;
        int i = 0;
        for (; i < text.Length; i++)
        {
            if (char.IsAsciiHexDigit(text[i]))
            {
                value = (value * 16) + Convert.ToInt32(text[i].ToString(), 16);
                digits++;
                fraction += inFraction ? 4 : 0;
            }
            else if (text[i] == '.' && !inFraction)
            {
                inFraction = true;
            }
            else
            {
                break;
            }
        }

        int exponent = 0;
        if (i < text.Length && text[i] is 'p' or 'P')
        {
            ReadOnlySpan<char> rest = text[(i + 1)..];
            int sign = rest.Length > 0 && rest[0] is '+' or '-' ? 1 : 0;
            int length = Math.Min(sign + Digits(rest[sign..]), 6);
            _ = int.TryParse(rest[..length], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent);
        }

        value = Math.ScaleB(value, exponent - fraction);
        return digits > 0;
    }

    private static int RealLength(ReadOnlySpan<char> text)
    {
        int i = text.Length > 0 && text[0] is '+' or '-' ? 1 : 0;
        i += Digits(text[i..]);
        if (i < text.Length && text[i] == '.')
        {
            i++;
            i += Digits(text[i..]);
        }

        if (i < text.Length && text[i] is 'e' or 'E')
        {
            int exponent = i + 1;
            exponent += exponent < text.Length && text[exponent] is '+' or '-' ? 1 : 0;
            int digits = exponent < text.Length ? Digits(text[exponent..]) : 0;
            i = digits > 0 ? exponent + digits : i;
        }

        return i;
    }

    private static int Digits(ReadOnlySpan<char> text)
    {
        int n = text.IndexOfAnyExceptInRange('0', '9');
        return n < 0 ? text.Length : n;
    }

    /// <summary>true, false, 1 or 0 in any letter case.</summary>
    internal static bool TryBoolean(ReadOnlySpan<char> text, out bool value)
    {
        text = text.Trim();
        value = text is "1" || text.Equals("true", StringComparison.OrdinalIgnoreCase);
        return value || text is "0" || text.Equals("false", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>
    /// Splits "(1, 2L)", "[1,2]", "(3,)", "()" or a bare "3" into its items, without white space and, where they are
    /// <paramref name="integers"/> in brackets, a trailing L.
    /// </summary>
    internal static bool TryItems(ReadOnlySpan<char> text, List<string> items, bool integers)
    {
        items.Clear();
        text = text.Trim();
        bool bracketed = text.Length > 0 && text[0] is '(' or '[';
        if (!bracketed)
        {
            items.Add(text.ToString());
            return text.Length > 0 && (char.IsAsciiDigit(text[0]) || text[0] == '-') && !text.Contains(',');
        }

        if (text.Length < 2 || text[^1] is not (')' or ']'))
            return false;
        text = text[1..^1].Trim();
        if (text.IsEmpty)
            return true;
        if (text[^1] == ',')
            text = text[..^1];
        foreach (Range range in text.Split(','))
        {
            ReadOnlySpan<char> item = text[range].Trim();
            if (integers && item.Length > 1 && item[^1] == 'L')
                item = item[..^1].TrimEnd();
            if (item.IsEmpty)
                return false;
            items.Add(item.ToString());
        }

        return true;
    }

    internal static string Format(double value) =>
        double.IsPositiveInfinity(value) ? "inf"
        : double.IsNegativeInfinity(value) ? "-inf"
        : double.IsNaN(value) ? "nan"
        : WithSmallExponent(value.ToString("R", CultureInfo.InvariantCulture));

    internal static string Format(float value) =>
        float.IsFinite(value)
            ? WithSmallExponent(value.ToString("R", CultureInfo.InvariantCulture))
            : Format((double)value);

    /// <summary>C++ writes 1e-10 where .NET writes 1E-10.</summary>
    private static string WithSmallExponent(string number) => number.Replace('E', 'e');

    internal static string Format(long value) => value.ToString(CultureInfo.InvariantCulture);

    internal static string Format<T>(ReadOnlySpan<T> values, Func<T, string> item)
    {
        string[] texts = new string[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            texts[i] = item(values[i]);
        }

        return string.Join(",", texts);
    }
}
