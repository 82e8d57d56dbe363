using System.Globalization;
using CoreEngine.Operators;

namespace CoreEngine.Fuzz;

/// <summary>Draws texts for an attribute from the description of its parameter: right, borderline and absurd ones.</summary>
internal static class ParameterDraw
{
    private static readonly string[] s_absurd =
    [
        "",
        " ",
        "None",
        "abc",
        "nan",
        "inf",
        "-inf",
        "1e40",
        "1e-320",
        "2147483647",
        "2147483648",
        "-2147483648",
        "-2147483649",
        "1000000000",
        "4294967295",
        "4294967296",
        "9223372036854775807",
        "-9223372036854775808",
        "99999999999999999999",
        "0x10",
        "1.5",
        "3L",
        "(",
        "()",
        "[]",
        "(,)",
        "(1000000000,1000000000)",
        "(1000000000,1000000000,1000000000)",
        "(4294967296,4294967296)",
        "(2147483647,)",
        "(9223372036854775807,2)",
        "(-9223372036854775808,)",
        "(0,0,0,0)",
        "(-1,-1)",
        "(None,None)",
        "(1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1)",
        "True",
        "False",
    ];

    private static readonly string[] s_reals =
    [
        "0",
        "1",
        "-1",
        "0.5",
        "1e-5",
        "2.5",
        "-0.1",
        "100",
        "1e30",
        "nan",
        "inf",
    ];

    /// <summary>A text for one parameter.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="random">Decides.</param>
    public static string Text(ParameterInfo parameter, Random random)
    {
        if (random.Next(12) == 0)
        {
            return s_absurd[random.Next(s_absurd.Length)];
        }

        string type = parameter.TypeText;
        if (type.StartsWith('{'))
        {
            string[] choices = type[1..type.IndexOf('}')].Split(',', StringSplitOptions.TrimEntries);
            return choices[random.Next(choices.Length)].Trim('\'');
        }

        if (type.StartsWith("Shape", StringComparison.Ordinal))
        {
            return Tuple(random, () => Whole(random));
        }

        if (type.StartsWith("tuple", StringComparison.Ordinal))
        {
            return Tuple(random, () => Real(random));
        }

        if (type.StartsWith("boolean", StringComparison.Ordinal))
        {
            return random.Next(2) == 0 ? "True" : "0";
        }

        if (type.StartsWith("string", StringComparison.Ordinal))
        {
            return random.Next(3) == 0 ? "cpu(0)" : "tanh";
        }

        if (type.StartsWith("int", StringComparison.Ordinal) || type.StartsWith("long", StringComparison.Ordinal))
        {
            return type.Contains("None", StringComparison.Ordinal) && random.Next(3) == 0 ? "None" : Whole(random);
        }

        return Real(random);
    }

    /// <summary>Another text in the place of one: a number of it changes, or all of it.</summary>
    public static string Instead(string text, ParameterInfo? parameter, Random random)
    {
        int digit = text.AsSpan().IndexOfAnyInRange('0', '9');
        if (parameter is not null && (digit < 0 || random.Next(2) == 0))
        {
            return Text(parameter, random);
        }

        // Any run of digits, not only the first.
        int from = random.Next(text.Length + 1);
        int next = text.AsSpan(from).IndexOfAnyInRange('0', '9');
        digit = next < 0 ? digit : from + next;
        if (digit < 0)
        {
            return s_absurd[random.Next(s_absurd.Length)];
        }

        while (digit > 0 && char.IsAsciiDigit(text[digit - 1]))
        {
            digit--;
        }

        int end = digit;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        _ = long.TryParse(
            text.AsSpan(digit, end - digit),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out long now
        );
        return text[..digit] + Numbers.Instead(now, random).ToString(CultureInfo.InvariantCulture) + text[end..];
    }

    private static string Tuple(Random random, Func<string> item)
    {
        string[] items = new string[
            random.Next(8) switch
            {
                0 => 0,
                1 => 1,
                2 => 3,
                3 => 4,
                4 => 5,
                _ => 2,
            }
        ];
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = item();
        }

        return items.Length == 1 ? $"({items[0]},)" : $"({string.Join(',', items)})";
    }

    private static string Whole(Random random) =>
        (
            random.Next(20) == 0 ? Numbers.Instead(1, random)
            : random.Next(10) == 0 ? random.Next(-5, 300)
            : random.Next(-2, 6)
        ).ToString(CultureInfo.InvariantCulture);

    private static string Real(Random random) => s_reals[random.Next(s_reals.Length)];
}
