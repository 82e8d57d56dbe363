using System.Globalization;
using System.Text.Json;

namespace CoreEngine.Optimizers;

/// <summary>One object of a description. Members that nobody asked for are refused at the end.</summary>
/// <remarks>
/// Read from the parsed text, not through generated types: which members there may be depends on the name that one of
/// them holds.
/// </remarks>
internal sealed class DescriptionObject
{
    // An optimizer, its schedule, the schedule's steps: deeper text is no description.
    internal static readonly JsonDocumentOptions Options = new() { MaxDepth = 4, AllowDuplicateProperties = false };

    private readonly string _what;
    private readonly JsonElement _json;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>An object.</summary>
    /// <param name="what">What errors call it.</param>
    /// <param name="json">The object.</param>
    internal DescriptionObject(string what, JsonElement json)
    {
        _what = what;
        _json = json;
        if (json.ValueKind != JsonValueKind.Object)
            throw Wrong("is", json, "a JSON object");
    }

    /// <summary>True when the member is there, null or not.</summary>
    internal bool Has(string name) => Find(name, out _);

    internal string Text(string name) =>
        Find(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw Wrong($"has '{name}'", value, "a text");

    /// <summary>A number; null when the member is absent or null.</summary>
    internal double? OptionalNumber(string name) => IsGiven(name, out JsonElement value) ? Number(name, value) : null;

    internal double Number(string name) =>
        OptionalNumber(name) ?? throw Wrong($"has '{name}'", default, "a number; it has no default");

    internal long? OptionalInteger(string name) => IsGiven(name, out JsonElement value) ? Integer(name, value) : null;

    internal long Integer(string name) =>
        OptionalInteger(name) ?? throw Wrong($"has '{name}'", default, "a whole number; it has no default");

    internal bool? Flag(string name) =>
        !IsGiven(name, out JsonElement value) ? null
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : throw Wrong($"has '{name}'", value, "true or false");

    internal long[] Integers(string name) =>
        Find(name, out JsonElement value) && value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(item => Integer(name, item))]
            : throw Wrong($"has '{name}'", value, "a list of whole numbers");

    /// <summary>A member that is an object; null when it is absent or null.</summary>
    internal DescriptionObject? Child(string name) =>
        IsGiven(name, out JsonElement value) ? new DescriptionObject($"'{name}'", value) : null;

    /// <summary>All members, which must be numbers.</summary>
    internal Dictionary<string, double> AllNumbers() =>
        _json.EnumerateObject().ToDictionary(member => member.Name, member => Number(member.Name, member.Value));

    /// <summary>All members, which must be texts under whole numbers.</summary>
    internal Dictionary<int, string> AllNames()
    {
        var names = new Dictionary<int, string>();
        foreach (JsonProperty member in _json.EnumerateObject())
        {
            bool isKey = int.TryParse(
                member.Name,
                NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture,
                out int key
            );
            if (!isKey || member.Value.ValueKind != JsonValueKind.String || !names.TryAdd(key, Text(member.Name)))
                throw Wrong($"has '{member.Name}'", member.Value, "a name under a number that is there once");
        }

        return names;
    }

    internal void RefuseOthers()
    {
        foreach (JsonProperty member in _json.EnumerateObject())
        {
            if (!_known.Contains(member.Name))
            {
                throw new OptimizerDescriptionException(
                    $"{_what} has no '{member.Name}'; it has {string.Join(", ", _known.Order(StringComparer.Ordinal))}."
                );
            }
        }
    }

    private bool IsGiven(string name, out JsonElement value) =>
        Find(name, out value) && value.ValueKind != JsonValueKind.Null;

    private bool Find(string name, out JsonElement value)
    {
        _known.Add(name);
        return _json.TryGetProperty(name, out value);
    }

    private double Number(string name, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number)
            ? number
            : throw Wrong($"has '{name}'", value, "a finite number");

    private long Integer(string name, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number)
            ? number
            : throw Wrong($"has '{name}'", value, "a whole number of 64 bits");

    private OptimizerDescriptionException Wrong(string where, JsonElement value, string expected)
    {
        string text = value.ValueKind == JsonValueKind.Undefined ? "nothing" : value.GetRawText();
        const int most = 60;
        string shown = text.Length > most ? text[..most] + " ..." : text;
        return new OptimizerDescriptionException($"{_what} {where}: {shown}, where {expected} is expected.");
    }
}
