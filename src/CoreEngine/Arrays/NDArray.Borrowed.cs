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
}
