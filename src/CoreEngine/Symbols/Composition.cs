using CoreEngine.Graphs;
using CoreEngine.Operators;

namespace CoreEngine;

/// <summary>Makes new nodes from old ones: calls of operators, copies, and graphs with other things for variables.</summary>
internal static class Composition
{
    /// <summary>An operator with attributes; those of the form <c>__key__</c> are not its business but the node's.</summary>
    /// <exception cref="AttributeException">An attribute is missing, unknown or malformed.</exception>
    internal static (BoundOperator Operator, Dictionary<string, string> Annotations) Bind(
        OperatorDef definition,
        IReadOnlyDictionary<string, string> attributes
    )
    {
        // Sorted, so that the operator's cache finds the same set again whatever the order in which it was given.
        var own = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var annotations = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string key, string value) in attributes)
        {
            (AttributeKeys.IsAnnotation(key) ? (IDictionary<string, string>)annotations : own).Add(key, value);
        }

        return (definition.Bind(own), annotations);
    }

    /// <summary>Whether text can name the operator. One that was made for a graph, like a compiled part of it, has none.</summary>
    internal static bool IsRegistered(BoundOperator op) =>
        OperatorRegistry.Default.TryGet(op.Name, out OperatorDef? definition) && definition == op.Definition;

    /// <summary>Parameters as text, without those that have their default values.</summary>
    /// <exception cref="ArgumentException">The parameters are another operator's.</exception>
    internal static Dictionary<string, string> TextOf(OperatorDef definition, IParameters parameters)
    {
        IParameters? defaults = definition.NewParameters?.Invoke();
        if (defaults?.GetType() != parameters.GetType())
        {
            throw new ArgumentException(
                $"{definition.Name} takes {defaults?.GetType().Name ?? "no parameters"}, "
                    + $"not {parameters.GetType().Name}.",
                nameof(parameters)
            );
        }

        return WithoutDefaults(definition, definition.Bind(parameters).Attributes);
    }

    /// <summary>Attributes without those that have their default values and need not be given.</summary>
    internal static Dictionary<string, string> WithoutDefaults(
        OperatorDef definition,
        IReadOnlyDictionary<string, string> attributes
    )
    {
        var text = new Dictionary<string, string>(attributes, StringComparer.Ordinal);
        if (definition.NewParameters is not { } newParameters)
            return text;
        HashSet<string> required = [.. definition.Parameters.Where(info => info.IsRequired).Select(info => info.Name)];
        required.Remove(definition.VariadicCount);
        foreach ((string key, string value) in definition.Bind(newParameters()).Attributes)
        {
            if (text.GetValueOrDefault(key) == value && !required.Contains(key))
                text.Remove(key);
        }

        return text;
    }

    /// <summary>A node that calls an operator; the variables among its inputs learn how to be initialized.</summary>
    /// <exception cref="SymbolException">The operator keeps a state in an input that is no variable.</exception>
    internal static Node Call(
        BoundOperator op,
        string name,
        NodeEntry[] inputs,
        IReadOnlyDictionary<string, string>? annotations,
        Node[]? controlDependencies = null
    )
    {
        var node = new Node(op, name, inputs, annotations, controlDependencies);
        CheckStates(node);
        foreach ((int input, string description) in op.Definition.InputInitializers)
        {
            if (input < inputs.Length && inputs[input].Node is { IsVariable: true } variable)
                variable.AnnotateOnce(AttributeKeys.Initializer, description);
        }

        return node;
    }

    /// <summary>The inputs of a call: those given by place, by name, and new variables for the rest.</summary>
    /// <param name="op">What is called.</param>
    /// <param name="name">The call's name.</param>
    /// <param name="attributes">All attributes of the call, which new variables get, too.</param>
    /// <param name="inputs">The first inputs.</param>
    /// <param name="named">Further inputs by the operator's names for them.</param>
    /// <exception cref="SymbolException">An input is too much, unknown, or no single output.</exception>
    internal static NodeEntry[] Inputs(
        BoundOperator op,
        string name,
        IReadOnlyDictionary<string, string> attributes,
        ReadOnlySpan<Symbol> inputs,
        IReadOnlyDictionary<string, Symbol>? named
    )
    {
        int count = op.InputCount < 0 ? inputs.Length : op.InputCount;
        string call = name.Length == 0 ? op.Name : $"{op.Name} '{name}'";
        if (inputs.Length > count)
        {
            throw new SymbolException(
                call,
                $"{inputs.Length} inputs were given, but it takes {count}"
                    + (op.Definition.VariadicCount.Length > 0 ? $" ({op.Definition.VariadicCount} says so)." : ".")
            );
        }

        var entries = new NodeEntry[count];
        for (int i = 0; i < inputs.Length; i++)
        {
            entries[i] = Single(inputs[i], call, $"input {i}");
        }

        int matched = 0;
        string[] names = inputs.Length < count || named is { Count: > 0 } ? op.InputNames : [];
        for (int i = inputs.Length; i < count; i++)
        {
            if (named is not null && named.TryGetValue(names[i], out Symbol? given))
            {
                entries[i] = Single(given, call, $"input '{names[i]}'");
                matched++;
            }
            else
            {
                string variable = name.Length == 0 ? names[i] : $"{name}_{names[i]}";
                entries[i] = new NodeEntry(new Node(null, variable, [], attributes), 0);
            }
        }

        if (named is not null && matched < named.Count)
        {
            string[] free = names[inputs.Length..];
            throw new SymbolException(
                call,
                $"there is no input '{named.Keys.First(key => !free.Contains(key))}' left to give by name. Inputs that "
                    + $"may be named here: {NameList.Of(free)}."
            );
        }

        return entries;
    }

    /// <summary>The heads of a copy of a graph that shares no node with it.</summary>
    internal static NodeEntry[] Copy(Graph graph) =>
        Rebuild(
            graph,
            (node, inputs, dependencies) =>
                new NodeEntry(
                    new Node(node.Operator, node.Name, inputs, node.Annotations, dependencies)
                    {
                        CountsStates = node.CountsStates,
                    },
                    0
                )
        );

    /// <summary>The heads of a graph with other things in the place of some variables.</summary>
    /// <param name="graph">The graph; it does not change.</param>
    /// <param name="replacements">By the variables' names.</param>
    /// <param name="renamed">A node that gets another name; null when none does.</param>
    /// <param name="name">Its name.</param>
    /// <exception cref="SymbolException">A state would no longer be kept in a variable.</exception>
    internal static NodeEntry[] Substitute(
        Graph graph,
        IReadOnlyDictionary<string, NodeEntry> replacements,
        Node? renamed,
        string name
    ) =>
        Rebuild(
            graph,
            (node, inputs, dependencies) =>
            {
                if (node.IsVariable && replacements.TryGetValue(node.Name, out NodeEntry replacement))
                    return replacement;
                bool isKept =
                    node != renamed
                    && inputs.AsSpan().SequenceEqual([.. node.Inputs])
                    && dependencies.AsSpan().SequenceEqual([.. node.ControlDependencies]);
                if (isKept)
                    return new NodeEntry(node, 0);
                string newName = node == renamed ? name : node.Name;
                var changed = new Node(node.Operator, newName, inputs, node.Annotations, dependencies);
                CheckStates(changed);
                return new NodeEntry(changed, 0);
            }
        );

    private static NodeEntry[] Rebuild(Graph graph, Func<Node, NodeEntry[], Node[], NodeEntry> rebuild)
    {
        var rebuilt = new Dictionary<Node, NodeEntry>(graph.Nodes.Count, ReferenceEqualityComparer.Instance);
        foreach (Node node in graph.Nodes)
        {
            NodeEntry[] inputs = [.. node.Inputs.Select(Map)];
            Node[] dependencies = [.. node.ControlDependencies.Select(dependency => rebuilt[dependency].Node)];
            rebuilt.Add(node, rebuild(node, inputs, dependencies));
        }

        return [.. graph.Heads.Select(Map)];

        // Only variables are replaced by outputs other than the first of a node.
        NodeEntry Map(NodeEntry entry) =>
            entry.Node.IsVariable ? rebuilt[entry.Node] : entry with { Node = rebuilt[entry.Node].Node };
    }

    internal static NodeEntry Single(Symbol symbol, string call, string what)
    {
        ArgumentNullException.ThrowIfNull(symbol);
        return symbol.Count == 1
            ? symbol.Entries[0]
            : throw new SymbolException(
                call,
                $"{what} is a {symbol} with {symbol.Count} outputs; one is needed. Choose one by its index."
            );
    }

    /// <exception cref="SymbolException">The operator keeps a state in an input that is no variable.</exception>
    internal static void CheckStates(Node node)
    {
        if (node.Operator is not { } op)
            return;
        for (int i = node.Inputs.Count - op.AuxiliaryCount; i < node.Inputs.Count; i++)
        {
            if (!node.Inputs[i].Node.IsVariable)
            {
                throw new SymbolException(
                    $"{op.Name} '{node.Name}'",
                    $"its state '{op.InputName(i)}' is kept in {node.Inputs[i].Node.OutputName(node.Inputs[i].Index)}, "
                        + "which is computed; give a variable."
                );
            }
        }
    }
}
