using System.Buffers;
using System.Globalization;
using System.Text;
using CoreEngine.Files;

namespace CoreEngine;

/// <summary>
/// Walks through JSON text from front to back. Not System.Text.Json: MXNet writes control characters into strings as
/// they are, which JSON forbids and its reader refuses.
/// </summary>
/// <remarks>
/// Nothing here recurses deeper than <see cref="MaxDepth"/>, and nothing is allocated but strings that are in the text.
/// </remarks>
internal ref struct JsonScanner(ReadOnlySpan<byte> text, string source)
{
    // Symbol files are five levels deep; subgraphs and unknown values may add a few.
    private const int MaxDepth = 64;

    // What numbers, true, false and null consist of.
    private static readonly SearchValues<byte> s_plain = SearchValues.Create("+-.0123456789Eaeflnrstu"u8);

    private static readonly UTF8Encoding s_strict = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    private readonly ReadOnlySpan<byte> _text = text;
    private int _position;

    /// <summary>Begins an object; <see cref="NextKey"/> then goes through it.</summary>
    internal void BeginObject() => Expect((byte)'{', "an object");

    /// <summary>Goes to the next value of an object.</summary>
    /// <param name="isFirst">True before the first one; this sets it to false.</param>
    /// <param name="key">The value's key.</param>
    /// <returns>False at the object's end.</returns>
    internal bool NextKey(ref bool isFirst, out string key)
    {
        key = "";
        if (!Next(ref isFirst, (byte)'}', "the object"))
            return false;
        key = ReadString();
        Expect((byte)':', "':' after a key");
        return true;
    }

    /// <summary>Begins an array; <see cref="NextItem"/> then goes through it.</summary>
    internal void BeginArray() => Expect((byte)'[', "an array");

    /// <summary>Goes to the next value of an array.</summary>
    /// <param name="isFirst">True before the first one; this sets it to false.</param>
    /// <returns>False at the array's end.</returns>
    internal bool NextItem(ref bool isFirst) => Next(ref isFirst, (byte)']', "the array");

    /// <summary>A whole number of 32 bits.</summary>
    internal int ReadInteger()
    {
        int start = SkipWhiteSpace();
        int end = start;
        while (end < _text.Length && _text[end] is (>= (byte)'0' and <= (byte)'9') or (byte)'-')
        {
            end++;
        }

        if (
            !int.TryParse(_text[start..end], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
        )
            throw Error("a whole number of 32 bits is expected here");
        _position = end;
        return value;
    }

    /// <summary>A string.</summary>
    internal string ReadString()
    {
        Expect((byte)'"', "a string");
        int start = _position;
        int length = _text[start..].IndexOfAny((byte)'"', (byte)'\\');
        if (length >= 0 && _text[start + length] == '"')
        {
            _position = start + length + 1;
            return Decode(_text.Slice(start, length));
        }

        var value = new StringBuilder();
        while (true)
        {
            length = _text[_position..].IndexOfAny((byte)'"', (byte)'\\');
            if (length < 0)
            {
                _position = start;
                throw Error("the string that begins here has no end");
            }

            value.Append(Decode(_text.Slice(_position, length)));
            _position += length + 1;
            if (_text[_position - 1] == '"')
                return RequireUnicode(value.ToString());
            value.Append(ReadEscape());
        }
    }

    /// <summary>Passes over a value of any kind.</summary>
    internal void Skip() => Skip(depth: 0);

    /// <summary>Checks that nothing but white space follows.</summary>
    internal void End()
    {
        if (SkipWhiteSpace() < _text.Length)
            throw Error("the text goes on after its end");
    }

    /// <summary>An error at the place where the scanner is.</summary>
    internal readonly FileFormatException Error(string problem, Exception? inner = null) =>
        new(source, _position, problem, inner);

    private void Skip(int depth)
    {
        if (depth > MaxDepth)
            throw Error($"values are nested deeper than {MaxDepth} levels");
        bool isFirst = true;
        switch (SkipWhiteSpace() < _text.Length ? _text[_position] : 0)
        {
            case (byte)'{':
                BeginObject();
                while (NextKey(ref isFirst, out _))
                {
                    Skip(depth + 1);
                }

                break;
            case (byte)'[':
                BeginArray();
                while (NextItem(ref isFirst))
                {
                    Skip(depth + 1);
                }

                break;
            case (byte)'"':
                ReadString();
                break;
            default:
                int length = _text[_position..].IndexOfAnyExcept(s_plain);
                length = length < 0 ? _text.Length - _position : length;
                if (length == 0)
                    throw Error("a value is expected here");
                _position += length;
                break;
        }
    }

    private bool Next(ref bool isFirst, byte end, string what)
    {
        if (SkipWhiteSpace() < _text.Length && _text[_position] == end)
        {
            _position++;
            return false;
        }

        if (!isFirst)
            Expect((byte)',', $"',' or the end of {what}");
        isFirst = false;
        return true;
    }

    private void Expect(byte expected, string what)
    {
        if (SkipWhiteSpace() >= _text.Length || _text[_position] != expected)
            throw Error($"{what} is expected here{(_position >= _text.Length ? ", but the text ends" : "")}");
        _position++;
    }

    private int SkipWhiteSpace()
    {
        while (_position < _text.Length && _text[_position] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            _position++;
        }

        return _position;
    }

    private char ReadEscape()
    {
        int kind = _position < _text.Length ? _text[_position++] : 0;
        switch (kind)
        {
            case '"' or '\\' or '/':
                return (char)kind;
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'u':
                ReadOnlySpan<byte> digits = _text[_position..Math.Min(_position + 4, _text.Length)];
                if (
                    digits.Length < 4
                    || !ushort.TryParse(
                        digits,
                        NumberStyles.AllowHexSpecifier,
                        CultureInfo.InvariantCulture,
                        out ushort code
                    )
                )
                {
                    throw Error("four hexadecimal digits are expected here");
                }

                _position += 4;
                return (char)code;
            default:
                throw Error("there is no such escape in a string");
        }
    }

    /// <summary>Escapes can spell halves of characters, which no file could hold when the string is written again.</summary>
    private readonly string RequireUnicode(string text)
    {
        try
        {
            _ = s_strict.GetByteCount(text);
            return text;
        }
        catch (EncoderFallbackException error)
        {
            throw Error("a string has escapes that make no valid Unicode", error);
        }
    }

    private readonly string Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return s_strict.GetString(bytes);
        }
        catch (DecoderFallbackException error)
        {
            throw Error("a string is not UTF-8", error);
        }
    }
}
