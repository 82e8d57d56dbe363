using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <summary>Sparse arrays. Their numbers are always int64: row numbers, or row pointers (0) and column numbers (1).</summary>
internal static unsafe partial class NDArrayCalls
{
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
    )
    {
        Pointers.Require(@out, nameof(@out));
        Shape extents = ArrayArguments.Shape(shape, ndim, nameof(shape));
        CreateSparse(storageType, extents, devType, devId, dtype, numAux, auxType, @out);
    }

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
    )
    {
        Pointers.Require(@out, nameof(@out));
        Shape extents = ArrayArguments.Shape(shape, ndim, nameof(shape));
        CreateSparse(storageType, extents, devType, devId, dtype, numAux, auxType, @out);
    }

    internal static void MXNDArraySyncCopyFromNDArray(nint handleDst, nint handleSrc, int i)
    {
        ArrayHandle place = Handles.Slot(handleDst, nameof(handleDst));
        NDArray target = Handles.Array(handleDst, nameof(handleDst));
        NDArray source = Handles.Array(handleSrc, nameof(handleSrc));
        if (source.StorageType != StorageType.Default)
            throw new EngineException($"'{nameof(handleSrc)}' is a {source.StorageType} array; give a dense one.");
        if (i != -1)
            RequirePart(target, i);
        if (target.StorageType == StorageType.Default)
        {
            source.CopyTo(target);
            target.WaitToRead();
            return;
        }

        // Parts that do not make an array yet wait for the others; wrong numbers in them fail at the next wait.
        SparseAssembly assembly = place.Assembly ?? new SparseAssembly(target);
        place.Assembly = assembly;
        if (!assembly.Set(i, source))
            return;
        place.Assembly = null;
        assembly.Dispose();
    }

    internal static void MXNDArraySyncCheckFormat(nint handle, byte fullCheck) =>
        Handles.Array(handle, nameof(handle)).CheckFormat(ascends: fullCheck != 0);

    internal static void MXNDArrayGetAuxType(nint handle, uint i, int* outType) =>
        MXNDArrayGetAuxType64(handle, i, outType);

    internal static void MXNDArrayGetAuxType64(nint handle, long i, int* outType)
    {
        Pointers.Require(outType, nameof(outType));
        RequirePart(Handles.Array(handle, nameof(handle)), i);
        *outType = (int)DType.Int64;
    }

    internal static void MXNDArrayGetAuxNDArray(nint handle, uint i, nint* @out) =>
        MXNDArrayGetAuxNDArray64(handle, i, @out);

    internal static void MXNDArrayGetAuxNDArray64(nint handle, long i, nint* @out)
    {
        Pointers.Require(@out, nameof(@out));
        NDArray array = Handles.Array(handle, nameof(handle));
        RequirePart(array, i);
        bool isRowPointers = array.StorageType == StorageType.Csr && i == 0;
        *@out = Handles.Add(isRowPointers ? array.StoredRowPointers() : array.StoredIndices());
    }

    internal static void MXNDArrayGetDataNDArray(nint handle, nint* @out)
    {
        Pointers.Require(@out, nameof(@out));
        NDArray array = Handles.Array(handle, nameof(handle));
        if (array.StorageType == StorageType.Default)
            array.WaitToRead();
        *@out = Handles.Add(array.StorageType == StorageType.Default ? array.Copy() : array.StoredValues());
    }

    private static void CreateSparse(
        int storageType,
        Shape shape,
        int devType,
        int devId,
        int dtype,
        uint numAux,
        int* auxType,
        nint* @out
    )
    {
        DType type = ArrayArguments.Type(dtype, nameof(dtype));
        Device device = ArrayArguments.Device(devType, devId);
        uint parts = storageType switch
        {
            (int)StorageType.RowSparse => 1,
            (int)StorageType.Csr => 2,
            _ => throw new EngineException(
                $"'{nameof(storageType)}' is {storageType}; sparse arrays are 1 (row_sparse) or 2 (csr)."
            ),
        };
        if (numAux != parts)
        {
            throw new EngineException(
                $"'{nameof(numAux)}' is {numAux}; a {(StorageType)storageType} array has {parts} lists of numbers."
            );
        }

        foreach (int aux in Pointers.Span(auxType, numAux, nameof(auxType)))
        {
            if (ArrayArguments.Type(aux, nameof(auxType)).IsFloat())
                throw new EngineException(
                    $"'{nameof(auxType)}' is {(DType)aux}; numbers of rows and columns are integers."
                );
        }

        *@out = Handles.Add(new NDArray((StorageType)storageType, shape, type, device));
    }

    private static void RequirePart(NDArray array, long part)
    {
        long parts = array.StorageType switch
        {
            StorageType.RowSparse => 1,
            StorageType.Csr => 2,
            _ => 0,
        };
        if (part < 0 || part >= parts)
        {
            throw new EngineException(
                $"A {array.StorageType} array has {parts} lists of numbers, counted from 0; {part} is none of them."
            );
        }
    }
}
