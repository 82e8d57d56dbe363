using CoreEngine.Graphs;

namespace CoreEngine;

public sealed partial class Symbol
{
    /// <summary>
    /// An attribute of the node whose outputs these are: the operator's as it was given, or what is noted on the node.
    /// <c>lr_mult</c> and its like are found as <c>__lr_mult__</c>; <c>name</c> is the node's name, <c>op_name</c> the
    /// operator's.
    /// </summary>
    /// <returns>Null when there is no such attribute, or these are outputs of several nodes.</returns>
    public string? Attribute(string key)
    {
        if (Only is not { } node)
            return null;
        return key switch
        {
            "name" => node.Name,
            "op_name" => node.Operator?.Name,
            _ => node.Attribute(key)
                ?? (AttributeKeys.Hidden.Contains(key) ? node.Attribute(AttributeKeys.Wrap(key)) : null),
        };
    }

    /// <summary>
    /// Notes an attribute on the node whose outputs these are; every symbol that contains the node sees it. An
    /// operator's own attributes cannot change: make a new call.
    /// </summary>
    /// <exception cref="SymbolException">
    /// These are outputs of several nodes or none, or the attribute is not one for the engine.
    /// </exception>
    public void SetAttribute(string key, string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentNullException.ThrowIfNull(value);
        Node node =
            Only
            ?? throw new SymbolException(
                ToString(),
                "attributes are set on one node's outputs; choose one by its index."
            );
        string normalized = AttributeKeys.Normalize(key, value, ToString());
        if (!node.IsVariable && !AttributeKeys.IsAnnotation(normalized))
        {
            throw new SymbolException(
                ToString(),
                $"the attribute '{key}' of a call cannot change any more; make a new call. Attributes for the engine "
                    + "have the form __key__."
            );
        }

        node.Annotate(normalized, value);
    }

    /// <summary>
    /// All attributes of the node whose outputs these are, sorted by key; what is kept as <c>__lr_mult__</c> and its
    /// like is there as <c>lr_mult</c>, too. Empty for outputs of several nodes.
    /// </summary>
    public IReadOnlyDictionary<string, string> ListAttributes() =>
        Only is { } node ? AttributesOf(node) : new SortedDictionary<string, string>();

    /// <summary>
    /// All attributes of all nodes that have any, by the nodes' names, in the order in which the graph runs; what is
    /// kept as <c>__lr_mult__</c> and its like is there as <c>lr_mult</c>, too.
    /// </summary>
    public IReadOnlyList<(string Node, IReadOnlyDictionary<string, string> Attributes)> ListAllAttributes() =>
        [
            .. Graph
                .Nodes.Select(node => (node.Name, (IReadOnlyDictionary<string, string>)AttributesOf(node)))
                .Where(pair => pair.Item2.Count > 0),
        ];

    private static SortedDictionary<string, string> AttributesOf(Node node)
    {
        SortedDictionary<string, string> all = node.AllAttributes();
        foreach (string key in AttributeKeys.Hidden)
        {
            if (all.TryGetValue(AttributeKeys.Wrap(key), out string? value))
                all.TryAdd(key, value);
        }

        return all;
    }
}
