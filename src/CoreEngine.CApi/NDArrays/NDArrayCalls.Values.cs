using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <summary>Reading and writing values; waiting for them.</summary>
internal static unsafe partial class NDArrayCalls
{
    internal static void MXNDArraySyncCopyFromCPU(nint handle, void* data, nuint size)
    {
        NDArray array = HostArray(handle, data, size, nameof(MXNDArraySyncCopyFromCPU));
        array.WaitToWrite();
        array.Storage.CountHostWrite();
        long bytes = array.Size * array.DType.ItemSize();
        System.Buffer.MemoryCopy(data, array.Pointer, bytes, bytes);
        GC.KeepAlive(array);
    }

    internal static void MXNDArraySyncCopyToCPU(nint handle, void* data, nuint size)
    {
        NDArray array = HostArray(handle, data, size, nameof(MXNDArraySyncCopyToCPU));
        array.WaitToRead();
        long bytes = array.Size * array.DType.ItemSize();
        System.Buffer.MemoryCopy(array.Pointer, data, bytes, bytes);
        GC.KeepAlive(array);
    }

    internal static void MXNDArrayWaitToRead(nint handle) => Handles.Slot(handle, nameof(handle)).Array?.WaitToRead();

    internal static void MXNDArrayWaitToWrite(nint handle) => Handles.Slot(handle, nameof(handle)).Array?.WaitToWrite();

    internal static void MXNDArrayWaitAll() => Engine.Default.WaitForAll();

    internal static void MXNDArrayGetData(nint handle, void** outPdata)
    {
        Pointers.Require(outPdata, nameof(outPdata));
        NDArray? array = Handles.Slot(handle, nameof(handle)).Array;
        *outPdata = array is null ? null : array.Pointer;
    }

    private static NDArray HostArray(nint handle, void* data, nuint size, string function)
    {
        NDArray array = Handles.Array(handle, nameof(handle));
        if (array.StorageType != StorageType.Default)
        {
            throw new EngineException(
                $"{function}: the array is {array.StorageType}; cast it to dense storage, or take its parts."
            );
        }

        if (!array.Device.IsHost)
            throw new EngineException($"{function}: the array is on {array.Device}; copy it to the CPU first.");
        if (size != (nuint)array.Size)
        {
            throw new EngineException(
                $"{function}: 'size' is {size}, but an array {array.Shape} has {array.Size} elements."
            );
        }

        if (data is null && size > 0)
            throw new EngineException($"{function}: 'data' is NULL.");
        return array;
    }
}
