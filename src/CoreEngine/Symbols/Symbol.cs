using System.Collections;
using CoreEngine.Graphs;

namespace CoreEngine;

/// <summary>
/// A computation to be run later: one or more outputs of nodes of a graph. Nothing runs when a symbol is made; what it
/// depends on is found through its nodes, which symbols share and never change.
/// </summary>
/// <example>
/// <code>
/// Symbol data = Symbol.Variable("data");
/// Symbol hidden = data.FullyConnected(128, name: "fc1").Relu();
/// Symbol loss = hidden.FullyConnected(10, name: "fc2").SoftmaxOutput(name: "softmax");
/// loss.ListArguments(); // data, fc1_weight, fc1_bias, fc2_weight, fc2_bias, softmax_label
/// </code>
/// </example>
public sealed partial class Symbol : IReadOnlyList<Symbol>
{
    private readonly NodeEntry[] _entries;
    private Graph? _graph;

    /// <summary>A symbol of these outputs of nodes.</summary>
    public Symbol(params ReadOnlySpan<NodeEntry> entries) => _entries = entries.ToArray();

    /// <summary>The outputs that this symbol stands for.</summary>
    public IReadOnlyList<NodeEntry> Entries => _entries;

    /// <summary>Everything that the outputs depend on.</summary>
    public Graph Graph => _graph ??= new Graph(_entries);

    /// <summary>Number of outputs.</summary>
    public int Count => _entries.Length;

    /// <summary>The name of the node whose outputs these are; null for a group of several nodes' outputs.</summary>
    public string? Name => Only?.Name;

    /// <summary>One output as a symbol of its own.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such output.</exception>
    public Symbol this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            return Count == 1 ? this : new Symbol(_entries[index]);
        }
    }

    /// <summary>The output with this name, as <see cref="ListOutputs"/> gives it.</summary>
    /// <exception cref="SymbolException">No output or several have this name.</exception>
    public Symbol this[string outputName]
    {
        get
        {
            IReadOnlyList<string> names = ListOutputs();
            int[] found = [.. Enumerable.Range(0, Count).Where(i => names[i] == outputName)];
            return found.Length == 1
                ? this[found[0]]
                : throw new SymbolException(
                    ToString(),
                    $"{(found.Length == 0 ? "no output" : "more than one output")} is called '{outputName}'. "
                        + $"Outputs: {NameList.Of(names)}. What is inside is an output of Internals()."
                );
        }
    }

    /// <summary>The node whose outputs these are; null for outputs of several nodes and for none.</summary>
    private Node? Only
    {
        get
        {
            if (_entries.Length == 0)
                return null;
            Node first = _entries[0].Node;
            return Array.TrueForAll(_entries, entry => entry.Node == first) ? first : null;
        }
    }

    /// <summary>The names of the variables to be given, in the order in which the graph runs; no auxiliary states.</summary>
    public IReadOnlyList<string> ListArguments() => NamesOf(Graph.Arguments);

    /// <summary>The names of the variables that operators keep states in, in the order in which the graph runs.</summary>
    public IReadOnlyList<string> ListAuxiliaryStates() => NamesOf(Graph.AuxiliaryStates);

    /// <summary>The names of all variables, arguments and auxiliary states mixed, in the order in which the graph runs.</summary>
    public IReadOnlyList<string> ListInputs() => NamesOf(Graph.Nodes.Where(node => node.IsVariable));

    /// <summary>The names of the outputs: a variable's own, else the node's and the output's joined by an underscore.</summary>
    public IReadOnlyList<string> ListOutputs() =>
        Array.ConvertAll(_entries, entry => entry.Node.OutputName(entry.Index));

    /// <summary>A symbol of all visible outputs of all nodes, in the order in which the graph runs.</summary>
    public Symbol Internals()
    {
        var entries = new List<NodeEntry>();
        foreach (Node node in Graph.Nodes)
        {
            for (int i = 0; i < node.VisibleOutputCount; i++)
            {
                entries.Add(new NodeEntry(node, i));
            }
        }

        return new Symbol([.. entries]);
    }

    /// <summary>A symbol of the inputs of the nodes whose outputs these are; without outputs when there are none.</summary>
    public Symbol Children() =>
        new([.. _entries.Select(entry => entry.Node).Distinct().SelectMany(node => node.Inputs)]);

    /// <summary>A symbol with nodes of its own: attributes set on the copy do not show on this one.</summary>
    public Symbol Copy() => new(Composition.Copy(Graph));

    /// <inheritdoc/>
    public IEnumerator<Symbol> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public override string ToString() =>
        Name is { Length: > 0 } name ? $"symbol {name}"
        : Only?.Operator is { } op ? $"symbol of {op.Name}"
        : Count == 0 ? "symbol without outputs"
        : $"group of {NameList.Of(ListOutputs())}";

    private static string[] NamesOf(IEnumerable<Node> nodes) => [.. nodes.Select(node => node.Name)];
}
