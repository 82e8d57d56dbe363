using System.Numerics;
using System.Runtime.CompilerServices;

namespace CoreEngine.Operators;

/// <summary>
/// The one reader of operator attributes. <see cref="IParameters.Read"/> names each parameter once; this class
/// parses it from text, describes it, or writes it back as text.
/// </summary>
/// <remarks>
/// Text forms are those of MXNet 1.x: integers take no suffix or fraction, reals are read like C's strtod, booleans are
/// true/false/1/0 in any case, tuples are "(1, 2)", "[1,2]", "(1,)", "(1L, 2L)" or a bare number. An empty tuple leaves
/// the default as it is. Where None is possible, whole numbers may end in L, and reals are digits alone.
/// </remarks>
public abstract class AttributeReader
{
    private readonly List<string> _items = [];

    private protected AttributeReader() { }

    /// <summary>
    /// One parameter: <paramref name="type"/> is its type's name, <paramref name="value"/> the text of what the field
    /// holds now, <paramref name="quoted"/> whether a described default stands in quotes.
    /// </summary>
    /// <returns>The text to parse into the field, or null to leave the field as it is.</returns>
    private protected abstract string? Next(string name, string type, string value, bool required, bool quoted);

    private protected abstract AttributeException Bad(string name, string text, string expected);

    /// <summary>
    /// A choice. Among the choices of a parameter that may be unset, None stands without quotes; where it is a choice like
    /// the others, <paramref name="quotesNone"/> gives it quotes.
    /// </summary>
    private protected virtual string? NextEnum(
        string name,
        string[] choices,
        string value,
        bool required,
        bool quotesNone = false
    )
    {
        string type = "{" + string.Join(", ", choices.Order(StringComparer.Ordinal).Select(c => $"'{c}'")) + "}";
        return Next(name, type, value, required, quoted: true);
    }

    /// <summary>A required whole number.</summary>
    public void Required(string name, ref int value) => Integer(name, ref value, required: true);

    /// <summary>A whole number with a default.</summary>
    public void Optional(string name, ref int value) => Integer(name, ref value, required: false);

    private void Integer(string name, ref int value, bool required)
    {
        if (Next(name, "int", AttributeText.Format(value), required, quoted: true) is { } text)
            value = ParseInt(name, text);
    }

    /// <summary>A required whole number of 64 bits: an extent or a place. It is described as any whole number.</summary>
    public void Required(string name, ref long value) => Integer(name, ref value, required: true);

    private void Integer(string name, ref long value, bool required)
    {
        if (Next(name, "int", AttributeText.Format(value), required, quoted: true) is { } text)
            value = ParseLong(name, text);
    }

    /// <summary>A required whole number of 64 bits, or None for "not set". It is described as any whole number.</summary>
    public void Required(string name, ref long? value)
    {
        string now = value is { } number ? AttributeText.Format(number) : "None";
        if (Next(name, "int or None", now, required: true, quoted: true) is { } text)
            value = IsNone(text) ? null : ParseLong(name, WithoutSuffix(text));
    }

    /// <summary>A required whole number that descriptions leave out, since code generators fill it in themselves.</summary>
    public void Undescribed(string name, ref int value)
    {
        if (!IsDescribing)
            Integer(name, ref value, required: true);
    }

    private protected virtual bool IsDescribing => false;

    /// <summary>A required whole number that is not negative.</summary>
    public void Required(string name, ref uint value) => Unsigned(name, ref value, required: true);

    /// <summary>A whole number that is not negative, with a default.</summary>
    public void Optional(string name, ref uint value) => Unsigned(name, ref value, required: false);

    private void Unsigned(string name, ref uint value, bool required)
    {
        const string Type = "int (non-negative)";
        if (Next(name, Type, AttributeText.Format(value), required, quoted: false) is not { } text)
            return;
        value =
            AttributeText.TryInteger(text, out long number) && number is >= 0 and <= uint.MaxValue
                ? (uint)number
                : throw Bad(name, text, "a whole number from 0 to 4294967295");
    }

    /// <summary>A 64-bit whole number that is not negative, with a default.</summary>
    public void Optional(string name, ref ulong value)
    {
        const string Type = "long (non-negative)";
        if (Next(name, Type, value.ToString((IFormatProvider?)null), required: false, quoted: false) is not { } text)
            return;
        value =
            AttributeText.TryInteger(text, out long number) && number >= 0
                ? (ulong)number
                : throw Bad(name, text, "a whole number that is not negative");
    }

    /// <summary>A whole number, or None for "not set", with a default.</summary>
    public void Optional(string name, ref int? value) => OptionalInteger(name, ref value, required: false);

    /// <summary>A required whole number, or None for "not set".</summary>
    public void Required(string name, ref int? value) => OptionalInteger(name, ref value, required: true);

