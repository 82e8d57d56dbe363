using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <summary>Lends arrays to other libraries of the process.</summary>
internal static unsafe class DLPackLoan
{
    /// <summary>The array for another library, after waiting for pending writes; it shares the memory until it calls the deleter.</summary>
    /// <exception cref="EngineException">The array is sparse.</exception>
    internal static DLManagedTensor* Lend(NDArray array)
    {
        if (array.StorageType != StorageType.Default)
            throw new EngineException(
                $"MXNDArrayToDLPack: the array is {array.StorageType}; cast it to dense storage first."
            );
        array.WaitToRead();
        NDArray held = array.Detach();
        // The extents lie behind the structure.
        var tensor = (DLManagedTensor*)
            NativeMemory.AllocZeroed((nuint)sizeof(DLManagedTensor) + ((nuint)array.Rank * sizeof(long)));
        tensor->Data = held.Pointer;
        tensor->DeviceType = held.Device.Type == DeviceType.CpuPinned ? 3 : 1;
        tensor->Rank = held.Rank;
        (tensor->TypeCode, tensor->TypeBits) = DLPackTypes.Of(held.DType);
        tensor->TypeLanes = 1;
        tensor->Shape = (long*)(tensor + 1);
        held.Shape.Dims.CopyTo(new Span<long>(tensor->Shape, held.Rank));
        tensor->Context = (void*)GCHandle.ToIntPtr(GCHandle.Alloc(held));
        tensor->Deleter = &End;
        return tensor;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void End(DLManagedTensor* tensor)
    {
        if (tensor is null)
            return;
        try
        {
            var handle = GCHandle.FromIntPtr((nint)tensor->Context);
            (handle.Target as NDArray)?.Dispose();
            handle.Free();
            NativeMemory.Free(tensor);
        }
        catch (Exception error)
        {
            // Nobody to tell: the borrower calls this, perhaps on a thread of its own.
            Failure.Record(error);
        }
    }
}
