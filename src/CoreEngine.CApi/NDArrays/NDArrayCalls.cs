namespace CoreEngine.CApi;

internal static unsafe partial class NDArrayCalls
{
    internal static void MXNDArrayCreateNone(nint* @out) =>
        throw new NotSupportedException("MXNDArrayCreateNone is not there yet.");

    internal static void MXNDArrayCreate(uint* shape, uint ndim, int devType, int devId, int delayAlloc, nint* @out) =>
        throw new NotSupportedException("MXNDArrayCreate is not there yet.");

    internal static void MXNDArrayCreateEx(
        uint* shape,
        uint ndim,
        int devType,
        int devId,
        int delayAlloc,
        int dtype,
        nint* @out
    ) => throw new NotSupportedException("MXNDArrayCreateEx is not there yet.");

    internal static void MXNDArrayCreateSparseEx(
        int storageType,
        uint* shape,
        uint ndim,
        int devType,
        int devId,
        int delayAlloc,
        int dtype,
        uint numAux,
        int* auxType,
        uint* auxNdims,
        uint* auxShape,
        nint* @out
    ) => throw new NotSupportedException("MXNDArrayCreateSparseEx is not there yet.");

    internal static void MXNDArrayLoadFromRawBytes(void* buf, nuint size, nint* @out) =>
        throw new NotSupportedException("MXNDArrayLoadFromRawBytes is not there yet.");

    internal static void MXNDArraySaveRawBytes(nint handle, nuint* outSize, byte** outBuf) =>
        throw new NotSupportedException("MXNDArraySaveRawBytes is not there yet.");

    internal static void MXNDArraySave(byte* fname, uint numArgs, nint* args, byte** keys) =>
        throw new NotSupportedException("MXNDArraySave is not there yet.");

    internal static void MXNDArrayLoad(
        byte* fname,
        uint* outSize,
        nint** outArr,
        uint* outNameSize,
        byte*** outNames
    ) => throw new NotSupportedException("MXNDArrayLoad is not there yet.");

    internal static void MXNDArraySyncCopyFromCPU(nint handle, void* data, nuint size) =>
        throw new NotSupportedException("MXNDArraySyncCopyFromCPU is not there yet.");

    internal static void MXNDArraySyncCopyToCPU(nint handle, void* data, nuint size) =>
        throw new NotSupportedException("MXNDArraySyncCopyToCPU is not there yet.");

    internal static void MXNDArraySyncCopyFromNDArray(nint handleDst, nint handleSrc, int i) =>
        throw new NotSupportedException("MXNDArraySyncCopyFromNDArray is not there yet.");

    internal static void MXNDArraySyncCheckFormat(nint handle, byte fullCheck) =>
        throw new NotSupportedException("MXNDArraySyncCheckFormat is not there yet.");

    internal static void MXNDArrayWaitToRead(nint handle) =>
        throw new NotSupportedException("MXNDArrayWaitToRead is not there yet.");

    internal static void MXNDArrayWaitToWrite(nint handle) =>
        throw new NotSupportedException("MXNDArrayWaitToWrite is not there yet.");

    internal static void MXNDArrayWaitAll() => throw new NotSupportedException("MXNDArrayWaitAll is not there yet.");

    internal static void MXNDArrayFree(nint handle) =>
        throw new NotSupportedException("MXNDArrayFree is not there yet.");

    internal static void MXNDArraySlice(nint handle, uint sliceBegin, uint sliceEnd, nint* @out) =>
        throw new NotSupportedException("MXNDArraySlice is not there yet.");

    internal static void MXNDArrayAt(nint handle, uint idx, nint* @out) =>
        throw new NotSupportedException("MXNDArrayAt is not there yet.");

    internal static void MXNDArrayGetStorageType(nint handle, int* outStorageType) =>
        throw new NotSupportedException("MXNDArrayGetStorageType is not there yet.");

    internal static void MXNDArrayReshape(nint handle, int ndim, int* dims, nint* @out) =>
        throw new NotSupportedException("MXNDArrayReshape is not there yet.");

    internal static void MXNDArrayGetShape(nint handle, uint* outDim, uint** outPdata) =>
        throw new NotSupportedException("MXNDArrayGetShape is not there yet.");

    internal static void MXNDArrayGetData(nint handle, void** outPdata) =>
        throw new NotSupportedException("MXNDArrayGetData is not there yet.");

    internal static void MXNDArrayGetDType(nint handle, int* outDtype) =>
        throw new NotSupportedException("MXNDArrayGetDType is not there yet.");

