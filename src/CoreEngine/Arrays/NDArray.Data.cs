using System.Numerics.Tensors;
using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine;

public sealed unsafe partial class NDArray
{
    /// <summary>Waits until everything that writes this array has run.</summary>
    /// <exception cref="OperationException">An operation that this array depends on failed; the message says which.</exception>
    public void WaitToRead() => Engine.Default.WaitForVar(Variable);

    /// <summary>Waits until everything that reads or writes this array has run.</summary>
    public void WaitToWrite() => Engine.Default.WaitForVarExclusive(Variable);

    /// <summary>
    /// The elements, after waiting for pending writes. The span is valid while this array lives and nothing writes to it.
    /// Of a sparse array: the stored values.
    /// </summary>
    /// <exception cref="EngineException"><typeparamref name="T"/> is not the element type.</exception>
    public ReadOnlySpan<T> AsSpan<T>()
        where T : unmanaged
    {
        RequireType<T>(nameof(AsSpan));
        WaitToRead();
        return new ReadOnlySpan<T>(Pointer, HostLength());
    }

    /// <summary>
    /// The elements for writing, after waiting for pending reads and writes. Write before anything else is scheduled on
    /// this array.
    /// </summary>
    /// <exception cref="EngineException"><typeparamref name="T"/> is not the element type.</exception>
    public Span<T> AsWritableSpan<T>()
        where T : unmanaged
    {
        RequireType<T>(nameof(AsWritableSpan));
        WaitToWrite();
        Storage.CountHostWrite();
        return new Span<T>(Pointer, HostLength());
    }

    /// <summary>The elements with their shape, after waiting for pending writes; see <see cref="AsSpan{T}"/>.</summary>
    /// <exception cref="EngineException"><typeparamref name="T"/> is not the element type, or the array is sparse.</exception>
    public ReadOnlyTensorSpan<T> AsTensorSpan<T>()
        where T : unmanaged
    {
        RequireType<T>(nameof(AsTensorSpan));
        RequireDense(nameof(AsTensorSpan));
        WaitToRead();
        return new ReadOnlyTensorSpan<T>((T*)Pointer, (nint)Size, NativeDims());
    }

    /// <summary>The elements with their shape for writing; see <see cref="AsWritableSpan{T}"/>.</summary>
    /// <exception cref="EngineException"><typeparamref name="T"/> is not the element type, or the array is sparse.</exception>
    public TensorSpan<T> AsWritableTensorSpan<T>()
        where T : unmanaged
    {
        RequireType<T>(nameof(AsWritableTensorSpan));
        RequireDense(nameof(AsWritableTensorSpan));
        WaitToWrite();
        Storage.CountHostWrite();
        return new TensorSpan<T>((T*)Pointer, (nint)Size, NativeDims());
    }

    /// <summary>A copy of the elements, row-major. Of a sparse array: the stored values.</summary>
    public T[] ToArray<T>()
        where T : unmanaged => AsSpan<T>().ToArray();

    /// <summary>The value of an array with one element.</summary>
    /// <exception cref="EngineException">It has more elements, or another type.</exception>
    public T ToScalar<T>()
        where T : unmanaged =>
        Size == 1
            ? AsSpan<T>()[0]
            : throw new EngineException($"ToScalar: an array {Shape} has {Size} elements, not one.");

    /// <summary>Overwrites the elements with these values; waits until the array may be written.</summary>
    /// <exception cref="EngineException">The number or type of the values differs.</exception>
    public void CopyFrom<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        RequireDense(nameof(CopyFrom));
        if (values.Length != Size)
        {
            throw new EngineException(
                $"CopyFrom: {values.Length} values were given for an array {Shape} of {Size} elements."
            );
        }

        values.CopyTo(AsWritableSpan<T>());
    }

    /// <summary>Copies this array into another of the same shape, asynchronously, converting the element type.</summary>
    /// <returns>The target.</returns>
    public NDArray CopyTo(NDArray target)
    {
        NDArray source = DType == target.DType ? this : AsType(target.DType);
        Imperative.Invoke(Dispatcher.CopyInto(target, source), [source], [target]);
        return target;
    }

    /// <summary>A copy with memory of its own, asynchronously.</summary>
    public NDArray Copy() => Imperative.Call(s_copy, this);

    /// <summary>A copy with another element type, stored as this array is, asynchronously.</summary>
    public NDArray AsType(DType dtype)
    {
        if (StorageType == StorageType.Default)
            return Imperative.Call("Cast", new CastParameters { DType = dtype }, this);
        NDArray converted = New(StorageType, Shape, dtype, Device);
        Imperative.Invoke("_copyto", [this], outputs: [converted]);
        return converted;
    }

    private static readonly BoundOperator s_copy = OperatorRegistry.Default["_copy"].Bind();

    private int HostLength()
    {
        long count = Storage.Sparse is { } sparse ? sparse.StoredShape.Size : Size;
        return count <= int.MaxValue
            ? (int)count
            : throw new EngineException(
                $"A span holds at most {int.MaxValue} elements, the array {Shape} has {count}; take slices, or AsTensorSpan."
            );
    }

    private nint[] NativeDims() => Array.ConvertAll(Shape.Dims.ToArray(), d => (nint)d);

    private void RequireType<T>(string operation)
        where T : unmanaged
    {
        if (DTypes.Of<T>() != DType)
        {
            throw new EngineException(
                $"{operation}: the array holds {DType.Name()}, not {DTypes.Of<T>().Name()}; convert it with AsType first."
            );
        }

        if (Device.Type == DeviceType.Gpu)
            throw new EngineException($"{operation}: the array is on {Device}; copy it to the CPU first.");
    }
}
