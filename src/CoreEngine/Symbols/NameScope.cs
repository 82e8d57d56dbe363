namespace CoreEngine;

/// <summary>
/// Gives names to calls that have none: the operator's name in lower case and a number that counts up, like
/// <c>convolution0</c>. A scope counts from 0 again and may put a prefix before every call's name, given ones too;
/// variables keep theirs. Without a scope, each thread counts for itself.
/// </summary>
public sealed class NameScope : IDisposable
{
    [ThreadStatic]
    private static NameScope? t_current;

    private readonly NameScope? _outer;
    private readonly string _prefix;
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    /// <summary>Opens a scope on this thread.</summary>
    /// <param name="prefix">What is put before every name.</param>
    public NameScope(string prefix = "")
        : this(prefix, Current) => t_current = this;

    private NameScope(string prefix, NameScope? outer)
    {
        _prefix = prefix;
        _outer = outer;
    }

    private static NameScope Current => t_current ??= new NameScope("", outer: null);

    /// <summary>Closes the scope: names are given as before it.</summary>
    /// <exception cref="InvalidOperationException">An inner scope is still open, or this is another thread.</exception>
    public void Dispose()
    {
        if (t_current != this)
            throw new InvalidOperationException("Name scopes must be closed on their own thread, the inner one first.");
        t_current = _outer;
    }

    /// <summary>The name of a call: the one given, or a new one.</summary>
    /// <param name="name">The name given; null or empty when there is none.</param>
    /// <param name="operatorName">The operator as the caller named it.</param>
    internal static string NameOf(string? name, string operatorName)
    {
        NameScope scope = Current;
        return scope._prefix + (string.IsNullOrEmpty(name) ? scope.Next(Hint(operatorName)) : name);
    }

    private string Next(string hint)
    {
        int number = _counts.GetValueOrDefault(hint);
        _counts[hint] = number + 1;
        return $"{hint}{number}";
    }

    /// <summary>The name without the prefix that says which module of MXNet's frontends it is in, in lower case.</summary>
    private static string Hint(string operatorName)
    {
        foreach (string module in (ReadOnlySpan<string>)["_contrib_", "_linalg_", "_sparse_"])
        {
            if (operatorName.StartsWith(module, StringComparison.Ordinal))
                return operatorName[module.Length..].ToLowerInvariant();
        }

        return operatorName.ToLowerInvariant();
    }
}
