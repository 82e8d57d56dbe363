using System.Globalization;
using System.Text;

namespace CoreEngine.Fuzz;

/// <summary>
/// Damage to text with brackets, such as JSON, that keeps most of its structure: whole values are lost, repeated,
/// exchanged, nested, or replaced by words and numbers at which readers stumble.
/// </summary>
internal sealed class TextMutation
{
    private const int DeepNesting = 20_000;
    private const int LongWord = 70_000;

    private static readonly string[] s_words =
    [
        "0",
        "-0",
        "1",
        "-1",
        "2",
        "64",
        "65",
        "2147483647",
        "2147483648",
        "-2147483649",
        "4294967296",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775809",
        "99999999999999999999999999999999999999",
        "1e309",
        "1e-400",
        "1.5",
        "0x10",
        "NaN",
        "Infinity",
        "true",
        "false",
        "null",
        "None",
        "\"\"",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "\"\\ud83d\\ude00\"",
        "\"1\"",
        "\"-1\"",
        "\"1e999\"",
        "\"None\"",
        "\"(\"",
        "\"()\"",
        "\"(1,2)\"",
        "\"(0,)\"",
        "\"(9999999999999,9999999999999)\"",
        "[]",
        "{}",
        "()",
        "[0,0]",
        "[[0,0,0]]",
        ",",
        ":",
        "\"",
    ];

    private readonly ReadOnlyMemory<byte>[] _words;

    /// <param name="words">Words of the format that may stand in the place of values, such as keys and names.</param>
    public TextMutation(params IEnumerable<string> words) =>
        _words = [.. s_words.Concat(words).Select(word => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(word))];

    /// <summary>Splits a text into strings, words, single marks and white space.</summary>
    public static ReadOnlyMemory<byte>[] Split(ReadOnlyMemory<byte> text)
    {
        var tokens = new List<ReadOnlyMemory<byte>>();
        ReadOnlySpan<byte> bytes = text.Span;
        for (int at = 0; at < bytes.Length; )
        {
            int end = End(bytes, at);
            tokens.Add(text[at..end]);
            at = end;
        }

        return [.. tokens];
    }

    /// <summary>A damaged text from the tokens of a whole one.</summary>
    public byte[] Apply(ReadOnlyMemory<byte>[] tokens, Random random)
    {
        var changed = new List<ReadOnlyMemory<byte>>(tokens);
        for (int i = random.Next(1, 4); i > 0 && changed.Count > 0; i--)
        {
            Once(changed, random);
        }

        byte[] bytes = new byte[changed.Sum(token => token.Length)];
        int at = 0;
        foreach (ReadOnlyMemory<byte> token in changed)
        {
            token.CopyTo(bytes.AsMemory(at));
            at += token.Length;
        }

        return bytes;
    }

    private void Once(List<ReadOnlyMemory<byte>> tokens, Random random)
    {
        int at = Value(tokens, random);
        int length = ValueLength(tokens, at);
        switch (random.Next(10))
        {
            case 0:
                Remove(tokens, at, ItemLength(tokens, at));
                break;
            case 1:
                int item = ItemLength(tokens, at);
                tokens.InsertRange(at, [.. tokens.GetRange(at, item), (byte[])[(byte)',']]);
                break;
            case 2:
                int other = Value(tokens, random);
                List<ReadOnlyMemory<byte>> value = tokens.GetRange(other, ValueLength(tokens, other));
                tokens.RemoveRange(at, length);
                tokens.InsertRange(at, value);
                break;
            case 3 when random.Next(4) == 0:
                tokens.RemoveAt(random.Next(tokens.Count));
                break;
            case 4 when random.Next(8) == 0:
                Nest(tokens, at, length, random);
                break;
            case 5 when random.Next(2) == 0:
                tokens[at] = Disfigure(tokens[at].Span, random);
                break;
            case 6 or 7:
                tokens[at] = Number(tokens[at].Span, random);
                break;
            default:
                tokens.RemoveRange(at, length);
                tokens.Insert(at, _words[random.Next(_words.Length)]);
                break;
        }
    }

    private static void Nest(List<ReadOnlyMemory<byte>> tokens, int at, int length, Random random)
    {
        int depth = random.Next(16) == 0 ? DeepNesting : random.Next(1, 100);
        (string open, string close) = random.Next(2) == 0 ? ("[", "]") : ("{\"a\":", "}");
        tokens.Insert(at + length, Repeated(close, depth));
        tokens.Insert(at, Repeated(open, depth));
    }

    private static byte[] Repeated(string text, int count) =>
        Encoding.UTF8.GetBytes(new StringBuilder(text.Length * count).Insert(0, text, count).ToString());

