namespace CoreEngine.CApi;

internal static unsafe partial class DataIteratorCalls
{
    internal static void MXListDataIters(uint* outSize, nint** outArray)
    {
        *outSize = 0;
        *outArray = null;
    }

    internal static void MXDataIterCreateIter(nint handle, uint numParam, byte** keys, byte** vals, nint* @out) =>
        throw new NotSupportedException("MXDataIterCreateIter is not there yet.");

    internal static void MXDataIterGetIterInfo(
        nint creator,
        byte** name,
        byte** description,
        uint* numArgs,
        byte*** argNames,
        byte*** argTypeInfos,
        byte*** argDescriptions
    ) => throw new NotSupportedException("MXDataIterGetIterInfo is not there yet.");

    internal static void MXDataIterFree(nint handle) =>
        throw new NotSupportedException("MXDataIterFree is not there yet.");

    internal static void MXDataIterNext(nint handle, int* @out) =>
        throw new NotSupportedException("MXDataIterNext is not there yet.");

    internal static void MXDataIterBeforeFirst(nint handle) =>
        throw new NotSupportedException("MXDataIterBeforeFirst is not there yet.");

    internal static void MXDataIterGetData(nint handle, nint* @out) =>
        throw new NotSupportedException("MXDataIterGetData is not there yet.");

    internal static void MXDataIterGetIndex(nint handle, ulong** outIndex, ulong* outSize) =>
        throw new NotSupportedException("MXDataIterGetIndex is not there yet.");

    internal static void MXDataIterGetPadNum(nint handle, int* pad) =>
        throw new NotSupportedException("MXDataIterGetPadNum is not there yet.");

    internal static void MXDataIterGetLabel(nint handle, nint* @out) =>
        throw new NotSupportedException("MXDataIterGetLabel is not there yet.");
}
