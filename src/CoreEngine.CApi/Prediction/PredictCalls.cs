namespace CoreEngine.CApi;

internal static unsafe partial class PredictCalls
{
    internal static void MXPredCreate(
        byte* symbolJsonStr,
        void* paramBytes,
        int paramSize,
        int devType,
        int devId,
        uint numInputNodes,
        byte** inputKeys,
        uint* inputShapeIndptr,
        uint* inputShapeData,
        nint* @out
    ) => throw new NotSupportedException("MXPredCreate is not there yet.");

    internal static void MXPredCreatePartialOut(
        byte* symbolJsonStr,
        void* paramBytes,
        int paramSize,
        int devType,
        int devId,
        uint numInputNodes,
        byte** inputKeys,
        uint* inputShapeIndptr,
        uint* inputShapeData,
        uint numOutputNodes,
        byte** outputKeys,
        nint* @out
    ) => throw new NotSupportedException("MXPredCreatePartialOut is not there yet.");

    internal static void MXPredGetOutputShape(nint handle, uint index, uint** shapeData, uint* shapeNdim) =>
        throw new NotSupportedException("MXPredGetOutputShape is not there yet.");

    internal static void MXPredSetInput(nint handle, byte* key, float* data, uint size) =>
        throw new NotSupportedException("MXPredSetInput is not there yet.");

    internal static void MXPredForward(nint handle) =>
        throw new NotSupportedException("MXPredForward is not there yet.");

    internal static void MXPredPartialForward(nint handle, int step, int* stepLeft) =>
        throw new NotSupportedException("MXPredPartialForward is not there yet.");

    internal static void MXPredGetOutput(nint handle, uint index, float* data, uint size) =>
        throw new NotSupportedException("MXPredGetOutput is not there yet.");

    internal static void MXPredFree(nint handle) => throw new NotSupportedException("MXPredFree is not there yet.");

    internal static void MXNDListCreate(byte* ndFileBytes, int ndFileSize, nint* @out, uint* outLength) =>
        throw new NotSupportedException("MXNDListCreate is not there yet.");

    internal static void MXNDListGet(
        nint handle,
        uint index,
        byte** outKey,
        float** outData,
        uint** outShape,
        uint* outNdim
    ) => throw new NotSupportedException("MXNDListGet is not there yet.");

    internal static void MXNDListFree(nint handle) => throw new NotSupportedException("MXNDListFree is not there yet.");

    internal static void MXPredCreateEx(
        byte* symbolJsonStr,
        void* paramBytes,
        int paramSize,
        int devType,
        int devId,
        uint numInputNodes,
        byte** inputKeys,
        uint* inputShapeIndptr,
        uint* inputShapeData,
        uint numProvidedArgDtypes,
        byte** providedArgDtypeNames,
        int* providedArgDtypes,
        nint* @out
    ) => throw new NotSupportedException("MXPredCreateEx is not there yet.");

    internal static void MXPredCreateMultiThread(
        byte* symbolJsonStr,
        void* paramBytes,
        int paramSize,
        int devType,
        int devId,
        uint numInputNodes,
        byte** inputKeys,
        uint* inputShapeIndptr,
        uint* inputShapeData,
        int numThreads,
        nint* @out
    ) => throw new NotSupportedException("MXPredCreateMultiThread is not there yet.");

    internal static void MXPredGetOutputType(nint handle, uint outIndex, int* outDtype) =>
        throw new NotSupportedException("MXPredGetOutputType is not there yet.");

    internal static void MXPredReshape(
        uint numInputNodes,
        byte** inputKeys,
        uint* inputShapeIndptr,
        uint* inputShapeData,
        nint handle,
        nint* @out
    ) => throw new NotSupportedException("MXPredReshape is not there yet.");

    internal static void MXPredSetMonitorCallback(
        nint handle,
        delegate* unmanaged[Cdecl]<byte*, nint, void*, void> callback,
        void* callbackHandle,
        byte monitorAll
    ) => throw new NotSupportedException("MXPredSetMonitorCallback is not there yet.");
}
