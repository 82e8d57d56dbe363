namespace CoreEngine.CApi;

internal static unsafe partial class SymbolCalls
{
    internal static void MXSymbolCreateAtomicSymbol(
        nint creator,
        uint numParam,
        byte** keys,
        byte** vals,
        nint* @out
    ) => throw new NotSupportedException("MXSymbolCreateAtomicSymbol is not there yet.");

    internal static void MXSymbolCreateVariable(byte* name, nint* @out) =>
        throw new NotSupportedException("MXSymbolCreateVariable is not there yet.");

    internal static void MXSymbolCreateGroup(uint numSymbols, nint* symbols, nint* @out) =>
        throw new NotSupportedException("MXSymbolCreateGroup is not there yet.");

    internal static void MXSymbolCreateFromFile(byte* fname, nint* @out) =>
        throw new NotSupportedException("MXSymbolCreateFromFile is not there yet.");

    internal static void MXSymbolCreateFromJSON(byte* json, nint* @out) =>
        throw new NotSupportedException("MXSymbolCreateFromJSON is not there yet.");

    internal static void MXSymbolSaveToFile(nint symbol, byte* fname) =>
        throw new NotSupportedException("MXSymbolSaveToFile is not there yet.");

    internal static void MXSymbolSaveToJSON(nint symbol, byte** outJson) =>
        throw new NotSupportedException("MXSymbolSaveToJSON is not there yet.");

    internal static void MXSymbolFree(nint symbol) => throw new NotSupportedException("MXSymbolFree is not there yet.");

    internal static void MXSymbolCopy(nint symbol, nint* @out) =>
        throw new NotSupportedException("MXSymbolCopy is not there yet.");

    internal static void MXSymbolPrint(nint symbol, byte** outStr) =>
        throw new NotSupportedException("MXSymbolPrint is not there yet.");

    internal static void MXSymbolGetName(nint symbol, byte** @out, int* success) =>
        throw new NotSupportedException("MXSymbolGetName is not there yet.");

    internal static void MXSymbolGetAttr(nint symbol, byte* key, byte** @out, int* success) =>
        throw new NotSupportedException("MXSymbolGetAttr is not there yet.");

    internal static void MXSymbolSetAttr(nint symbol, byte* key, byte* value) =>
        throw new NotSupportedException("MXSymbolSetAttr is not there yet.");

    internal static void MXSymbolListAttr(nint symbol, uint* outSize, byte*** @out) =>
        throw new NotSupportedException("MXSymbolListAttr is not there yet.");

    internal static void MXSymbolListAttrShallow(nint symbol, uint* outSize, byte*** @out) =>
        throw new NotSupportedException("MXSymbolListAttrShallow is not there yet.");

    internal static void MXSymbolListArguments(nint symbol, uint* outSize, byte*** outStrArray) =>
        throw new NotSupportedException("MXSymbolListArguments is not there yet.");

    internal static void MXSymbolListOutputs(nint symbol, uint* outSize, byte*** outStrArray) =>
        throw new NotSupportedException("MXSymbolListOutputs is not there yet.");

    internal static void MXSymbolGetInternals(nint symbol, nint* @out) =>
        throw new NotSupportedException("MXSymbolGetInternals is not there yet.");

    internal static void MXSymbolGetChildren(nint symbol, nint* @out) =>
        throw new NotSupportedException("MXSymbolGetChildren is not there yet.");

    internal static void MXSymbolGetOutput(nint symbol, uint index, nint* @out) =>
        throw new NotSupportedException("MXSymbolGetOutput is not there yet.");

    internal static void MXSymbolListAuxiliaryStates(nint symbol, uint* outSize, byte*** outStrArray) =>
        throw new NotSupportedException("MXSymbolListAuxiliaryStates is not there yet.");

    internal static void MXSymbolCompose(nint sym, byte* name, uint numArgs, byte** keys, nint* args) =>
        throw new NotSupportedException("MXSymbolCompose is not there yet.");

    internal static void MXSymbolGrad(nint sym, uint numWrt, byte** wrt, nint* @out) =>
        throw new NotSupportedException("MXSymbolGrad is not there yet.");

