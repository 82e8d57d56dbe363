using System.Globalization;
using CoreEngine.Operators;

namespace CoreEngine.Graphs;

/// <summary>
/// Graph → table: the shapes, types and storage of every entry, deduced from what is known of some of them. The operators'
/// rules are applied until nothing new is learned; of shapes and types, knowledge flows both ways, from inputs to outputs and back.
/// </summary>
/// <remarks>
/// Tables are indexed by <see cref="Graph.NumberOf"/>. What is unknown stays unknown: a shape of rank 0, an extent of 0,
/// <see cref="DType.None"/>. A variable's annotations <c>__shape__</c> (a tuple), <c>__dtype__</c> (a number) and
/// <c>__storage_type__</c> (a number) count as known where nothing else is given for it.
/// </remarks>
public static class GraphInference
{
    private const string ShapeHint = "__shape__";
    private const string TypeHint = "__dtype__";
    private const string StorageHint = "__storage_type__";

    private static readonly Dictionary<Node, StorageType> s_noStorage = [];

    /// <summary>Shapes, types and storage of every entry.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="shapes">What is known of the variables' shapes.</param>
    /// <param name="types">What is known of the variables' types; of which nothing can be deduced is float32.</param>
    /// <param name="storage">What is known of the variables' storage; nothing when null.</param>
    /// <exception cref="ShapeMismatchException">Shapes contradict each other or an operator; the message names the node.</exception>
    /// <exception cref="TypeMismatchException">Types contradict each other or an operator; the message names the node.</exception>
    /// <exception cref="IncompleteInferenceException">Some shape or type remains unknown; the message says which.</exception>
    public static InferredGraph Complete(
        Graph graph,
        IReadOnlyDictionary<Node, Shape> shapes,
        IReadOnlyDictionary<Node, DType> types,
        IReadOnlyDictionary<Node, StorageType>? storage = null
    )
    {
        Shape[] allShapes = Shapes(graph, shapes);
        RequireComplete(graph, "shape", entry => allShapes[entry].IsKnown, entry => allShapes[entry].ToString());
        DType[] allTypes = TypesOrFloat32(graph, types);
        RequireComplete(graph, "type", entry => allTypes[entry] != DType.None, entry => allTypes[entry].Name());
        return new InferredGraph(graph, allShapes, allTypes, Storage(graph, storage ?? s_noStorage));
    }

    /// <summary>What can be deduced of the entries' shapes.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="given">What is known of the variables' shapes.</param>
    /// <param name="assume">
    /// True for an answer that is for information only and shall be MXNet's: of <c>dot</c> with an operand of which nothing
    /// is known it also says what the result would be if that were a vector. Everything else is certain, but for the label
    /// of an output layer, which is taken to have its usual shape where nothing is known of it.
    /// </param>
    /// <exception cref="ShapeMismatchException">Shapes contradict each other or an operator; the message names the node.</exception>
    /// <exception cref="AttributeException">A variable's annotation is not a shape.</exception>
    public static Shape[] Shapes(Graph graph, IReadOnlyDictionary<Node, Shape> given, bool assume = false)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(given);
        var propagation = new ShapePropagation(graph);
        for (int i = 0; i < graph.Nodes.Count; i++)
        {
            Node node = graph.Nodes[i];
            Shape shape = given.TryGetValue(node, out Shape known) ? known : default;
            if (node.IsVariable && !shape.IsKnown && node.Attribute(ShapeHint) is { } text)
            {
                if (!AttributeText.TryShape(text, out Shape hint))
                    throw BadHint(node, ShapeHint, text, "a tuple such as (2, 3)");
                shape = ShapeInference.TryMerge(shape, hint, out Shape merged) ? merged : shape;
            }

            if (node.OutputCount > 0)
                propagation.Values[graph.FirstEntryOf(i)] = shape;
        }

