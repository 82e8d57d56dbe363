using System.Text.Json;
using CoreEngine.Graphs;
using CoreEngine.Operators;

namespace CoreEngine.Conformance;

/// <summary>Infers shapes and types of the recorded symbols, from parts of what there is to know, as the original did.</summary>
internal static class InferenceRecordings
{
    /// <summary>What the cases are listed under.</summary>
    public const string Group = "(inference)";

    private const string File = "inference.json";

    /// <summary>The recorded cases by id.</summary>
    public static IEnumerable<(string Id, Func<Comparison> Check)> In(GoldenFolder folder) =>
        folder.Exists(File)
            ? folder
                .ReadJson(File, ConformanceJson.Default.ListInferenceCase)
                .Select(recorded => ($"{Group}/{recorded.Name}", (Func<Comparison>)(() => Check(recorded))))
            : [];

    private static Comparison Check(InferenceCase recorded)
    {
        Symbol symbol = Symbol.FromJson(recorded.Symbol.GetRawText());
        Graph graph = symbol.Graph;
        string? mismatch =
            Differ("arguments", recorded.Arguments, symbol.ListArguments())
            ?? Differ("outputs", recorded.Outputs, symbol.ListOutputs())
            ?? Differ("auxiliary states", recorded.Auxiliary, symbol.ListAuxiliaryStates());
        if (mismatch is not null)
            return new(0, mismatch);

        Dictionary<Node, Shape> shapes = GraphInference.ByName(
            graph,
            recorded.GivenShapes.ToDictionary(pair => pair.Key, pair => new Shape(pair.Value))
        );
        Dictionary<Node, DType> types = GraphInference.ByName(graph, recorded.GivenTypes);
        var typesAndFirst = new Dictionary<Node, DType>(types) { [graph.Arguments[0]] = DType.Float32 };
        mismatch =
            Differ("shapes", recorded.Full, () => Shapes(graph, shapes, complete: true))
            ?? Differ("partial shapes", recorded.Partial, () => Shapes(graph, shapes, complete: false))
            ?? Differ("types", recorded.Types, () => Types(graph, types))
            ?? (
                recorded.TypesWithFirstArgumentFloat32 is { } expected
                    ? Differ("types with a float32 argument", expected, () => Types(graph, typesAndFirst))
                    : null
            );
        return new(0, mismatch);
    }

    private static string? Differ(string what, IReadOnlyList<string> expected, IReadOnlyList<string> actual) =>
        expected.SequenceEqual(actual)
            ? null
            : $"the {what} are {string.Join(", ", actual)}; recorded were {string.Join(", ", expected)}";

    /// <summary>Compares as text: the recording's own, without white space.</summary>
    private static string? Differ(string what, JsonElement expected, Func<string> infer)
    {
        string actual;
        try
        {
            actual = infer();
        }
        catch (OperatorException error)
        {
            actual = "\"raises\"";
            what = $"{what} ({error.Message})";
        }

        string recorded = expected.GetRawText().Replace(" ", "", StringComparison.Ordinal);
        return recorded == actual ? null : $"{what}: {actual} instead of {recorded}";
    }

    private static string Shapes(Graph graph, Dictionary<Node, Shape> given, bool complete)
    {
        Shape[] shapes = GraphInference.Shapes(graph, given, assume: !complete);
        return Text(
            graph,
            complete,
            entry => shapes[entry].IsKnown,
            entry => $"[{string.Join(',', shapes[entry].Dims.ToArray())}]"
        );
    }

    private static string Types(Graph graph, Dictionary<Node, DType> given)
    {
        DType[] types = GraphInference.Types(graph, given);
        return Text(graph, complete: true, entry => types[entry] != DType.None, entry => $"\"{types[entry].Name()}\"");
    }

    private static string Text(Graph graph, bool complete, Func<int, bool> isKnown, Func<int, string> text)
    {
        int[] arguments = [.. graph.Arguments.Select(node => graph.NumberOf(new NodeEntry(node, 0)))];
        int[] outputs = [.. graph.Heads.Select(graph.NumberOf)];
        int[] states = [.. graph.AuxiliaryStates.Select(node => graph.NumberOf(new NodeEntry(node, 0)))];
        if (complete && !arguments.Concat(outputs).Concat(states).All(isKnown))
            return "null";
        return $"{{\"arg\":{List(arguments)},\"out\":{List(outputs)},\"aux\":{List(states)}}}";

        string List(int[] entries) => $"[{string.Join(',', entries.Select(text))}]";
    }
}
