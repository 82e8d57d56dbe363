using CoreEngine.Graphs;

namespace CoreEngine.CApi;

/// <content>Making, reading, writing, copying and freeing symbols.</content>
internal static unsafe partial class SymbolCalls
{
    internal static void MXSymbolCreateAtomicSymbol(nint creator, uint numParam, byte** keys, byte** vals, nint* @out)
    {
        OperatorEntry op = Handles.Operator(creator, nameof(creator));
        Dictionary<string, string> attributes = Text.Attributes(keys, vals, numParam);
        Give(Symbol.Atomic(op.Definition.Name, attributes), @out);
    }

    internal static void MXSymbolCreateVariable(byte* name, nint* @out)
    {
        string text = Text.Read(name, nameof(name));
        Give(new Symbol(new NodeEntry(new Node(null, text, []), 0)), @out);
    }

    internal static void MXSymbolCreateGroup(uint numSymbols, nint* symbols, nint* @out) =>
        Give(Symbol.Group(ReadAll(symbols, numSymbols, nameof(symbols))), @out);

    internal static void MXSymbolCreateFromFile(byte* fname, nint* @out) =>
        Give(Symbol.Load(Text.Read(fname, nameof(fname))), @out);

    internal static void MXSymbolCreateFromJSON(byte* json, nint* @out) =>
        Give(Symbol.FromJson(Text.Read(json, nameof(json))), @out);

    internal static void MXSymbolSaveToFile(nint symbol, byte* fname) =>
        Handles.Symbol(symbol, nameof(symbol)).Save(Text.Read(fname, nameof(fname)));

    internal static void MXSymbolSaveToJSON(nint symbol, byte** outJson)
    {
        string json = Handles.Symbol(symbol, nameof(symbol)).ToJson();
        Pointers.Require(outJson, "out_json");
        *outJson = ReturnBuffers.Mx.Text(json);
    }

    internal static void MXSymbolFree(nint symbol) => Handles.Remove(symbol, HandleKind.Symbol, nameof(symbol));

    internal static void MXSymbolCopy(nint symbol, nint* @out) =>
        Give(Handles.Symbol(symbol, nameof(symbol)).Copy(), @out);

    internal static void MXSymbolPrint(nint symbol, byte** outStr)
    {
        string text = Handles.Symbol(symbol, nameof(symbol)).Describe();
        Pointers.Require(outStr, "out_str");
        *outStr = ReturnBuffers.Nn.Text(text);
    }

    internal static void MXShallowCopySymbol(nint src, nint* @out) => Give(Handles.Symbol(src, nameof(src)), @out);

    internal static void NNSymbolCreateAtomicSymbol(nint op, uint numParam, byte** keys, byte** vals, nint* @out) =>
        MXSymbolCreateAtomicSymbol(op, numParam, keys, vals, @out);

    internal static void NNSymbolCreateVariable(byte* name, nint* @out) => MXSymbolCreateVariable(name, @out);

    internal static void NNSymbolCreateGroup(uint numSymbols, nint* symbols, nint* @out) =>
        MXSymbolCreateGroup(numSymbols, symbols, @out);

    internal static void NNSymbolFree(nint symbol) => MXSymbolFree(symbol);

    internal static void NNSymbolCopy(nint symbol, nint* @out) => MXSymbolCopy(symbol, @out);

    internal static void NNSymbolPrint(nint symbol, byte** outStr) => MXSymbolPrint(symbol, outStr);

    /// <summary>Hands a new handle of a symbol to the caller.</summary>
    private static void Give(Symbol symbol, nint* @out)
    {
        Pointers.Require(@out, nameof(@out));
        *@out = Handles.Add(symbol);
    }

    private static Symbol[] ReadAll(nint* handles, long count, string argument)
    {
        ReadOnlySpan<nint> values = Pointers.Span(handles, count, argument);
        var symbols = new Symbol[values.Length];
        for (int i = 0; i < symbols.Length; i++)
        {
            symbols[i] = Handles.Symbol(values[i], $"{argument}[{i}]");
        }

        return symbols;
    }
}
