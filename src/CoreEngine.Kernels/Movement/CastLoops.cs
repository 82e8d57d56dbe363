using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CoreEngine.Kernels;

/// <summary>The loops that convert one element type to another.</summary>
internal static unsafe class CastLoops
{
    /// <summary>Converts on the calling thread. Input and output may be the same array only if the types are equal.</summary>
    /// <remarks>
    /// With <paramref name="stream"/> the caller must call <see cref="ElementwiseBlocks.Fence"/> afterwards.
    /// </remarks>
    internal static void Convert(DType from, byte* x, DType to, byte* y, nint count, bool stream = false)
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
                From((float*)x, to, y, count, stream);
                break;
            case DType.Float64:
                From((double*)x, to, y, count, stream);
                break;
            case DType.Float16:
                From((Half*)x, to, y, count, stream);
                break;
            case DType.UInt8:
                From(x, to, y, count, stream);
                break;
            case DType.Int8:
                From((sbyte*)x, to, y, count, stream);
                break;
            case DType.Int32:
                From((int*)x, to, y, count, stream);
                break;
            case DType.Int64:
                From((long*)x, to, y, count, stream);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(from), from, "This is not an element type.");
        }
    }

    private static void From<TFrom>(TFrom* x, DType to, byte* y, nint count, bool stream)
        where TFrom : unmanaged, INumber<TFrom>
    {
        switch (to)
        {
            case DType.Float32:
                Loop(x, (float*)y, count, stream);
                break;
            case DType.Float64:
                Loop(x, (double*)y, count, stream);
                break;
            case DType.Float16:
                Loop(x, (Half*)y, count, stream);
                break;
            case DType.UInt8:
                Loop(x, y, count, stream);
                break;
            case DType.Int8:
                Loop(x, (sbyte*)y, count, stream);
                break;
            case DType.Int32:
                Loop(x, (int*)y, count, stream);
                break;
            case DType.Int64:
                Loop(x, (long*)y, count, stream);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(to), to, "This is not an element type.");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Loop<TFrom, TTo>(TFrom* x, TTo* y, nint count, bool stream)
        where TFrom : unmanaged, INumber<TFrom>
        where TTo : unmanaged, INumber<TTo>
    {
        nint i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            if (typeof(TFrom) == typeof(Half) && typeof(TTo) == typeof(float))
            {
                for (; i <= count - 16; i += 16)
                {
                    (Vector256<uint> low, Vector256<uint> high) = Vector256.Widen(Vector256.Load((ushort*)x + i));
                    HalfBits.ToSingle(low).Store((float*)y + i);
                    HalfBits.ToSingle(high).Store((float*)y + i + 8);
                }
            }
            else if (typeof(TFrom) == typeof(float) && typeof(TTo) == typeof(Half))
            {
                for (; i <= count - 16; i += 16)
                {
                    Vector256<uint> low = HalfBits.FromSingle(Vector256.Load((float*)x + i));
                    Vector256<uint> high = HalfBits.FromSingle(Vector256.Load((float*)x + i + 8));
                    Vector256.Narrow(low, high).Store((ushort*)y + i);
                }
            }
            else if (typeof(TFrom) == typeof(float) && typeof(TTo) == typeof(double))
            {
                for (; i <= count - 8; i += 8)
                {
                    (Vector256<double> low, Vector256<double> high) = Vector256.Widen(Vector256.Load((float*)x + i));
                    low.Store((double*)y + i);
                    high.Store((double*)y + i + 4);
                }
            }
            else if (typeof(TFrom) == typeof(double) && typeof(TTo) == typeof(float))
            {
                for (; i <= count - 8; i += 8)
                {
                    Vector256
                        .Narrow(Vector256.Load((double*)x + i), Vector256.Load((double*)x + i + 4))
                        .Store((float*)y + i);
                }
            }
            else if (typeof(TFrom) == typeof(int) && typeof(TTo) == typeof(float))
            {
                if (stream)
                {
                    for (; i < count && ((nint)(y + i) & 31) != 0; i++)
                    {
                        y[i] = Element<TFrom, TTo>(x[i]);
                    }

                    for (; i <= count - 16; i += 16)
                    {
                        Vector256<float> low = Vector256.ConvertToSingle(Vector256.Load((int*)x + i));
                        Vector256<float> high = Vector256.ConvertToSingle(Vector256.Load((int*)x + i + 8));
                        low.StoreAlignedNonTemporal((float*)y + i);
                        high.StoreAlignedNonTemporal((float*)y + i + 8);
                    }
                }

                for (; i <= count - 32; i += 32)
                {
                    int* source = (int*)x + i;
                    float* target = (float*)y + i;
                    Vector256.ConvertToSingle(Vector256.Load(source)).Store(target);
                    Vector256.ConvertToSingle(Vector256.Load(source + 8)).Store(target + 8);
                    Vector256.ConvertToSingle(Vector256.Load(source + 16)).Store(target + 16);
                    Vector256.ConvertToSingle(Vector256.Load(source + 24)).Store(target + 24);
                }

                for (; i <= count - 8; i += 8)
                {
                    Vector256.ConvertToSingle(Vector256.Load((int*)x + i)).Store((float*)y + i);
                }
            }
            else if (typeof(TFrom) == typeof(float) && typeof(TTo) == typeof(int) && Avx.IsSupported)
            {
                for (; i <= count - 32; i += 32)
                {
                    float* source = (float*)x + i;
                    int* target = (int*)y + i;
                    Avx.ConvertToVector256Int32WithTruncation(Vector256.Load(source)).Store(target);
                    Avx.ConvertToVector256Int32WithTruncation(Vector256.Load(source + 8)).Store(target + 8);
                    Avx.ConvertToVector256Int32WithTruncation(Vector256.Load(source + 16)).Store(target + 16);
                    Avx.ConvertToVector256Int32WithTruncation(Vector256.Load(source + 24)).Store(target + 24);
                }

                for (; i <= count - 8; i += 8)
                {
                    Avx.ConvertToVector256Int32WithTruncation(Vector256.Load((float*)x + i)).Store((int*)y + i);
                }
            }
            else if (typeof(TFrom) == typeof(byte) && typeof(TTo) == typeof(float))
            {
                for (; i <= count - 16; i += 16)
                {
                    (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(Vector128.Load((byte*)x + i));
                    (Vector128<uint> a, Vector128<uint> b) = Vector128.Widen(low);
                    (Vector128<uint> c, Vector128<uint> d) = Vector128.Widen(high);
                    Vector128.ConvertToSingle(a.AsInt32()).Store((float*)y + i);
                    Vector128.ConvertToSingle(b.AsInt32()).Store((float*)y + i + 4);
                    Vector128.ConvertToSingle(c.AsInt32()).Store((float*)y + i + 8);
                    Vector128.ConvertToSingle(d.AsInt32()).Store((float*)y + i + 12);
                }
            }
        }

        for (; i < count; i++)
        {
            y[i] = Element<TFrom, TTo>(x[i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TTo Element<TFrom, TTo>(TFrom value)
        where TFrom : unmanaged, INumber<TFrom>
        where TTo : unmanaged, INumber<TTo>
    {
        bool broken =
            typeof(TFrom) == typeof(float) || typeof(TFrom) == typeof(double) || typeof(TFrom) == typeof(Half);
        if (typeof(TTo) == typeof(Half) && !broken)
            return (TTo)(object)(Half)double.CreateTruncating(value);
        if (!broken || typeof(TTo) == typeof(float) || typeof(TTo) == typeof(double) || typeof(TTo) == typeof(Half))
            return TTo.CreateTruncating(value);
        double number = double.CreateTruncating(value);
        if (typeof(TTo) == typeof(long))
            return TTo.CreateTruncating(ToInt64(number));
        return TTo.CreateTruncating(ToInt32(number));
    }

    /// <summary>Truncates; NaN and what does not fit give the smallest value, as x86 processors do.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int ToInt32(double value)
    {
        if (Sse2.IsSupported)
            return Sse2.ConvertToInt32WithTruncation(Vector128.CreateScalarUnsafe(value));
        return value is > -2147483649.0 and < 2147483648.0 ? (int)value : int.MinValue;
    }

    /// <inheritdoc cref="ToInt32"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static long ToInt64(double value)
    {
        if (Sse2.X64.IsSupported)
            return Sse2.X64.ConvertToInt64WithTruncation(Vector128.CreateScalarUnsafe(value));
        return value is >= -9223372036854775808.0 and < 9223372036854775808.0 ? (long)value : long.MinValue;
    }
}
