namespace CoreEngine;

/// <summary>
/// Attributes that every variable and call gets that is made on this thread while the scope is open; scopes nest, and
/// attributes given at the call win.
/// </summary>
/// <example>
/// <code>
/// using (new AttributeScope("ctx_group", "stage1"))
/// {
///     hidden = Symbol.Call("FullyConnected", new FullyConnectedParameters { Hidden = 128 }, [data]);
/// }
/// </code>
/// </example>
public sealed class AttributeScope : IDisposable
{
    [ThreadStatic]
    private static AttributeScope? t_current;

    private readonly AttributeScope? _outer;
    private readonly Dictionary<string, string> _attributes;

    /// <summary>Opens a scope with one attribute.</summary>
    public AttributeScope(string key, string value)
        : this(new Dictionary<string, string> { [key] = value }) { }

    /// <summary>Opens a scope with some attributes.</summary>
    public AttributeScope(IReadOnlyDictionary<string, string> attributes)
    {
        ArgumentNullException.ThrowIfNull(attributes);
        _outer = t_current;
        _attributes = Merge(_outer?._attributes, attributes);
        t_current = this;
    }

    /// <summary>Closes the scope.</summary>
    /// <exception cref="InvalidOperationException">An inner scope is still open, or this is another thread.</exception>
    public void Dispose()
    {
        if (t_current != this)
        {
            throw new InvalidOperationException(
                "Attribute scopes must be closed on their own thread, the inner one first."
            );
        }

        t_current = _outer;
    }

    /// <summary>The attributes of all open scopes with those given on top.</summary>
    internal static Dictionary<string, string> Apply(IReadOnlyDictionary<string, string>? given) =>
        Merge(t_current?._attributes, given);

    private static Dictionary<string, string> Merge(
        IReadOnlyDictionary<string, string>? outer,
        IReadOnlyDictionary<string, string>? inner
    )
    {
        var merged = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (
            IReadOnlyDictionary<string, string>? attributes in (ReadOnlySpan<IReadOnlyDictionary<string, string>?>)
                [outer, inner]
        )
        {
            if (attributes is null)
                continue;
            foreach ((string key, string value) in attributes)
            {
                merged[key] = value;
            }
        }

        return merged;
    }
}
