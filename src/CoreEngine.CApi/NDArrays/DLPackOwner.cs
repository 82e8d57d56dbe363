using System.Runtime.InteropServices;
using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <summary>Memory that another library of the process lent; it is told when nothing uses it any more.</summary>
internal sealed unsafe class DLPackOwner : IDisposable
{
    private readonly bool _isCopied;
    private nint _tensor;

    private DLPackOwner(DLManagedTensor* tensor, bool isTransient)
    {
        _isCopied = isTransient;
        if (isTransient)
        {
            var copy = (DLManagedTensor*)NativeMemory.Alloc((nuint)sizeof(DLManagedTensor));
            *copy = *tensor;
            tensor = copy;
        }

        _tensor = (nint)tensor;
    }

    ~DLPackOwner() => End();

    /// <summary>An array on the memory of another library.</summary>
    /// <param name="tensor">What the library gave; this array calls its deleter.</param>
    /// <param name="isTransient">Whether the structure itself, unlike the memory, goes away after this call.</param>
    /// <exception cref="EngineException">It is NULL, not on the host, has gaps or an unknown type.</exception>
    internal static NDArray Take(DLManagedTensor* tensor, bool isTransient)
    {
        if (tensor is null)
            throw new EngineException("'dlpack' is NULL.");
        if (tensor->DeviceType is not (1 or 3))
            throw new EngineException(
                $"'dlpack' is on a device of kind {tensor->DeviceType}; copy it to the CPU first."
            );
        DType dtype = DLPackTypes.Find(tensor->TypeCode, tensor->TypeBits, tensor->TypeLanes);
        Shape shape = ArrayArguments.Shape(tensor->Shape, tensor->Rank, "dlpack.shape");
        if (!shape.IsKnown || tensor->Data is null)
            throw new EngineException($"'dlpack' is an array {shape} without elements.");
        RequireCompact(tensor, shape);
        Device device = tensor->DeviceType == 3 ? Device.CpuPinned() : Device.Cpu();
        var view = new TensorView((byte*)tensor->Data + tensor->ByteOffset, shape, dtype);
        return NDArray.Borrow(view, device, new DLPackOwner(tensor, isTransient));
    }

    public void Dispose()
    {
        End();
        GC.SuppressFinalize(this);
    }

    private static void RequireCompact(DLManagedTensor* tensor, Shape shape)
    {
        if (tensor->Strides is null)
            return;
        long[] strides = shape.Strides();
        for (int i = 0; i < strides.Length; i++)
        {
            if (shape[i] > 1 && tensor->Strides[i] != strides[i])
                throw new EngineException(
                    $"'dlpack' is an array {shape} with gaps or another order; make it contiguous first."
                );
        }
    }

    private void End()
    {
        var tensor = (DLManagedTensor*)Interlocked.Exchange(ref _tensor, 0);
        if (tensor is null)
            return;
        if (tensor->Deleter is not null)
            tensor->Deleter(tensor);
        if (_isCopied)
            NativeMemory.Free(tensor);
    }
}
