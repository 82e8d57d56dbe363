namespace CoreEngine.CApi;

/// <summary>What a symbol's handle stands for: symbols never change, but composing puts another one in the place.</summary>
internal sealed class SymbolHandle(Symbol symbol)
{
    /// <summary>The symbol.</summary>
    internal Symbol Symbol { get; set; } = symbol;
}
