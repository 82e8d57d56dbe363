namespace CoreEngine.CApi;

internal static unsafe partial class FunctionCalls
{
    internal static void MXListFunctions(uint* outSize, nint** outArray)
    {
        *outSize = 0;
        *outArray = null;
    }

    internal static void MXGetFunction(byte* name, nint* @out) =>
        throw new NotSupportedException("MXGetFunction is not there yet.");

    internal static void MXFuncGetInfo(
        nint fun,
        byte** name,
        byte** description,
        uint* numArgs,
        byte*** argNames,
        byte*** argTypeInfos,
        byte*** argDescriptions,
        byte** returnType
    ) => throw new NotSupportedException("MXFuncGetInfo is not there yet.");

    internal static void MXFuncDescribe(
        nint fun,
        uint* numUseVars,
        uint* numScalars,
        uint* numMutateVars,
        int* typeMask
    ) => throw new NotSupportedException("MXFuncDescribe is not there yet.");

    internal static void MXFuncInvoke(nint fun, nint* useVars, float* scalarArgs, nint* mutateVars) =>
        throw new NotSupportedException("MXFuncInvoke is not there yet.");

    internal static void MXFuncInvokeEx(
        nint fun,
        nint* useVars,
        float* scalarArgs,
        nint* mutateVars,
        int numParams,
        byte** paramKeys,
        byte** paramVals
    ) => throw new NotSupportedException("MXFuncInvokeEx is not there yet.");
}
