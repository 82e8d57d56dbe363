using CoreEngine.Graphs;
using CoreEngine.Operators;

namespace CoreEngine;

public sealed partial class Symbol
{
    /// <summary>Deduces shapes from those of some variables; what stays unknown has rank 0 or extents 0.</summary>
    /// <param name="known">Shapes by the names of arguments and auxiliary states; an extent of 0 is unknown.</param>
    /// <exception cref="EngineException">No variable has one of the names.</exception>
    /// <exception cref="ShapeMismatchException">Shapes contradict each other; the message names the node.</exception>
    public InferredArrays<Shape> InferShapes(params ReadOnlySpan<(string Name, Shape Shape)> known) =>
        InferShapes(ByName(known));

    /// <inheritdoc cref="InferShapes(ReadOnlySpan{ValueTuple{string, Shape}})"/>
    public InferredArrays<Shape> InferShapes(IReadOnlyDictionary<string, Shape> known) =>
        Collect(GraphInference.Shapes(Graph, GraphInference.ByName(Graph, known)), shape => shape.IsKnown);

    /// <summary>Deduces shapes from those of the first arguments; what stays unknown has rank 0 or extents 0.</summary>
    /// <param name="arguments">Shapes in the order of <see cref="ListArguments"/>; rank 0 and extents of 0 are unknown.</param>
    /// <exception cref="EngineException">There are more shapes than arguments.</exception>
    /// <exception cref="ShapeMismatchException">Shapes contradict each other; the message names the node.</exception>
    public InferredArrays<Shape> InferShapes(IReadOnlyList<Shape> arguments) =>
        Collect(GraphInference.Shapes(Graph, InOrder(arguments, "shapes")), shape => shape.IsKnown);

    /// <summary>Deduces element types from those of some variables; what stays unknown is <see cref="DType.None"/>.</summary>
    /// <param name="known">Types by the names of arguments and auxiliary states.</param>
    /// <exception cref="EngineException">No variable has one of the names.</exception>
    /// <exception cref="TypeMismatchException">Types contradict each other; the message names the node.</exception>
    public InferredArrays<DType> InferTypes(params ReadOnlySpan<(string Name, DType Type)> known) =>
        InferTypes(ByName(known));

    /// <inheritdoc cref="InferTypes(ReadOnlySpan{ValueTuple{string, DType}})"/>
    public InferredArrays<DType> InferTypes(IReadOnlyDictionary<string, DType> known) =>
        Collect(GraphInference.Types(Graph, GraphInference.ByName(Graph, known)), type => type != DType.None);

    /// <summary>Deduces element types from those of the first arguments; what stays unknown is <see cref="DType.None"/>.</summary>
    /// <param name="arguments">Types in the order of <see cref="ListArguments"/>.</param>
    /// <exception cref="EngineException">There are more types than arguments.</exception>
    /// <exception cref="TypeMismatchException">Types contradict each other; the message names the node.</exception>
    public InferredArrays<DType> InferTypes(IReadOnlyList<DType> arguments) =>
        Collect(GraphInference.Types(Graph, InOrder(arguments, "types")), type => type != DType.None);

    /// <summary>
    /// Says how arrays are stored: variables as given or annotated, else densely; results as their operators give them.
    /// </summary>
    /// <param name="known">Storage by the names of arguments and auxiliary states.</param>
    /// <exception cref="EngineException">No variable has one of the names.</exception>
    public InferredArrays<StorageType> InferStorage(IReadOnlyDictionary<string, StorageType> known) =>
        Collect(
            GraphInference.Storage(Graph, GraphInference.ByName(Graph, known)),
            storage => storage != StorageType.Undefined
        );

    private InferredArrays<T> Collect<T>(T[] entries, Predicate<T> isKnown)
    {
        return new InferredArrays<T>(
            [.. Graph.Arguments.Select(Of)],
            [.. _entries.Select(entry => entries[Graph.NumberOf(entry)])],
            [.. Graph.AuxiliaryStates.Select(Of)],
            Array.TrueForAll(entries, isKnown)
        );

        T Of(Node variable) => entries[Graph.NumberOf(new NodeEntry(variable, 0))];
    }

    private Dictionary<Node, T> InOrder<T>(IReadOnlyList<T> arguments, string what)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        if (arguments.Count > Graph.Arguments.Count)
        {
            throw new EngineException(
                $"{arguments.Count} {what} were given for the {Graph.Arguments.Count} arguments of {this}: "
                    + $"{NameList.Of(ListArguments())}."
            );
        }

        var known = new Dictionary<Node, T>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < arguments.Count; i++)
        {
            known.Add(Graph.Arguments[i], arguments[i]);
        }

        return known;
    }

    private static Dictionary<string, T> ByName<T>(ReadOnlySpan<(string Name, T Value)> known)
    {
        var byName = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach ((string name, T value) in known)
        {
            byName.Add(name, value);
        }

        return byName;
    }
}
