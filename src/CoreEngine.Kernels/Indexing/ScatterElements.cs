using System.Numerics;
using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>Writes or adds single elements in any order: a row's loop and type, entered for each element, would take longer.</summary>
internal static unsafe class ScatterElements
{
    /// <summary>Element i goes to place <c>indices[i]</c>; of equal indices the last one counts.</summary>
    internal static void Write(DType dtype, void* x, long* indices, long count, void* y)
    {
        switch (dtype.ItemSize())
        {
            case 1:
                Write((byte*)x, indices, count, (byte*)y);
                break;
            case 2:
                Write((short*)x, indices, count, (short*)y);
                break;
            case 4:
                Write((int*)x, indices, count, (int*)y);
                break;
            default:
                Write((long*)x, indices, count, (long*)y);
                break;
        }
    }

    /// <summary>Adds element i to place <c>indices[i]</c>, in ascending i; negative indices are skipped.</summary>
    internal static void Add(DType dtype, void* x, long* indices, long count, void* y)
    {
        switch (dtype)
        {
            case DType.Float32:
                Add((float*)x, indices, count, (float*)y);
                break;
            case DType.Float64:
                Add((double*)x, indices, count, (double*)y);
                break;
            case DType.Float16:
                Add((Half*)x, indices, count, (Half*)y);
                break;
            case DType.UInt8:
            case DType.Int8:
                Add((byte*)x, indices, count, (byte*)y);
                break;
            case DType.Int32:
                Add((int*)x, indices, count, (int*)y);
                break;
            default:
                Add((long*)x, indices, count, (long*)y);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Write<T>(T* x, long* indices, long count, T* y)
        where T : unmanaged
    {
        for (long i = 0; i < count; i++)
        {
            y[indices[i]] = x[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<T>(T* x, long* indices, long count, T* y)
        where T : unmanaged, IAdditionOperators<T, T, T>
    {
        for (long i = 0; i < count; i++)
        {
            if (indices[i] >= 0)
                y[indices[i]] += x[i];
        }
    }
}
