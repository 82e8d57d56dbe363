using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <summary>Making, freeing and describing arrays.</summary>
internal static unsafe partial class NDArrayCalls
{
    internal static void MXNDArrayCreateNone(nint* @out)
    {
        Pointers.Require(@out, nameof(@out));
        *@out = Handles.Add(new ArrayHandle(null));
    }

    internal static void MXNDArrayCreate(uint* shape, uint ndim, int devType, int devId, int delayAlloc, nint* @out) =>
        MXNDArrayCreateEx(shape, ndim, devType, devId, delayAlloc, (int)DType.Float32, @out);

    internal static void MXNDArrayCreateEx(
        uint* shape,
        uint ndim,
        int devType,
        int devId,
        int delayAlloc,
        int dtype,
        nint* @out
    )
    {
        Pointers.Require(@out, nameof(@out));
        Create(ArrayArguments.Shape(shape, ndim, nameof(shape)), devType, devId, dtype, @out);
    }

    internal static void MXNDArrayCreateEx64(
        long* shape,
        int ndim,
        int devType,
        int devId,
        int delayAlloc,
        int dtype,
        nint* @out
    )
    {
        Pointers.Require(@out, nameof(@out));
        Create(ArrayArguments.Shape(shape, ndim, nameof(shape)), devType, devId, dtype, @out);
    }

    internal static void MXShallowCopyNDArray(nint src, nint* @out)
    {
        Pointers.Require(@out, nameof(@out));
        *@out = Handles.Add(HandleKind.NDArray, Handles.Slot(src, nameof(src)).Share());
    }

    internal static void MXNDArrayFree(nint handle)
    {
        if (Handles.Remove(handle, HandleKind.NDArray, nameof(handle)) is ArrayHandle slot)
            slot.Release();
    }

    internal static void MXNDArrayGetStorageType(nint handle, int* outStorageType)
    {
        Pointers.Require(outStorageType, nameof(outStorageType));
        NDArray? array = Handles.Slot(handle, nameof(handle)).Array;
        *outStorageType = (int)(array?.StorageType ?? StorageType.Undefined);
    }

    internal static void MXNDArrayGetDType(nint handle, int* outDtype)
    {
        Pointers.Require(outDtype, nameof(outDtype));
        *outDtype = (int)(Handles.Slot(handle, nameof(handle)).Array?.DType ?? DType.None);
    }

    internal static void MXNDArrayGetContext(nint handle, int* outDevType, int* outDevId)
    {
        Pointers.Require(outDevType, nameof(outDevType));
        Pointers.Require(outDevId, nameof(outDevId));
        Device device = Handles.Slot(handle, nameof(handle)).Array?.Device ?? default;
        *outDevType = (int)device.Type;
        *outDevId = device.Id;
    }

    internal static void MXNDArrayGetShape(nint handle, uint* outDim, uint** outPdata) =>
        GetShape(handle, outDim, outPdata);

    internal static void MXNDArrayGetShapeEx(nint handle, int* outDim, int** outPdata) =>
        GetShape(handle, outDim, outPdata);

    internal static void MXNDArrayGetShapeEx64(nint handle, int* outDim, long** outPdata) =>
        GetShape(handle, outDim, outPdata);

    private static void Create(Shape shape, int devType, int devId, int dtype, nint* @out)
    {
        DType type = ArrayArguments.Type(dtype, nameof(dtype));
        *@out = Handles.Add(ArrayArguments.NewArray(shape, type, ArrayArguments.Device(devType, devId)));
    }

    private static void GetShape<TRank, T>(nint handle, TRank* outDim, T** outPdata)
        where TRank : unmanaged, System.Numerics.IBinaryInteger<TRank>
        where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        Pointers.Require(outDim, nameof(outDim));
        Pointers.Require(outPdata, nameof(outPdata));
        if (Handles.Slot(handle, nameof(handle)).Array is not { } array)
        {
            *outDim = TRank.Zero;
            return;
        }

        *outPdata = ReturnBuffers.Mx.InputShapes.Extents<T>(array.Shape);
        *outDim = TRank.CreateChecked(array.Rank);
    }
}
