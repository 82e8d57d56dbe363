using System.Collections.Concurrent;

namespace CoreEngine.Operators;

/// <summary>Makes a custom operator from the attributes of a call.</summary>
public delegate ICustomOperator CustomOperatorFactory(IReadOnlyDictionary<string, string> attributes);

/// <summary>The custom operators by name.</summary>
public static class CustomRegistry
{
    private static readonly ConcurrentDictionary<string, CustomOperatorFactory> s_factories = new(
        StringComparer.Ordinal
    );

    /// <summary>
    /// Makes an operator known, or takes the place of the one of this name: calls that are made from now on mean the new
    /// one.
    /// </summary>
    /// <param name="name">What calls give as <c>op_type</c>.</param>
    /// <param name="create">
    /// Makes the operator from a call's other attributes; called once for every distinct set of them.
    /// </param>
    public static void Register(string name, CustomOperatorFactory create)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(create);
        s_factories[name] = create;
        OperatorRegistry.Default[CustomFamily.Name].ForgetBound();
    }

    internal static CustomOperatorFactory Find(string name)
    {
        if (s_factories.TryGetValue(name, out CustomOperatorFactory? create))
            return create;
        string known = s_factories.IsEmpty
            ? "none is registered"
            : $"registered are {string.Join(", ", s_factories.Keys.Order(StringComparer.Ordinal))}";
        throw new AttributeException(
            CustomFamily.Name,
            "op_type",
            $"there is no custom operator '{name}'; {known}. Register it before it is used or loaded."
        );
    }
}
