using CoreEngine.Graphs;
using CoreEngine.Operators;

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
        Node node = Only ?? throw SeveralNodes();
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
    /// Outputs of a node like the one whose outputs these are, but with another value of an operator's attribute, or,
    /// for the key <c>name</c>, with another name. This symbol and others that contain the node stay as they are.
    /// </summary>
    /// <exception cref="SymbolException">These are outputs of several nodes or none.</exception>
    /// <exception cref="AttributeException">The operator has no such attribute, or the value does not fit.</exception>
    public Symbol WithAttribute(string key, string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentNullException.ThrowIfNull(value);
        Node node = Only ?? throw SeveralNodes();
        if (key == "name")
            return Replacing(
                new Node(node.Operator, value, [.. node.Inputs], node.Annotations, [.. node.ControlDependencies])
            );
        if (node.Operator is null)
            throw new SymbolException(ToString(), "a variable calls no operator; use SetAttribute.");
        var attributes = new Dictionary<string, string>(node.Operator.Attributes, StringComparer.Ordinal)
        {
            [key] = value,
        };
        BoundOperator op = Composition.Bind(node.Operator.Definition, attributes).Operator;
        return Replacing(new Node(op, node.Name, [.. node.Inputs], node.Annotations, [.. node.ControlDependencies]));
    }

    /// <summary>
    /// The same output of a node like this one's, which runs only when others have run. This symbol stays as it is.
    /// </summary>
    /// <param name="others">What has to run before.</param>
    /// <exception cref="SymbolException">This has several outputs or none.</exception>
    public Symbol After(Symbol others)
    {
        ArgumentNullException.ThrowIfNull(others);
        Node node = Composition.Single(this, ToString(), "what has to wait").Node;
        Node[] dependencies = [.. node.ControlDependencies, .. others.Entries.Select(entry => entry.Node)];
        return Replacing(new Node(node.Operator, node.Name, [.. node.Inputs], node.Annotations, dependencies));
    }

    /// <summary>Whether an attribute is one that is noted on the node, and so may be set, rather than an operator's.</summary>
    internal bool IsAnnotation(string key) =>
        key != "name"
        && (
            Only is not { IsVariable: false }
            || AttributeKeys.IsAnnotation(AttributeKeys.Normalize(key, "", ToString()))
        );

    private Symbol Replacing(Node node) => new([.. _entries.Select(entry => entry with { Node = node })]);

    private SymbolException SeveralNodes() =>
        new(ToString(), "attributes are set on one node's outputs; choose one by its index.");

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
