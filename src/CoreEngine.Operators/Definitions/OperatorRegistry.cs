using System.Diagnostics.CodeAnalysis;

namespace CoreEngine.Operators;

/// <summary>All operators by name.</summary>
public sealed class OperatorRegistry
{
    private readonly Dictionary<string, OperatorDef> _byName = new(StringComparer.Ordinal);
    private readonly List<OperatorDef> _operators = [];

    /// <summary>CoreEngine's operators.</summary>
    public static OperatorRegistry Default { get; } = OperatorFamilies.Register(new OperatorRegistry());

    /// <summary>The operators in registration order.</summary>
    public IReadOnlyList<OperatorDef> Operators => _operators;

    /// <summary>All names, aliases included.</summary>
    public IEnumerable<string> Names => _byName.Keys;

    /// <summary>Adds an operator.</summary>
    /// <exception cref="ArgumentException">One of its names is taken.</exception>
    public OperatorDef Add(OperatorDef definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        foreach (string name in definition.Aliases.Prepend(definition.Name))
        {
            if (!_byName.TryAdd(name, definition))
                throw new ArgumentException(
                    $"The operator name '{name}' is taken by {_byName[name]}.",
                    nameof(definition)
                );
        }

        _operators.Add(definition);
        return definition;
    }

    /// <summary>Finds an operator by its name or an alias.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out OperatorDef? definition) =>
        _byName.TryGetValue(name, out definition);

    /// <summary>The operator with a name or alias.</summary>
    /// <exception cref="UnknownOperatorException">There is none; the message lists similar names.</exception>
    public OperatorDef this[string name] => TryGet(name, out OperatorDef? found) ? found : throw Unknown(name);

    /// <summary>The operator with a name or alias that comes from outside: from a call by name, or from a file.</summary>
    /// <remarks>
    /// Parts of gradients are not called by name: they trust the graph that the gradient rules make, and another call
    /// could make them read and write beside their arrays.
    /// </remarks>
    /// <exception cref="UnknownOperatorException">There is none; the message lists similar names.</exception>
    /// <exception cref="OperatorException">It is a part of a gradient.</exception>
    public OperatorDef Callable(string name)
    {
        OperatorDef found = this[name];
        return found.IsInternal
            ? throw new OperatorException(
                found.Name,
                "it is a part of a gradient and cannot be called by name; differentiate a call of the operator itself."
            )
            : found;
    }

    private UnknownOperatorException Unknown(string name)
    {
        if (AbsentOperators.Reasons.TryGetValue(name, out string? reason))
            return new UnknownOperatorException(name, $" MXNet has one, but {reason}.");
        string[] similar = _byName
            .Keys.Where(n =>
                n.Contains(name, StringComparison.OrdinalIgnoreCase)
                || name.Contains(n, StringComparison.OrdinalIgnoreCase)
            )
            .Where(n => n.Length > 2)
            .Order(StringComparer.Ordinal)
            .Take(5)
            .ToArray();
        return new UnknownOperatorException(
            name,
            similar.Length == 0 ? "" : $" Did you mean {string.Join(", ", similar)}?"
        );
    }
}
