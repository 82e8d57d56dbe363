using System.Globalization;
using CoreEngine.Graphs;
using CoreEngine.Operators;

namespace CoreEngine;

public sealed partial class Symbol
{
    /// <summary>A variable: something that is given when the graph runs.</summary>
    /// <param name="name">Its name; name scopes leave it alone.</param>
    /// <param name="shape">What is known of its shape (0 for an unknown extent); null for nothing.</param>
    /// <param name="type">Its element type; null when it follows from the rest of the graph.</param>
    /// <param name="storage">How its values are stored; null when it follows from the rest of the graph.</param>
    /// <param name="learningRateMultiplier">What optimizers multiply the learning rate by.</param>
    /// <param name="weightDecayMultiplier">What optimizers multiply the weight decay by.</param>
    /// <param name="initializer">How to initialize it: a description like <c>["zero", {}]</c>.</param>
    /// <param name="attributes">Further attributes; <c>ctx_group</c> and its like mean <c>__ctx_group__</c>.</param>
    public static Symbol Variable(
        string name,
        Shape? shape = null,
        DType? type = null,
        StorageType? storage = null,
        double? learningRateMultiplier = null,
        double? weightDecayMultiplier = null,
        string? initializer = null,
        IReadOnlyDictionary<string, string>? attributes = null
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var annotations = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string key, string value) in AttributeScope.Apply(attributes))
        {
            annotations[AttributeKeys.Normalize(key, value, name)] = value;
        }

        Note(AttributeKeys.Shape, shape?.ToString());
        Note(AttributeKeys.DType, type is { } known ? Text((int)known) : null);
        Note(AttributeKeys.StorageType, storage is { } stored ? Text((int)stored) : null);
        Note(AttributeKeys.LearningRateMultiplier, learningRateMultiplier is { } rate ? Text(rate) : null);
        Note(AttributeKeys.WeightDecayMultiplier, weightDecayMultiplier is { } decay ? Text(decay) : null);
        Note(AttributeKeys.Initializer, initializer);
        return new Symbol(new NodeEntry(new Node(null, name, [], annotations), 0));

        void Note(string key, string? value)
        {
            if (value is not null)
                annotations[key] = value;
        }
    }

    /// <summary>A symbol of all outputs of some symbols, in order.</summary>
    public static Symbol Group(params ReadOnlySpan<Symbol> symbols)
    {
        var entries = new List<NodeEntry>();
        foreach (Symbol symbol in symbols)
        {
            entries.AddRange(symbol._entries);
        }

        return new Symbol([.. entries]);
    }

    /// <summary>A call of an operator without attributes.</summary>
    /// <inheritdoc cref="Call(string, ReadOnlySpan{Symbol}, string?, IReadOnlyDictionary{string, string}?, IReadOnlyDictionary{string, Symbol}?)"/>
    public static Symbol Call(string operatorName, params ReadOnlySpan<Symbol> inputs) =>
        Call(operatorName, inputs, name: null);

    /// <summary>A call of an operator with its parameters.</summary>
    /// <param name="operatorName">The operator's name or an alias.</param>
    /// <param name="parameters">Its parameters; those that have their default values are not written to files.</param>
    /// <param name="inputs">Its first inputs, one output each; auxiliary states come last.</param>
    /// <param name="name">The call's name; a <see cref="NameScope"/> gives one when there is none.</param>
    /// <param name="attributes">Attributes for the engine: <c>ctx_group</c>, or keys of the form <c>__key__</c>.</param>
    /// <param name="named">Further inputs by the operator's names for them.</param>
    /// <inheritdoc cref="Call(string, ReadOnlySpan{Symbol}, string?, IReadOnlyDictionary{string, string}?, IReadOnlyDictionary{string, Symbol}?)" path="/exception"/>
    /// <inheritdoc cref="Call(string, ReadOnlySpan{Symbol}, string?, IReadOnlyDictionary{string, string}?, IReadOnlyDictionary{string, Symbol}?)" path="/remarks"/>
    /// <exception cref="ArgumentException">The parameters are another operator's.</exception>
    public static Symbol Call(
        string operatorName,
        IParameters parameters,
        ReadOnlySpan<Symbol> inputs,
        string? name = null,
        IReadOnlyDictionary<string, string>? attributes = null,
        IReadOnlyDictionary<string, Symbol>? named = null
    )
    {
        ArgumentNullException.ThrowIfNull(parameters);
        Dictionary<string, string> all = Composition.TextOf(
            OperatorRegistry.Default.Callable(operatorName),
            parameters
        );
        foreach ((string key, string value) in attributes ?? new Dictionary<string, string>())
        {
            all[key] = value;
        }

        return Call(operatorName, inputs, name, all, named);
    }

    /// <summary>A call of an operator with its attributes as text.</summary>
    /// <param name="operatorName">The operator's name or an alias.</param>
    /// <param name="inputs">Its first inputs, one output each; auxiliary states come last.</param>
    /// <param name="name">The call's name; a <see cref="NameScope"/> gives one when there is none.</param>
    /// <param name="attributes">
    /// The operator's attributes and attributes for the engine: <c>ctx_group</c>, or keys of the form <c>__key__</c>.
    /// </param>
    /// <param name="named">Further inputs by the operator's names for them.</param>
    /// <remarks>
    /// For inputs that are not given, variables are made: <c>fc1</c> gets <c>fc1_weight</c>, with the attributes of the
    /// call. A call without a count of its inputs where one is needed (<c>num_args</c>) counts those given.
    /// </remarks>
    /// <exception cref="UnknownOperatorException">There is no such operator.</exception>
    /// <exception cref="AttributeException">An attribute is missing, unknown or malformed.</exception>
    /// <exception cref="SymbolException">An input is too much, unknown, or no single output.</exception>
    public static Symbol Call(
        string operatorName,
        ReadOnlySpan<Symbol> inputs,
        string? name,
        IReadOnlyDictionary<string, string>? attributes = null,
        IReadOnlyDictionary<string, Symbol>? named = null
    )
    {
        OperatorDef definition = OperatorRegistry.Default.Callable(operatorName);
        Dictionary<string, string> all = AttributeScope.Apply(attributes);
        if (definition.VariadicCount.Length > 0)
            all.TryAdd(definition.VariadicCount, Text(inputs.Length + (named?.Count ?? 0)));
        return Atomic(operatorName, all).Compose(NameScope.NameOf(name, operatorName), inputs, named);
    }

    /// <summary>An operator with its attributes, yet without inputs and name: <see cref="Compose"/> gives them.</summary>
    /// <param name="operatorName">The operator's name or an alias.</param>
    /// <param name="attributes">The operator's attributes and attributes for the engine; scopes add nothing.</param>
    /// <exception cref="UnknownOperatorException">There is no such operator.</exception>
    /// <exception cref="AttributeException">An attribute is missing, unknown or malformed.</exception>
    /// <exception cref="SymbolException">An attribute speaks of an input (weight_lr_mult).</exception>
    public static Symbol Atomic(string operatorName, IReadOnlyDictionary<string, string> attributes)
    {
        OperatorDef definition = OperatorRegistry.Default.Callable(operatorName);
        var normalized = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string key, string value) in attributes)
        {
            normalized.TryAdd(AttributeKeys.Normalize(key, value, definition.Name), value);
        }

        (BoundOperator op, Dictionary<string, string> annotations) = Composition.Bind(definition, normalized);
        return Outputs(new Node(op, "", [], annotations));
    }

    /// <summary>
    /// A symbol from this one and its inputs. When this is an operator without inputs (<see cref="Atomic"/>), it is
    /// called: inputs go to the operator's, by place and by name, and variables stand for the rest. When this is
    /// already composed, the named symbols take the places of the variables of these names. This symbol stays as it is.
    /// </summary>
    /// <param name="name">The name of the call, or of the first output's node; empty to keep it.</param>
    /// <param name="inputs">Inputs by place; only when an operator is called.</param>
    /// <param name="named">Inputs by name.</param>
    /// <exception cref="SymbolException">An input is too much, unknown, or no single output.</exception>
    public Symbol Compose(string name, ReadOnlySpan<Symbol> inputs, IReadOnlyDictionary<string, Symbol>? named = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (Only is { Operator: { } op, Inputs.Count: 0, ControlDependencies.Count: 0 } atomic)
        {
            string newName = name.Length > 0 ? name : atomic.Name;
            NodeEntry[] entries = Composition.Inputs(op, newName, atomic.AllAttributes(), inputs, named);
            Node call = Composition.Call(op, newName, entries, atomic.Annotations);
            return new Symbol([.. _entries.Select(entry => entry with { Node = call })]);
        }

        if (inputs.Length > 0)
        {
            throw new SymbolException(
                ToString(),
                "it is composed already, so symbols can only take the places of its variables, by name."
            );
        }

        var replacements = new Dictionary<string, NodeEntry>(StringComparer.Ordinal);
        foreach ((string key, Symbol value) in named ?? new Dictionary<string, Symbol>())
        {
            replacements.Add(key, Composition.Single(value, ToString(), $"input '{key}'"));
        }

        IReadOnlyList<string> variables = ListInputs();
        if (replacements.Keys.FirstOrDefault(key => !variables.Contains(key)) is { } unknown)
        {
            throw new SymbolException(
                ToString(),
                $"no variable is called '{unknown}'. Variables: {NameList.Of(variables, unknown)}"
            );
        }

        Node? renamed = name.Length > 0 && Count > 0 ? _entries[0].Node : null;
        return new Symbol(Composition.Substitute(Graph, replacements, renamed, name));
    }

    /// <summary>The visible outputs of a node.</summary>
    private static Symbol Outputs(Node node) =>
        new([.. Enumerable.Range(0, node.VisibleOutputCount).Select(i => new NodeEntry(node, i))]);

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e');
}
