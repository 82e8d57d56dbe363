using CoreEngine.Operators;

namespace CoreEngine.Graphs;

/// <summary>
/// One step of a computation: a call of an operator on the results of other nodes, or a variable when there is no
/// operator. Symbols, the autograd tape and cached graphs are all made of these.
/// </summary>
/// <remarks>What a node computes, and from what, never changes; only what is noted on it may.</remarks>
public class Node
{
    private static readonly IReadOnlyDictionary<string, string> s_noAnnotations = new Dictionary<string, string>();

    private IReadOnlyDictionary<string, string> _annotations;

    /// <summary>A call of an operator, or a variable.</summary>
    /// <param name="op">The operator with its parsed attributes; null for a variable.</param>
    /// <param name="name">The node's name; empty when it has none.</param>
    /// <param name="inputs">Where the inputs come from, auxiliary states last.</param>
    /// <param name="annotations">What is noted on the node beside the operator's own attributes.</param>
    /// <param name="controlDependencies">Nodes that must run before this one although it takes nothing from them.</param>
    public Node(
        BoundOperator? op,
        string name,
        NodeEntry[] inputs,
        IReadOnlyDictionary<string, string>? annotations = null,
        Node[]? controlDependencies = null
    )
    {
        Operator = op;
        Name = name;
        Inputs = inputs;
        _annotations = annotations ?? s_noAnnotations;
        ControlDependencies = controlDependencies ?? [];
    }

    /// <summary>The operator; null for a variable.</summary>
    public BoundOperator? Operator { get; }

    /// <summary>The node's name.</summary>
    public string Name { get; }

    /// <summary>Where the inputs come from, in order.</summary>
    public IReadOnlyList<NodeEntry> Inputs { get; private protected set; }

    /// <summary>Nodes that must run before this one although it takes nothing from them.</summary>
    public IReadOnlyList<Node> ControlDependencies { get; }

    /// <summary>
    /// Whether symbol files count this call as a change of its states. Calls from files of versions that kept no count
    /// are never counted, also not when they are written again.
    /// </summary>
    internal bool CountsStates { get; init; } = true;

    /// <summary>True when this node is a variable.</summary>
    public bool IsVariable => Operator is null;

    /// <summary>Number of outputs, hidden ones included; a variable has one.</summary>
    public int OutputCount => Operator?.OutputCount ?? 1;

    /// <summary>Number of outputs that a user of the graph sees; hidden ones follow them.</summary>
    public int VisibleOutputCount => Operator?.VisibleOutputCount ?? 1;

    /// <summary>
    /// What is noted on the node beside the operator's own attributes: keys of the form <c>__key__</c> (context group,
    /// learning rate multiplier ...), and on a variable anything.
    /// </summary>
    public IReadOnlyDictionary<string, string> Annotations => Volatile.Read(ref _annotations);

    /// <summary>The value of an attribute of the operator or an annotation; null when there is none.</summary>
    public string? Attribute(string key) =>
        Operator is not null && Operator.Attributes.TryGetValue(key, out string? text) ? text
        : Annotations.TryGetValue(key, out text) ? text
        : null;

    /// <summary>All attributes, the operator's and the annotations, sorted by key (ordinal).</summary>
    public SortedDictionary<string, string> AllAttributes()
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (Operator is not null)
        {
            foreach ((string key, string value) in Operator.Attributes)
            {
                all[key] = value;
            }
        }

        foreach ((string key, string value) in Annotations)
        {
            all[key] = value;
        }

        return all;
    }

    /// <summary>Notes something on the node; every graph that the node is part of sees it.</summary>
    internal void Annotate(string key, string value) => Annotate(key, value, overwrite: true);

    /// <summary>Notes something on the node unless it has such a note.</summary>
    internal void AnnotateOnce(string key, string value) => Annotate(key, value, overwrite: false);

    private void Annotate(string key, string value, bool overwrite)
    {
        while (true)
        {
            IReadOnlyDictionary<string, string> before = Annotations;
            if (!overwrite && before.ContainsKey(key))
                return;
            var after = new Dictionary<string, string>(before, StringComparer.Ordinal) { [key] = value };
            if (Interlocked.CompareExchange(ref _annotations, after, before) == before)
                return;
        }
    }

    /// <summary>The name of an output: the variable's name, or the node's and the output's joined by an underscore.</summary>
    public string OutputName(int index)
    {
        if (Operator is null)
            return Name;
        string output = Operator.OutputName(index);
        return Name.Length == 0 ? output : $"{Name}_{output}";
    }

    /// <inheritdoc/>
    public override string ToString() => IsVariable ? Name : $"{Name} = {Operator}";
}
