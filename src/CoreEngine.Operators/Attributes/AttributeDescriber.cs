namespace CoreEngine.Operators;

/// <summary>Lists parameters in the notation that MXNet's code generators read.</summary>
internal sealed class AttributeDescriber : AttributeReader
{
    private readonly List<ParameterInfo> _parameters = [];

    private protected override bool IsDescribing => true;

    internal static IReadOnlyList<ParameterInfo> Describe(IParameters parameters)
    {
        var describer = new AttributeDescriber();
        parameters.Read(describer);
        return describer._parameters;
    }

    private protected override string? Next(string name, string type, string value, bool required, bool quoted)
    {
        string text =
            required ? $"{type}, required"
            : quoted ? $"{type}, optional, default='{value}'"
            : $"{type}, optional, default={value}";
        return Add(name, text, required);
    }

    // The notation has no space before "optional" for enumerations.
    private protected override string? NextEnum(
        string name,
        string[] choices,
        string value,
        bool required,
        bool quotesNone = false
    )
    {
        IEnumerable<string> texts = choices
            .Order(StringComparer.Ordinal)
            .Select(c => c == "None" && !quotesNone ? c : $"'{c}'");
        // None without quotes comes first, wherever the alphabet puts it.
        string type = "{" + string.Join(", ", texts.OrderBy(text => text == "None" ? 0 : 1)) + "}";
        return Add(name, required ? $"{type}, required" : $"{type},optional, default='{value}'", required);
    }

    private protected override string? NextBare(string name, string type, string value) => Add(name, type, false);

    private protected override AttributeException Bad(string name, string text, string expected) =>
        throw new InvalidOperationException("Describing parses nothing.");

    private protected override string TupleText(string items, int count) => $"[{items}]";

    private string? Add(string name, string text, bool required)
    {
        _parameters.Add(new ParameterInfo(name, text, required));
        return null;
    }
}
