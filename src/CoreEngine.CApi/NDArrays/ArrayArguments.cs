using System.Numerics;
using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <summary>Reads and checks shapes, types and devices that C gives as numbers.</summary>
internal static unsafe class ArrayArguments
{
    /// <summary>A shape of rank 1 or more.</summary>
    internal static Shape Shape<T>(T* extents, long rank, string argument)
        where T : unmanaged, IBinaryInteger<T>
    {
        ReadOnlySpan<T> values = Pointers.Span(extents, rank, argument);
        if (values.IsEmpty)
            throw new EngineException($"'{argument}' has no dimensions; an array needs at least one.");
        long[] dims = new long[values.Length];
        for (int i = 0; i < dims.Length; i++)
        {
            dims[i] = long.CreateChecked(values[i]);
            if (dims[i] < 0)
                throw new EngineException($"'{argument}[{i}]' is {dims[i]}; extents are not negative.");
        }

        return new Shape(dims);
    }

    /// <summary>An element type.</summary>
    internal static DType Type(int dtype, string argument) =>
        (uint)dtype < DTypes.Count
            ? (DType)dtype
            : throw new EngineException($"'{argument}' is {dtype}; element types are 0 to {DTypes.Count - 1}.");

    /// <summary>A device.</summary>
    internal static Device Device(int type, int id)
    {
        var device = new Device((DeviceType)type, id);
        if (!device.IsValid)
        {
            throw new InvalidDeviceException(
                $"There is no device of type {type} with number {id}: types are 1 (cpu), 2 (gpu), 3 (cpu_pinned) and 5 "
                    + $"(cpu_shared), numbers 0 to {CoreEngine.Device.MaxId}."
            );
        }

        return device;
    }

    /// <summary>A dense array with arbitrary values; unlike other arrays it may have no elements.</summary>
    internal static NDArray NewArray(Shape shape, DType dtype, Device device) =>
        shape.IsKnown ? new NDArray(shape, dtype, device) : new NDArray(shape, dtype, device, bytes: 0);
}