        propagation.Run();
        if (assume)
            propagation.Assume();
        return propagation.Values;
    }

    /// <summary>
    /// What can be deduced of the entries' types, as MXNet does it: the layers that want to be told their input's type refuse
    /// when they are reached without it, and others take float32 at once.
    /// </summary>
    /// <param name="graph">The graph.</param>
    /// <param name="given">What is known of the variables' types.</param>
    /// <exception cref="TypeMismatchException">Types contradict each other or an operator; the message names the node.</exception>
    /// <exception cref="AttributeException">A variable's annotation is not the number of a type.</exception>
    public static DType[] Types(Graph graph, IReadOnlyDictionary<Node, DType> given)
    {
        TypePropagation propagation = StartTypes(graph, given, isTentative: false);
        propagation.Run();
        return propagation.Values;
    }

    /// <summary>The entries' types; a variable of which nothing can be deduced is float32.</summary>
    /// <inheritdoc cref="Types"/>
    public static DType[] TypesOrFloat32(Graph graph, IReadOnlyDictionary<Node, DType> given)
    {
        TypePropagation propagation = StartTypes(graph, given, isTentative: true);
        propagation.Run();
        propagation.AssumeFloat32();
        return propagation.Values;
    }

    private static TypePropagation StartTypes(Graph graph, IReadOnlyDictionary<Node, DType> given, bool isTentative)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(given);
        var propagation = new TypePropagation(graph, isTentative);
        for (int i = 0; i < graph.Nodes.Count; i++)
        {
            Node node = graph.Nodes[i];
            DType type = given.TryGetValue(node, out DType known) ? known : DType.None;
            if (node.IsVariable && type == DType.None)
                type = (DType)NumberHint(node, TypeHint, DTypes.Count - 1, "the number of a type, 0 to 6");
            if (node.OutputCount > 0)
                propagation.Values[graph.FirstEntryOf(i)] = type;
        }

        return propagation;
    }

    /// <summary>
    /// How each entry is stored: variables as given or annotated, else densely; results as the operators' rules say, and
    /// densely where a kernel does not serve what it would get.
    /// </summary>
    /// <param name="graph">The graph.</param>
    /// <param name="given">What is known of the variables' storage.</param>
    /// <param name="heads">
    /// How the arrays are stored that the heads are written to, in their order; undefined where any will do. A head that
    /// its operator cannot give like that is what it gives otherwise.
    /// </param>
    /// <exception cref="AttributeException">A variable's annotation is not the number of a storage type.</exception>
    public static StorageType[] Storage(
        Graph graph,
        IReadOnlyDictionary<Node, StorageType> given,
        IReadOnlyList<StorageType>? heads = null
    )
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(given);
        var propagation = new StoragePropagation(graph, heads ?? []);
        for (int i = 0; i < graph.Nodes.Count; i++)
        {
            Node node = graph.Nodes[i];
            if (!node.IsVariable)
                continue;
            StorageType known = given.GetValueOrDefault(node, StorageType.Undefined);
            if (known == StorageType.Undefined)
                known = (StorageType)NumberHint(node, StorageHint, 2, "the number of a storage type, 0 to 2");
            propagation.SetVariable(i, known == StorageType.Undefined ? StorageType.Default : known);
        }

        propagation.Run();
        return propagation.Values;
    }

    /// <summary>The variables with the names given, auxiliary states included; every variable of a name gets its value.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="byName">A value for each name.</param>
    /// <exception cref="EngineException">No variable has one of the names; the message lists those there are.</exception>
    public static Dictionary<Node, T> ByName<T>(Graph graph, IReadOnlyDictionary<string, T> byName)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(byName);
        var result = new Dictionary<Node, T>(ReferenceEqualityComparer.Instance);
        var unknown = new HashSet<string>(byName.Keys, StringComparer.Ordinal);
        foreach (Node node in graph.Nodes)
        {
            if (node.IsVariable && byName.TryGetValue(node.Name, out T? value))
            {
                result.Add(node, value);
                unknown.Remove(node.Name);
            }
        }

        if (unknown.Count == 0)
            return result;
        string first = unknown.First();
        IEnumerable<string> names = graph.Nodes.Where(node => node.IsVariable).Select(node => node.Name);
        throw new EngineException(
            $"The graph has no variable named '{first}'. Its variables are: {NameList.Of(names, first)}"
        );
    }

    private static void RequireComplete(Graph graph, string what, Func<int, bool> isKnown, Func<int, string> describe)
    {
        var variables = new List<string>();
        string? result = null;
        for (int i = 0; i < graph.Nodes.Count; i++)
        {
            Node node = graph.Nodes[i];
            for (int output = 0; output < node.OutputCount; output++)
            {
                int entry = graph.FirstEntryOf(i) + output;
                if (isKnown(entry))
                    continue;
                if (node.IsVariable)
                    variables.Add($"{node.Name} {describe(entry)}");
                else
                    result ??= $"output {output} of node '{node.Name}' ({node.Operator!.Name})";
            }
        }

        if (variables.Count == 0 && result is null)
            return;
        // The first ones are what the others would follow from.
        string open = variables.Count > 0 ? $"variables {NameList.Of(variables)}" : result!;
        throw new IncompleteInferenceException(
            $"Not every {what} can be deduced; unknown remain: {open}. Give the {what} of more inputs."
        );
    }

    private static int NumberHint(Node node, string key, int most, string expected)
    {
        if (node.Attribute(key) is not { } text)
            return -1;
        bool isNumber = int.TryParse(text, CultureInfo.InvariantCulture, out int number);
        return isNumber && number >= -1 && number <= most ? number : throw BadHint(node, key, text, expected);
    }

    // "null" is what symbol files call the operator of a variable.
    private static AttributeException BadHint(Node node, string key, string text, string expected) =>
        new("null", key, $"the attribute {key} of variable '{node.Name}' is '{text}'; expected {expected}.");
}
