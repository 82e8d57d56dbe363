using System.Runtime.InteropServices;
using System.Text;
using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <summary>Reads texts that C gives: UTF-8 with a zero at the end.</summary>
internal static unsafe class Text
{
    private static readonly UTF8Encoding s_strict = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    /// <summary>A text that must be there.</summary>
    internal static string Read(byte* text, string argument) =>
        Optional(text, argument) ?? throw new EngineException($"'{argument}' is NULL; give a text.");

    /// <summary>A text; null for NULL.</summary>
    internal static string? Optional(byte* text, string argument)
    {
        if (text is null)
            return null;
        try
        {
            return s_strict.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));
        }
        catch (DecoderFallbackException)
        {
            throw new EngineException($"'{argument}' is not valid UTF-8.");
        }
    }

    /// <summary>Several texts.</summary>
    internal static string[] ReadAll(byte** texts, long count, string argument)
    {
        Pointers.Span((nint*)texts, count, argument);
        string[] values = new string[count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] =
                Optional(texts[i], argument) ?? throw new EngineException($"'{argument}[{i}]' is NULL; give a text.");
        }

        return values;
    }

    /// <summary>Attributes; of a key that is given twice, the first value counts.</summary>
    internal static Dictionary<string, string> Attributes(byte** keys, byte** values, long count)
    {
        string[] names = ReadAll(keys, count, nameof(keys));
        string[] texts = ReadAll(values, count, nameof(values));
        var attributes = new Dictionary<string, string>(names.Length, StringComparer.Ordinal);
        for (int i = 0; i < names.Length; i++)
        {
            attributes.TryAdd(names[i], texts[i]);
        }

        return attributes;
    }
}