    internal static void MXSymbolInferShape(
        nint sym,
        uint numArgs,
        byte** keys,
        uint* argIndPtr,
        uint* argShapeData,
        uint* inShapeSize,
        uint** inShapeNdim,
        uint*** inShapeData,
        uint* outShapeSize,
        uint** outShapeNdim,
        uint*** outShapeData,
        uint* auxShapeSize,
        uint** auxShapeNdim,
        uint*** auxShapeData,
        int* complete
    ) => throw new NotSupportedException("MXSymbolInferShape is not there yet.");

    internal static void MXSymbolInferShapePartial(
        nint sym,
        uint numArgs,
        byte** keys,
        uint* argIndPtr,
        uint* argShapeData,
        uint* inShapeSize,
        uint** inShapeNdim,
        uint*** inShapeData,
        uint* outShapeSize,
        uint** outShapeNdim,
        uint*** outShapeData,
        uint* auxShapeSize,
        uint** auxShapeNdim,
        uint*** auxShapeData,
        int* complete
    ) => throw new NotSupportedException("MXSymbolInferShapePartial is not there yet.");

    internal static void MXSymbolInferType(
        nint sym,
        uint numArgs,
        byte** keys,
        int* argTypeData,
        uint* inTypeSize,
        int** inTypeData,
        uint* outTypeSize,
        int** outTypeData,
        uint* auxTypeSize,
        int** auxTypeData,
        int* complete
    ) => throw new NotSupportedException("MXSymbolInferType is not there yet.");

    internal static void NNSymbolCreateAtomicSymbol(nint @op, uint numParam, byte** keys, byte** vals, nint* @out) =>
        throw new NotSupportedException("NNSymbolCreateAtomicSymbol is not there yet.");

    internal static void NNSymbolCreateVariable(byte* name, nint* @out) =>
        throw new NotSupportedException("NNSymbolCreateVariable is not there yet.");

    internal static void NNSymbolCreateGroup(uint numSymbols, nint* symbols, nint* @out) =>
        throw new NotSupportedException("NNSymbolCreateGroup is not there yet.");

    internal static void NNAddControlDeps(nint handle, nint srcDep) =>
        throw new NotSupportedException("NNAddControlDeps is not there yet.");

    internal static void NNSymbolFree(nint symbol) => throw new NotSupportedException("NNSymbolFree is not there yet.");

    internal static void NNSymbolCopy(nint symbol, nint* @out) =>
        throw new NotSupportedException("NNSymbolCopy is not there yet.");

    internal static void NNSymbolPrint(nint symbol, byte** outStr) =>
        throw new NotSupportedException("NNSymbolPrint is not there yet.");

    internal static void NNSymbolGetAttr(nint symbol, byte* key, byte** @out, int* success) =>
        throw new NotSupportedException("NNSymbolGetAttr is not there yet.");

    internal static void NNSymbolSetAttrs(nint symbol, uint numParam, byte** keys, byte** values) =>
        throw new NotSupportedException("NNSymbolSetAttrs is not there yet.");

    internal static void NNSymbolListAttrs(nint symbol, int recursiveOption, uint* outSize, byte*** @out) =>
        throw new NotSupportedException("NNSymbolListAttrs is not there yet.");

    internal static void NNSymbolListInputVariables(nint symbol, int option, uint* outSize, nint** outSymArray) =>
        throw new NotSupportedException("NNSymbolListInputVariables is not there yet.");

    internal static void NNSymbolListInputNames(nint symbol, int option, uint* outSize, byte*** outStrArray) =>
        throw new NotSupportedException("NNSymbolListInputNames is not there yet.");

    internal static void NNSymbolListOutputNames(nint symbol, uint* outSize, byte*** outStrArray) =>
        throw new NotSupportedException("NNSymbolListOutputNames is not there yet.");

    internal static void NNSymbolGetInternals(nint symbol, nint* @out) =>
        throw new NotSupportedException("NNSymbolGetInternals is not there yet.");

    internal static void NNSymbolGetOutput(nint symbol, uint index, nint* @out) =>
        throw new NotSupportedException("NNSymbolGetOutput is not there yet.");

