namespace CoreEngine;

/// <summary>A symbol was composed or asked wrongly. The message names the symbol, what is wrong, and the remedy.</summary>
public sealed class SymbolException : EngineException
{
    /// <summary>An error about a symbol.</summary>
    /// <param name="symbol">The symbol's name, or what else it is known by.</param>
    /// <param name="problem">What is wrong, and what to do.</param>
    public SymbolException(string symbol, string problem)
        : base($"{symbol}: {problem}") => Symbol = symbol;

    /// <summary>The symbol's name, or what else it is known by.</summary>
    public string Symbol { get; }
}