    private void OptionalInteger(string name, ref int? value, bool required)
    {
        string now = value is { } number ? AttributeText.Format(number) : "None";
        if (Next(name, "int or None", now, required, quoted: true) is { } text)
            value = IsNone(text) ? null : ParseInt(name, WithoutSuffix(text));
    }

    /// <summary>A required real number.</summary>
    public void Required(string name, ref float value) => Real(name, ref value, required: true);

    /// <summary>A real number with a default.</summary>
    public void Optional(string name, ref float value) => Real(name, ref value, required: false);

    private void Real(string name, ref float value, bool required)
    {
        if (Next(name, "float", AttributeText.Format(value), required, quoted: false) is { } text)
            value = ParseReal<float>(name, text);
    }

    /// <summary>A required double-precision number.</summary>
    public void Required(string name, ref double value) => Real(name, ref value, required: true);

    /// <summary>A double-precision number with a default.</summary>
    public void Optional(string name, ref double value) => Real(name, ref value, required: false);

    private void Real(string name, ref double value, bool required)
    {
        if (Next(name, "double", AttributeText.Format(value), required, quoted: false) is { } text)
            value = ParseReal<double>(name, text);
    }

    /// <summary>A double-precision number, or None for "not set", with a default.</summary>
    public void Optional(string name, ref double? value)
    {
        string now = value is { } number ? AttributeText.Format(number) : "None";
        if (Next(name, "double or None", now, required: false, quoted: false) is { } text)
            value = IsNone(text) ? null : ParseStreamed<double>(name, text);
    }

    /// <summary>true or false, with a default.</summary>
    public void Optional(string name, ref bool value)
    {
        if (Next(name, "boolean", value ? "1" : "0", required: false, quoted: false) is { } text)
            value = AttributeText.TryBoolean(text, out bool flag) ? flag : throw Bad(name, text, "true, false, 1 or 0");
    }

    /// <summary>A required text.</summary>
    public void Required(string name, ref string value) =>
        value = Next(name, "string", value, required: true, quoted: true) ?? value;

    /// <summary>Any text, with a default.</summary>
    public void Optional(string name, ref string value)
    {
        if (Next(name, "string", value, required: false, quoted: true) is { } text)
            value = text;
    }

    /// <summary>A required tuple of whole numbers.</summary>
    public void Required(string name, ref long[] value) => Tuple(name, ref value, required: true);

    /// <summary>A tuple of whole numbers with a default.</summary>
    public void Optional(string name, ref long[] value) => Tuple(name, ref value, required: false);

    private void Tuple(string name, ref long[] value, bool required)
    {
        if (NextTuple<long>(name, "Shape(tuple)", value, AttributeText.Format, required) is { } items)
            value = items.ConvertAll(item => ParseLong(name, item)).ToArray();
    }

    /// <summary>A required tuple of whole numbers in which None stands for "not set".</summary>
    public void Required(string name, ref long?[] value) => Tuple(name, ref value, required: true);

    /// <summary>A tuple of whole numbers in which None stands for "not set", with a default.</summary>
    public void Optional(string name, ref long?[] value) => Tuple(name, ref value, required: false);

    private void Tuple(string name, ref long?[] value, bool required)
    {
        static string Item(long? item) => item is { } number ? AttributeText.Format(number) : "None";
        if (NextTuple<long?>(name, "Shape(tuple)", value, Item, required) is { } items)
            value = items.ConvertAll(item => IsNone(item) ? null : (long?)ParseLong(name, item)).ToArray();
    }

    /// <summary>A tuple of real numbers with a default.</summary>
    public void Optional(string name, ref float[] value)
    {
        if (NextTuple<float>(name, "tuple of <float>", value, AttributeText.Format, required: false) is { } items)
            value = items.ConvertAll(item => ParseStreamed<float>(name, item)).ToArray();
    }

    /// <summary>A tuple of double-precision numbers with a default.</summary>
    public void Optional(string name, ref double[] value)
    {
        if (NextTuple<double>(name, "tuple of <double>", value, AttributeText.Format, required: false) is { } items)
            value = items.ConvertAll(item => ParseStreamed<double>(name, item)).ToArray();
    }

    /// <summary>A required choice: the field gets the place of the text in <paramref name="choices"/>.</summary>
    /// <typeparam name="T">An enumeration whose values number the choices from 0.</typeparam>
    public void Required<T>(string name, ref T value, params string[] choices)
        where T : unmanaged, Enum => Choice(name, ref value, choices, required: true);

    /// <summary>A choice with a default: the field gets the place of the text in <paramref name="choices"/>.</summary>
    /// <typeparam name="T">An enumeration whose values number the choices from 0.</typeparam>
    public void Optional<T>(string name, ref T value, params string[] choices)
        where T : unmanaged, Enum => Choice(name, ref value, choices, required: false);

