namespace CoreEngine.CApi;

/// <summary>A graph as C sees it: a symbol, and what is noted on the whole.</summary>
internal sealed class GraphHandle(Symbol symbol)
{
    /// <summary>The symbol whose outputs are the graph's.</summary>
    internal Symbol Symbol { get; } = symbol;

    /// <summary>Notes in JSON, each of the form ["type", value].</summary>
    internal Dictionary<string, string> Json { get; private init; } = new(StringComparer.Ordinal);

    /// <summary>Notes that are lists of outputs of nodes.</summary>
    internal Dictionary<string, Symbol> Entries { get; private init; } = new(StringComparer.Ordinal);

    /// <summary>A graph of another symbol with a copy of the notes.</summary>
    internal GraphHandle With(Symbol symbol) =>
        new(symbol)
        {
            Json = new Dictionary<string, string>(Json, StringComparer.Ordinal),
            Entries = new Dictionary<string, Symbol>(Entries, StringComparer.Ordinal),
        };
}
