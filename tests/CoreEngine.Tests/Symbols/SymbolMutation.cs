using System.Text;
using System.Text.RegularExpressions;

namespace CoreEngine.Tests.Symbols;

/// <summary>Damages symbol JSON so that much of it stays JSON: numbers and strings change places or take odd values.</summary>
internal static partial class SymbolMutation
{
    private static readonly string[] s_numbers =
    [
        "-1",
        "0",
        "1",
        "2",
        "1000000",
        "2147483647",
        "-2147483648",
        "4294967296",
        "1e9",
    ];

    internal static byte[] Damage(byte[][] samples, int seed)
    {
        var random = new Random(seed);
        byte[] bytes = samples[random.Next(samples.Length)];
        if (random.Next(4) == 0)
            return FlipBytes(bytes, random);
        string text = Encoding.UTF8.GetString(bytes);
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            text = random.Next(2) == 0 ? Replace(Number(), text, random, s_numbers) : Swap(text, random);
        }

        return Encoding.UTF8.GetBytes(text);
    }

    /// <summary>What a caller may do with whatever a reader lets through.</summary>
    internal static void Try(byte[] json)
    {
        var symbol = Symbol.FromJson(json, "mutation");
        string written = symbol.ToJson();
        Assert.AreEqual(written, Symbol.FromJson(written).ToJson());
        _ = symbol.ListArguments();
        _ = symbol.ListAuxiliaryStates();
        _ = symbol.ListOutputs();
        _ = symbol.ListAllAttributes();
        _ = symbol.Internals().ListOutputs();
    }

    private static byte[] FlipBytes(byte[] bytes, Random random)
    {
        byte[] flipped = [.. bytes];
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
        }

        return random.Next(4) == 0 ? flipped[..random.Next(flipped.Length)] : flipped;
    }

    private static string Swap(string text, Random random)
    {
        MatchCollection strings = Quoted().Matches(text);
        return Replace(Quoted(), text, random, [strings[random.Next(strings.Count)].Value]);
    }

    private static string Replace(Regex what, string text, Random random, string[] by)
    {
        MatchCollection found = what.Matches(text);
        Match one = found[random.Next(found.Count)];
        return text[..one.Index] + by[random.Next(by.Length)] + text[(one.Index + one.Length)..];
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Number();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Quoted();
}
