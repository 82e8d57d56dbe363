using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine;

public sealed unsafe partial class NDArray
{
    /// <summary>An array on memory of somebody else. When the loan is ended, using the array or its views is an error.</summary>
    internal static NDArray Borrow(in TensorView view, Device device, out MemoryLease loan)
    {
        loan = MemoryLease.Borrow(view.Data, ByteLength(view.Shape, view.DType), device);
        ArrayStorage storage = ArrayStorage.Adopt(loan);
        var array = new NDArray(storage, byteOffset: 0, view.Shape, view.DType);
        storage.Release();
        return array;
    }

    /// <summary>An array on memory whose owner is told when neither the array nor its views nor any operation uses it.</summary>
    internal static NDArray Borrow(in TensorView view, Device device, IDisposable owner)
    {
        ArrayStorage storage = ArrayStorage.Borrow(view.Data, ByteLength(view.Shape, view.DType), device, owner);
        var array = new NDArray(storage, byteOffset: 0, view.Shape, view.DType);
        storage.Release();
        return array;
    }
}