    private void Choice<T>(string name, ref T value, string[] choices, bool required)
        where T : unmanaged, Enum
    {
        string now = choices[Unsafe.BitCast<T, int>(value)];
        if (NextEnum(name, choices, now, required) is not { } text)
            return;
        int index = Array.IndexOf(choices, text);
        value =
            index >= 0 ? Unsafe.BitCast<int, T>(index) : throw Bad(name, text, "one of " + string.Join(", ", choices));
    }

    /// <summary>
    /// An element type, required or with a default. It is described with the choices of MXNet 1.0.0 (and
    /// <paramref name="extra"/>), but every type is accepted.
    /// </summary>
    public void DType(string name, ref DType value, bool required, params DType[] extra) =>
        DTypeAmong(
            name,
            ref value,
            required,
            [
                CoreEngine.DType.Float16,
                CoreEngine.DType.Float32,
                CoreEngine.DType.Float64,
                CoreEngine.DType.Int32,
                CoreEngine.DType.UInt8,
                .. extra,
            ]
        );

    /// <summary>
    /// An element type, required or with a default. It is described with these choices, but every type is accepted, and
    /// None where it is among them.
    /// </summary>
    public void DTypeAmong(string name, ref DType value, bool required, params DType[] choices)
    {
        string[] names = Array.ConvertAll(choices, d => d.Name());
        if (NextEnum(name, names, value.Name(), required, quotesNone: true) is not { } text)
            return;
        if (text == "None" && choices.Contains(CoreEngine.DType.None))
            value = CoreEngine.DType.None;
        else if (DTypes.TryParse(text, out DType dtype))
            value = dtype;
        else
            throw Bad(name, text, "an element type such as float32");
    }

    /// <summary>
    /// The number that a scalar operator is called with. It is described as a bare type and, as in MXNet, a missing one
    /// counts as 0.
    /// </summary>
    public void Scalar(string name, ref double value, string type = "float")
    {
        if (NextBare(name, type, AttributeText.Format(value)) is { } text)
            value = ParseReal<double>(name, text);
    }

    /// <summary>A text that is described as a bare type, without a default.</summary>
    public void BareText(string name, ref string value) => value = NextBare(name, "string", value) ?? value;

    /// <summary>
    /// All attributes that are not parameters named before: those of operators that users define. Attributes of the form
    /// <c>__key__</c> are not among them.
    /// </summary>
    public virtual void Others(ref IReadOnlyDictionary<string, string> value) { }

    private protected abstract string? NextBare(string name, string type, string value);

    /// <summary>Refuses a value that was read but lies outside what the operator allows.</summary>
    /// <param name="condition">What must hold.</param>
    /// <param name="name">The attribute's name.</param>
    /// <param name="value">Its value, for the message.</param>
    /// <param name="expected">What would be right, for the message.</param>
    public void Check(bool condition, string name, object? value, string expected)
    {
        if (!condition && IsParsing)
            throw Bad(name, value?.ToString() ?? "None", expected);
    }

    private protected virtual bool IsParsing => false;

    private List<string>? NextTuple<T>(string name, string type, T[] value, Func<T, string> format, bool required)
    {
        string now = TupleText(AttributeText.Format<T>(value, format), value.Length);
        if (Next(name, type, now, required, quoted: false) is not { } text)
            return null;
        bool integers = typeof(T) == typeof(long) || typeof(T) == typeof(long?);
        if (!AttributeText.TryItems(text, _items, integers))
            throw Bad(name, text, "a tuple such as (2, 2)");
        return _items.Count > 0 ? _items : null;
    }

    private protected abstract string TupleText(string items, int count);

    private static bool IsNone(string text) => text.AsSpan().Trim() is "None";

    private int ParseInt(string name, string text) =>
        AttributeText.TryInteger(text, out long number) && number is >= int.MinValue and <= int.MaxValue
            ? (int)number
            : throw Bad(name, text, "a whole number of 32 bits");

    private long ParseLong(string name, string text) =>
        AttributeText.TryInteger(text, out long number) ? number : throw Bad(name, text, "whole numbers");

    private T ParseReal<T>(string name, string text)
        where T : IBinaryFloatingPointIeee754<T> =>
        AttributeText.TryReal(text, out T number) ? number : throw Bad(name, text, "a number of its type");

    private T ParseStreamed<T>(string name, string text)
        where T : IBinaryFloatingPointIeee754<T> =>
        AttributeText.TryStreamedReal(text, out T number) ? number : throw Bad(name, text, "a finite number");

    private static string WithoutSuffix(string text) =>
        text.AsSpan().TrimEnd() is [.., >= '0' and <= '9', 'L'] number ? number[..^1].ToString() : text;
}