    /// <summary>A token with one character more, less or longer, inside its quotes if it has some.</summary>
    private static byte[] Disfigure(ReadOnlySpan<byte> token, Random random)
    {
        string text = Encoding.Latin1.GetString(token);
        int at = text.Length > 2 ? random.Next(1, text.Length - 1) : text.Length / 2;
        string inserted = random.Next(9) switch
        {
            0 => "\\u0000",
            1 => "\\",
            2 => "\n",
            3 => "\xFF",
            4 => "é",
            5 when random.Next(16) == 0 => new string('x', LongWord),
            6 => "__",
            7 => "\"",
            _ => ((char)random.Next(32, 127)).ToString(),
        };
        string changed = random.Next(3) == 0 && at < text.Length ? text.Remove(at, 1) : text.Insert(at, inserted);
        return Encoding.Latin1.GetBytes(changed);
    }

    private byte[] Number(ReadOnlySpan<byte> token, Random random)
    {
        bool isQuoted = token.Length > 2 && token[0] == '"';
        string text = Encoding.Latin1.GetString(isQuoted ? token[1..^1] : token);
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long present))
        {
            return _words[random.Next(_words.Length)].ToArray();
        }

        string number = Numbers.Instead(present, random).ToString(CultureInfo.InvariantCulture);
        return Encoding.Latin1.GetBytes(isQuoted ? $"\"{number}\"" : number);
    }

    /// <summary>Where a value begins: any token but white space, if a few tries find one.</summary>
    private static int Value(List<ReadOnlyMemory<byte>> tokens, Random random)
    {
        int at = random.Next(tokens.Count);
        for (
            int tries = 0;
            tries < 4
                && tokens[at].Span
                    is [(byte)' ' or (byte)'\n' or (byte)',' or (byte)':' or (byte)']' or (byte)'}' or (byte)')', ..];
            tries++
        )
        {
            at = random.Next(tokens.Count);
        }

        return at;
    }

    /// <summary>Removes an item together with the comma that set it apart.</summary>
    private static void Remove(List<ReadOnlyMemory<byte>> tokens, int at, int length)
    {
        int after = AfterSpace(tokens, at + length);
        if (after < tokens.Count && tokens[after].Span is [(byte)','])
        {
            length = after + 1 - at;
        }
        else if (at > 0 && tokens[at - 1].Span is [(byte)','])
        {
            at--;
            length++;
        }

        tokens.RemoveRange(at, length);
    }

    /// <summary>The tokens of the value that begins here, or of key and value when a key does.</summary>
    private static int ItemLength(List<ReadOnlyMemory<byte>> tokens, int at)
    {
        int length = ValueLength(tokens, at);
        int colon = AfterSpace(tokens, at + length);
        int value = AfterSpace(tokens, colon + 1);
        return value < tokens.Count && tokens[colon].Span is [(byte)':']
            ? value + ValueLength(tokens, value) - at
            : length;
    }

    private static int AfterSpace(List<ReadOnlyMemory<byte>> tokens, int at) =>
        at < tokens.Count && (tokens[at].IsEmpty || IsSpace(tokens[at].Span[0])) ? at + 1 : at;

    /// <summary>The tokens of the value that begins here: up to the closing bracket when it is an opening one.</summary>
    private static int ValueLength(List<ReadOnlyMemory<byte>> tokens, int at)
    {
        int depth = 0;
        for (int i = at; i < tokens.Count; i++)
        {
            depth += tokens[i].Span switch
            {
                [(byte)'[' or (byte)'{' or (byte)'('] => 1,
                [(byte)']' or (byte)'}' or (byte)')'] => -1,
                _ => 0,
            };
            if (depth <= 0)
            {
                return i - at + 1;
            }
        }

        return 1;
    }

    private static int End(ReadOnlySpan<byte> bytes, int at)
    {
        byte first = bytes[at];
        int end = at + 1;
        if (first is (byte)'"' or (byte)'\'')
        {
            while (end < bytes.Length && bytes[end] != first)
            {
                end += bytes[end] == '\\' ? 2 : 1;
            }

            return Math.Min(end + 1, bytes.Length);
        }

        bool isWord = IsWord(first);
        bool isSpace = IsSpace(first);
        while (end < bytes.Length && ((isWord && IsWord(bytes[end])) || (isSpace && IsSpace(bytes[end]))))
        {
            end++;
        }

        return end;
    }

    private static bool IsWord(byte value) =>
        char.IsAsciiLetterOrDigit((char)value) || value is (byte)'_' or (byte)'.' or (byte)'-' or (byte)'+';

    private static bool IsSpace(byte value) => value is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t';
}
