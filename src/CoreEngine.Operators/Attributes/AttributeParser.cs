namespace CoreEngine.Operators;

/// <summary>Fills parameters from string attributes.</summary>
internal sealed class AttributeParser(string operatorName, IReadOnlyDictionary<string, string> attributes)
    : AttributeReader
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private bool _toleratesUnknown;

    private protected override bool IsParsing => true;

    /// <summary>Parses all attributes and refuses unknown ones (keys of the form <c>__x__</c> are always allowed).</summary>
    /// <remarks>MXNet reads parameters that are described as bare types by hand and looks at nothing else.</remarks>
    internal void Parse(IParameters parameters)
    {
        parameters.Read(this);
        if (_toleratesUnknown)
            return;
        foreach (string key in attributes.Keys)
        {
            if (!_known.Contains(key) && !IsHidden(key))
            {
                throw new AttributeException(
                    operatorName,
                    key,
                    $"unknown attribute '{key}' = '{attributes[key]}'. It has: {string.Join(", ", _known)}. "
                        + $"Given: {Given()}."
                );
            }
        }
    }

    public override void Others(ref IReadOnlyDictionary<string, string> value)
    {
        var others = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string key, string text) in attributes)
        {
            if (!IsHidden(key) && _known.Add(key))
                others.Add(key, text);
        }

        value = others;
    }

    private static bool IsHidden(string key) =>
        key.Length > 4
        && key.StartsWith("__", StringComparison.Ordinal)
        && key.EndsWith("__", StringComparison.Ordinal);

    private protected override string? Next(string name, string type, string value, bool required, bool quoted)
    {
        _known.Add(name);
        if (attributes.TryGetValue(name, out string? text))
            return text;
        if (required)
        {
            throw new AttributeException(
                operatorName,
                name,
                $"the attribute '{name}' ({type}) is required. Given: {Given()}."
            );
        }

        return null;
    }

    private protected override string? NextBare(string name, string type, string value)
    {
        _toleratesUnknown = true;
        return Next(name, type, value, required: false, quoted: false);
    }

    private protected override AttributeException Bad(string name, string text, string expected) =>
        new(operatorName, name, $"the attribute '{name}' = '{text}' is not {expected}. Given: {Given()}.");

    // Parsing never needs the text of the current value.
    private protected override string TupleText(string items, int count) => "";

    private string Given() =>
        attributes.Count == 0 ? "nothing" : string.Join(", ", attributes.Select(pair => $"{pair.Key}={pair.Value}"));
}
