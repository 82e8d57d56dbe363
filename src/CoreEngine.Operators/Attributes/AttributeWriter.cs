namespace CoreEngine.Operators;

/// <summary>Writes parameters as the string attributes that symbol files hold.</summary>
internal sealed class AttributeWriter : AttributeReader
{
    private readonly Dictionary<string, string> _attributes = new(StringComparer.Ordinal);

    internal static Dictionary<string, string> Write(IParameters parameters)
    {
        var writer = new AttributeWriter();
        parameters.Read(writer);
        return writer._attributes;
    }

    public override void Others(ref IReadOnlyDictionary<string, string> value)
    {
        foreach ((string key, string text) in value)
        {
            _attributes[key] = text;
        }
    }

    private protected override string? Next(string name, string type, string value, bool required, bool quoted)
    {
        _attributes[name] = type == "boolean" ? (value == "1" ? "True" : "False") : value;
        return null;
    }

    private protected override string? NextBare(string name, string type, string value) =>
        Next(name, type, value, required: false, quoted: false);

    private protected override AttributeException Bad(string name, string text, string expected) =>
        throw new InvalidOperationException("Writing parses nothing.");

    private protected override string TupleText(string items, int count) => count == 1 ? $"({items},)" : $"({items})";
}
