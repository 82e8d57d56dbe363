namespace CoreEngine.CApi;

internal static unsafe partial class GraphCalls
{
    internal static void NNGraphCreate(nint symbol, nint* graph) =>
        throw new NotSupportedException("NNGraphCreate is not there yet.");

    internal static void NNGraphFree(nint handle) => throw new NotSupportedException("NNGraphFree is not there yet.");

    internal static void NNGraphGetSymbol(nint graph, nint* symbol) =>
        throw new NotSupportedException("NNGraphGetSymbol is not there yet.");

    internal static void NNGraphSetJSONAttr(nint handle, byte* key, byte* jsonValue) =>
        throw new NotSupportedException("NNGraphSetJSONAttr is not there yet.");

    internal static void NNGraphGetJSONAttr(nint handle, byte* key, byte** jsonOut, int* success) =>
        throw new NotSupportedException("NNGraphGetJSONAttr is not there yet.");

    internal static void NNGraphSetNodeEntryListAttr_(nint handle, byte* key, nint list) =>
        throw new NotSupportedException("NNGraphSetNodeEntryListAttr_ is not there yet.");

    internal static void NNGraphApplyPasses(nint src, uint numPass, byte** passNames, nint* dst) =>
        throw new NotSupportedException("NNGraphApplyPasses is not there yet.");
}
