using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>The loops that convert one element type to another.</summary>
internal static unsafe class CastLoops
{
    /// <summary>Converts on the calling thread. Input and output may be the same array only if the types are equal.</summary>
    internal static void Convert(DType from, byte* x, DType to, byte* y, nint count)
    {
        if (from == to)
        {
            if (x != y)
                Buffer.MemoryCopy(x, y, count * to.ItemSize(), count * to.ItemSize());
            return;
        }

        switch (from)
        {
            case DType.Float32:
                FromFloat((float*)x, to, y, count);
                break;
            case DType.Float64:
                FromDouble((double*)x, to, y, count);
                break;
            case DType.Float16:
                FromHalf((Half*)x, to, y, count);
                break;
            case DType.UInt8:
                FromInteger(x, to, y, count);
                break;
            case DType.Int8:
                FromInteger((sbyte*)x, to, y, count);
                break;
            case DType.Int32:
                FromInteger((int*)x, to, y, count);
                break;
            case DType.Int64:
                FromInteger((long*)x, to, y, count);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(from), from, "This is not an element type.");
        }
    }

    private static void FromFloat(float* x, DType to, byte* y, nint count)
    {
        switch (to)
        {
            case DType.Float64:
                for (nint i = 0; i < count; i++)
                    ((double*)y)[i] = x[i];
                break;
            case DType.Float16:
                for (nint i = 0; i < count; i++)
                    ((Half*)y)[i] = (Half)x[i];
                break;
            default:
                for (nint i = 0; i < count; i++)
                    StoreInteger(x[i], to, y, i);
                break;
        }
    }

    private static void FromDouble(double* x, DType to, byte* y, nint count)
    {
        switch (to)
        {
            case DType.Float32:
                for (nint i = 0; i < count; i++)
                    ((float*)y)[i] = (float)x[i];
                break;
            case DType.Float16:
                for (nint i = 0; i < count; i++)
                    ((Half*)y)[i] = (Half)x[i];
                break;
            default:
                for (nint i = 0; i < count; i++)
                    StoreInteger(x[i], to, y, i);
                break;
        }
    }

    private static void FromHalf(Half* x, DType to, byte* y, nint count)
    {
        switch (to)
        {
            case DType.Float32:
                for (nint i = 0; i < count; i++)
                    ((float*)y)[i] = (float)x[i];
                break;
            case DType.Float64:
                for (nint i = 0; i < count; i++)
                    ((double*)y)[i] = (double)x[i];
                break;
            default:
                for (nint i = 0; i < count; i++)
                    StoreInteger((double)x[i], to, y, i);
                break;
        }
    }

    private static void FromInteger<T>(T* x, DType to, byte* y, nint count)
        where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        switch (to)
        {
            case DType.Float32:
                for (nint i = 0; i < count; i++)
                    ((float*)y)[i] = float.CreateTruncating(x[i]);
                break;
            case DType.Float64:
                for (nint i = 0; i < count; i++)
                    ((double*)y)[i] = double.CreateTruncating(x[i]);
                break;
            case DType.Float16:
                for (nint i = 0; i < count; i++)
                    ((Half*)y)[i] = (Half)float.CreateTruncating(x[i]);
                break;
            case DType.Int64:
                for (nint i = 0; i < count; i++)
                    ((long*)y)[i] = long.CreateTruncating(x[i]);
                break;
            case DType.Int32:
                for (nint i = 0; i < count; i++)
                    ((int*)y)[i] = int.CreateTruncating(x[i]);
                break;
            case DType.Int8:
                for (nint i = 0; i < count; i++)
                    ((sbyte*)y)[i] = sbyte.CreateTruncating(x[i]);
                break;
            case DType.UInt8:
                for (nint i = 0; i < count; i++)
                    y[i] = byte.CreateTruncating(x[i]);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(to), to, "This is not an element type.");
        }
    }

    private static void StoreInteger(double value, DType to, byte* y, nint index)
    {
        switch (to)
        {
            case DType.Int64:
                ((long*)y)[index] = ToInt64(value);
                break;
            case DType.Int32:
                ((int*)y)[index] = ToInt32(value);
                break;
            case DType.Int8:
                ((sbyte*)y)[index] = (sbyte)ToInt32(value);
                break;
            case DType.UInt8:
                y[index] = (byte)ToInt32(value);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(to), to, "This is not an element type.");
        }
    }

    /// <summary>Truncates; NaN and what does not fit give the smallest value, as x86 processors do.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int ToInt32(double value) =>
        value is > -2147483649.0 and < 2147483648.0 ? (int)value : int.MinValue;

    /// <inheritdoc cref="ToInt32"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static long ToInt64(double value) =>
        value is >= -9223372036854775808.0 and < 9223372036854775808.0 ? (long)value : long.MinValue;
}
