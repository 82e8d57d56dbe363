using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <summary>Graphs with notes, and passes over them by name.</summary>
internal static unsafe partial class GraphCalls
{
    private const string JsonKey = "json";

    internal static void NNGraphCreate(nint symbol, nint* graph) =>
        Give(new GraphHandle(Handles.Symbol(symbol, nameof(symbol))), graph, nameof(graph));

    internal static void NNGraphFree(nint handle) => Handles.Remove(handle, HandleKind.Graph, nameof(handle));

    internal static void NNGraphGetSymbol(nint graph, nint* symbol)
    {
        Symbol value = Get(graph, nameof(graph)).Symbol;
        Pointers.Require(symbol, nameof(symbol));
        *symbol = Handles.Add(value);
    }

    internal static void NNGraphSetJSONAttr(nint handle, byte* key, byte* jsonValue)
    {
        GraphHandle graph = Get(handle, nameof(handle));
        string name = Text.Read(key, nameof(key));
        string json = Text.Read(jsonValue, "json_value");
        JsonNote.Check(json);
        graph.Json[name] = json;
    }

    internal static void NNGraphGetJSONAttr(nint handle, byte* key, byte** jsonOut, int* success)
    {
        string? json = Get(handle, nameof(handle)).Json.GetValueOrDefault(Text.Read(key, nameof(key)));
        Pointers.Require(jsonOut, "json_out");
        Pointers.Require(success, nameof(success));
        *jsonOut = json is null ? null : ReturnBuffers.Nn.Text(json);
        *success = json is null ? 0 : 1;
    }

    internal static void NNGraphSetNodeEntryListAttr_(nint handle, byte* key, nint list)
    {
        GraphHandle graph = Get(handle, nameof(handle));
        graph.Entries[Text.Read(key, nameof(key))] = Handles.Symbol(list, nameof(list));
    }

    internal static void NNGraphApplyPasses(nint src, uint numPass, byte** passNames, nint* dst)
    {
        GraphHandle graph = Get(src, nameof(src));
        foreach (string name in Text.ReadAll(passNames, numPass, "pass_names"))
        {
            graph = Apply(graph, name);
        }

        Give(graph.With(graph.Symbol), dst, nameof(dst));
    }

    private static GraphHandle Apply(GraphHandle graph, string pass)
    {
        switch (pass)
        {
            case "SaveJSON":
                GraphHandle saved = graph.With(graph.Symbol);
                saved.Json[JsonKey] = JsonNote.OfText(graph.Symbol.ToJson());
                return saved;
            case "LoadJSON":
                return graph.Json.TryGetValue(JsonKey, out string? json)
                    ? graph.With(Symbol.FromJson(JsonNote.ReadText(json)))
                    : throw new EngineException($"The pass LoadJSON reads the note '{JsonKey}', which is not there.");
            default:
                throw new NotSupportedException(
                    $"There is no pass '{pass}' to call by name. There are: SaveJSON, LoadJSON. Shapes and types are "
                        + "deduced by MXSymbolInferShape and MXSymbolInferType; gradients and memory are planned when a "
                        + "symbol is bound."
                );
        }
    }

    private static void Give(GraphHandle graph, nint* @out, string argument)
    {
        Pointers.Require(@out, argument);
        *@out = Handles.Add(HandleKind.Graph, graph);
    }

    private static GraphHandle Get(nint handle, string argument) =>
        Handles.Get<GraphHandle>(handle, HandleKind.Graph, argument);
}
