namespace CoreEngine.CApi;

internal static unsafe partial class OperatorCalls
{
    internal static void MXImperativeInvoke(
        nint creator,
        int numInputs,
        nint* inputs,
        int* numOutputs,
        nint** outputs,
        int numParams,
        byte** paramKeys,
        byte** paramVals
    ) => throw new NotSupportedException("MXImperativeInvoke is not there yet.");

    internal static void MXImperativeInvokeEx(
        nint creator,
        int numInputs,
        nint* inputs,
        int* numOutputs,
        nint** outputs,
        int numParams,
        byte** paramKeys,
        byte** paramVals,
        int** outStypes
    ) => throw new NotSupportedException("MXImperativeInvokeEx is not there yet.");

    internal static void MXListAllOpNames(uint* outSize, byte*** outArray) =>
        throw new NotSupportedException("MXListAllOpNames is not there yet.");

    internal static void NNListAllOpNames(uint* outSize, byte*** outArray) =>
        throw new NotSupportedException("NNListAllOpNames is not there yet.");

    internal static void NNGetOpHandle(byte* opName, nint* opOut) =>
        throw new NotSupportedException("NNGetOpHandle is not there yet.");

    internal static void NNListUniqueOps(uint* outSize, nint** outArray) =>
        throw new NotSupportedException("NNListUniqueOps is not there yet.");

    internal static void NNGetOpInfo(
        nint @op,
        byte** realName,
        byte** description,
        uint* numDocArgs,
        byte*** argNames,
        byte*** argTypeInfos,
        byte*** argDescriptions,
        byte** returnType
    ) => throw new NotSupportedException("NNGetOpInfo is not there yet.");

    internal static void MXSymbolListAtomicSymbolCreators(uint* outSize, nint** outArray) =>
        throw new NotSupportedException("MXSymbolListAtomicSymbolCreators is not there yet.");

    internal static void MXSymbolGetAtomicSymbolName(nint creator, byte** name) =>
        throw new NotSupportedException("MXSymbolGetAtomicSymbolName is not there yet.");

    internal static void MXSymbolGetAtomicSymbolInfo(
        nint creator,
        byte** name,
        byte** description,
        uint* numArgs,
        byte*** argNames,
        byte*** argTypeInfos,
        byte*** argDescriptions,
        byte** keyVarNumArgs,
        byte** returnType
    ) => throw new NotSupportedException("MXSymbolGetAtomicSymbolInfo is not there yet.");
}