    internal static void MXNDArrayGetAuxType(nint handle, uint i, int* outType) =>
        throw new NotSupportedException("MXNDArrayGetAuxType is not there yet.");

    internal static void MXNDArrayGetAuxNDArray(nint handle, uint i, nint* @out) =>
        throw new NotSupportedException("MXNDArrayGetAuxNDArray is not there yet.");

    internal static void MXNDArrayGetDataNDArray(nint handle, nint* @out) =>
        throw new NotSupportedException("MXNDArrayGetDataNDArray is not there yet.");

    internal static void MXNDArrayGetContext(nint handle, int* outDevType, int* outDevId) =>
        throw new NotSupportedException("MXNDArrayGetContext is not there yet.");

    internal static void MXNDArrayGetSharedMemHandle(nint handle, int* sharedPid, int* sharedId) =>
        throw new NotSupportedException("MXNDArrayGetSharedMemHandle is not there yet.");

    internal static void MXNDArrayCreateFromSharedMem(
        int sharedPid,
        int sharedId,
        uint* shape,
        uint ndim,
        int dtype,
        nint* @out
    ) => throw new NotSupportedException("MXNDArrayCreateFromSharedMem is not there yet.");

    internal static void MXNDArrayAt64(nint handle, long idx, nint* @out) =>
        throw new NotSupportedException("MXNDArrayAt64 is not there yet.");

    internal static void MXNDArrayCallDLPackDeleter(nint dlpack) =>
        throw new NotSupportedException("MXNDArrayCallDLPackDeleter is not there yet.");

    internal static void MXNDArrayCreateEx64(
        long* shape,
        int ndim,
        int devType,
        int devId,
        int delayAlloc,
        int dtype,
        nint* @out
    ) => throw new NotSupportedException("MXNDArrayCreateEx64 is not there yet.");

    internal static void MXNDArrayCreateFromSharedMemEx(
        int sharedPid,
        int sharedId,
        int* shape,
        int ndim,
        int dtype,
        nint* @out
    ) => throw new NotSupportedException("MXNDArrayCreateFromSharedMemEx is not there yet.");

    internal static void MXNDArrayCreateSparseEx64(
        int storageType,
        long* shape,
        int ndim,
        int devType,
        int devId,
        int delayAlloc,
        int dtype,
        uint numAux,
        int* auxType,
        int* auxNdims,
        long* auxShape,
        nint* @out
    ) => throw new NotSupportedException("MXNDArrayCreateSparseEx64 is not there yet.");

    internal static void MXNDArrayFromDLPack(nint dlpack, nint* outHandle) =>
        throw new NotSupportedException("MXNDArrayFromDLPack is not there yet.");

    internal static void MXNDArrayFromDLPackEx(nint dlpack, byte transientHandle, nint* outHandle) =>
        throw new NotSupportedException("MXNDArrayFromDLPackEx is not there yet.");

    internal static void MXNDArrayGetAuxNDArray64(nint handle, long i, nint* @out) =>
        throw new NotSupportedException("MXNDArrayGetAuxNDArray64 is not there yet.");

    internal static void MXNDArrayGetAuxType64(nint handle, long i, int* outType) =>
        throw new NotSupportedException("MXNDArrayGetAuxType64 is not there yet.");

    internal static void MXNDArrayGetShapeEx(nint handle, int* outDim, int** outPdata) =>
        throw new NotSupportedException("MXNDArrayGetShapeEx is not there yet.");

    internal static void MXNDArrayGetShapeEx64(nint handle, int* outDim, long** outPdata) =>
        throw new NotSupportedException("MXNDArrayGetShapeEx64 is not there yet.");

    internal static void MXNDArrayLoadFromBuffer(
        void* ndarrayBuffer,
        nuint size,
        uint* outSize,
        nint** outArr,
        uint* outNameSize,
        byte*** outNames
    ) => throw new NotSupportedException("MXNDArrayLoadFromBuffer is not there yet.");

    internal static void MXNDArrayReshape64(nint handle, int ndim, long* dims, byte reverse, nint* @out) =>
        throw new NotSupportedException("MXNDArrayReshape64 is not there yet.");

    internal static void MXNDArraySlice64(nint handle, long sliceBegin, long sliceEnd, nint* @out) =>
        throw new NotSupportedException("MXNDArraySlice64 is not there yet.");

    internal static void MXNDArrayToDLPack(nint handle, nint* outDlpack) =>
        throw new NotSupportedException("MXNDArrayToDLPack is not there yet.");

    internal static void MXShallowCopyNDArray(nint src, nint* @out) =>
        throw new NotSupportedException("MXShallowCopyNDArray is not there yet.");
}