    internal static void NNSymbolCompose(nint sym, byte* name, uint numArgs, byte** keys, nint* args) =>
        throw new NotSupportedException("NNSymbolCompose is not there yet.");

    internal static void MXShallowCopySymbol(nint src, nint* @out) =>
        throw new NotSupportedException("MXShallowCopySymbol is not there yet.");

    internal static void MXSymbolCutSubgraph(nint sym, nint** inputs, int* inputSize) =>
        throw new NotSupportedException("MXSymbolCutSubgraph is not there yet.");

    internal static void MXSymbolGetInputSymbols(nint sym, nint** inputs, int* inputSize) =>
        throw new NotSupportedException("MXSymbolGetInputSymbols is not there yet.");

    internal static void MXSymbolGetNumOutputs(nint symbol, uint* outputCount) =>
        throw new NotSupportedException("MXSymbolGetNumOutputs is not there yet.");

    internal static void MXSymbolInferShapeEx(
        nint sym,
        uint numArgs,
        byte** keys,
        uint* argIndPtr,
        int* argShapeData,
        uint* inShapeSize,
        int** inShapeNdim,
        int*** inShapeData,
        uint* outShapeSize,
        int** outShapeNdim,
        int*** outShapeData,
        uint* auxShapeSize,
        int** auxShapeNdim,
        int*** auxShapeData,
        int* complete
    ) => throw new NotSupportedException("MXSymbolInferShapeEx is not there yet.");

    internal static void MXSymbolInferShapeEx64(
        nint sym,
        uint numArgs,
        byte** keys,
        long* argIndPtr,
        long* argShapeData,
        nuint* inShapeSize,
        int** inShapeNdim,
        long*** inShapeData,
        nuint* outShapeSize,
        int** outShapeNdim,
        long*** outShapeData,
        nuint* auxShapeSize,
        int** auxShapeNdim,
        long*** auxShapeData,
        int* complete
    ) => throw new NotSupportedException("MXSymbolInferShapeEx64 is not there yet.");

    internal static void MXSymbolInferShapePartialEx(
        nint sym,
        uint numArgs,
        byte** keys,
        uint* argIndPtr,
        int* argShapeData,
        uint* inShapeSize,
        int** inShapeNdim,
        int*** inShapeData,
        uint* outShapeSize,
        int** outShapeNdim,
        int*** outShapeData,
        uint* auxShapeSize,
        int** auxShapeNdim,
        int*** auxShapeData,
        int* complete
    ) => throw new NotSupportedException("MXSymbolInferShapePartialEx is not there yet.");

    internal static void MXSymbolInferShapePartialEx64(
        nint sym,
        uint numArgs,
        byte** keys,
        long* argIndPtr,
        long* argShapeData,
        nuint* inShapeSize,
        int** inShapeNdim,
        long*** inShapeData,
        nuint* outShapeSize,
        int** outShapeNdim,
        long*** outShapeData,
        nuint* auxShapeSize,
        int** auxShapeNdim,
        long*** auxShapeData,
        int* complete
    ) => throw new NotSupportedException("MXSymbolInferShapePartialEx64 is not there yet.");

    internal static void MXSymbolInferTypePartial(
        nint sym,
        uint numArgs,
        byte** keys,
        int* argTypeData,
        uint* inTypeSize,
        int** inTypeData,
        uint* outTypeSize,
        int** outTypeData,
        uint* auxTypeSize,
        int** auxTypeData,
        int* complete
    ) => throw new NotSupportedException("MXSymbolInferTypePartial is not there yet.");

    internal static void MXSymbolRemoveAmpCast(nint symHandle, nint* retSymHandle) =>
        throw new NotSupportedException("MXSymbolRemoveAmpCast is not there yet.");

    internal static void NNSymbolGetChildren(nint symbol, nint* @out) =>
        throw new NotSupportedException("NNSymbolGetChildren is not there yet.");

    internal static void NNSymbolGetNumOutputs(nint symbol, uint* outputCount) =>
        throw new NotSupportedException("NNSymbolGetNumOutputs is not there yet.");
}
