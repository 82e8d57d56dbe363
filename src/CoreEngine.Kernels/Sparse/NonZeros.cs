using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>Finds elements that are not zero. A negative zero is one, a NaN is none.</summary>
internal static unsafe class NonZeros
{
    /// <summary>Whether there is an element that is not zero.</summary>
    internal static bool Any(DType dtype, byte* x, long count) =>
        dtype.ItemSize() switch
        {
            1 => Any((byte*)x, count, byte.MaxValue),
            2 => Any((ushort*)x, count, (ushort)0x7FFF),
            4 => Any((uint*)x, count, dtype.IsFloat() ? uint.MaxValue >> 1 : uint.MaxValue),
            _ => Any((ulong*)x, count, dtype.IsFloat() ? ulong.MaxValue >> 1 : ulong.MaxValue),
        };

    /// <summary>How many elements are not zero.</summary>
    internal static long Count(DType dtype, byte* x, long count) =>
        dtype.ItemSize() switch
        {
            1 => Count((byte*)x, count, byte.MaxValue),
            2 => Count((ushort*)x, count, (ushort)0x7FFF),
            4 => Count((uint*)x, count, dtype.IsFloat() ? uint.MaxValue >> 1 : uint.MaxValue),
            _ => Count((ulong*)x, count, dtype.IsFloat() ? ulong.MaxValue >> 1 : ulong.MaxValue),
        };

    /// <summary>Writes the elements that are not zero one after the other, and what numbers they have.</summary>
    /// <param name="dtype">The element type.</param>
    /// <param name="x">The elements.</param>
    /// <param name="numbers">The number of each element; null counts from 0.</param>
    /// <param name="count">How many.</param>
    /// <param name="values">Receives the elements.</param>
    /// <param name="indices">Receives their numbers.</param>
    internal static void Pack(DType dtype, byte* x, long* numbers, long count, byte* values, long* indices)
    {
        switch (dtype.ItemSize())
        {
            case 1:
                Pack(x, byte.MaxValue, numbers, count, values, indices);
                break;
            case 2:
                Pack((ushort*)x, (ushort)0x7FFF, numbers, count, (ushort*)values, indices);
                break;
            case 4:
                uint mask32 = dtype.IsFloat() ? uint.MaxValue >> 1 : uint.MaxValue;
                Pack((uint*)x, mask32, numbers, count, (uint*)values, indices);
                break;
            default:
                ulong mask64 = dtype.IsFloat() ? ulong.MaxValue >> 1 : ulong.MaxValue;
                Pack((ulong*)x, mask64, numbers, count, (ulong*)values, indices);
                break;
        }
    }

    /// <param name="x">The elements' bits.</param>
    /// <param name="count">How many.</param>
    /// <param name="mask">The bits that make a value: all but the sign of a floating-point number.</param>
    private static bool Any<T>(T* x, long count, T mask)
        where T : unmanaged, IBinaryInteger<T>
    {
        long i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            var masks = Vector256.Create(mask);
            for (; i + Vector256<T>.Count <= count; i += Vector256<T>.Count)
            {
                if ((Vector256.Load(x + i) & masks) != Vector256<T>.Zero)
                    return true;
            }
        }

        for (; i < count; i++)
        {
            if ((x[i] & mask) != T.Zero)
                return true;
        }

        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static long Count<T>(T* x, long count, T mask)
        where T : unmanaged, IBinaryInteger<T>
    {
        long found = 0;
        long i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            var masks = Vector256.Create(mask);
            for (; i + Vector256<T>.Count <= count; i += Vector256<T>.Count)
            {
                found += BitOperations.PopCount(~Zeros(x + i, masks) & Lanes(Vector256<T>.Count));
            }
        }

        for (; i < count; i++)
        {
            found += (x[i] & mask) == T.Zero ? 0 : 1;
        }

        return found;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pack<T>(T* x, T mask, long* numbers, long count, T* values, long* indices)
        where T : unmanaged, IBinaryInteger<T>
    {
        long i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            var masks = Vector256.Create(mask);
            for (; i + Vector256<T>.Count <= count; i += Vector256<T>.Count)
            {
                uint left = ~Zeros(x + i, masks) & Lanes(Vector256<T>.Count);
                for (; left != 0; left &= left - 1)
                {
                    long place = i + BitOperations.TrailingZeroCount(left);
                    *values++ = x[place];
                    *indices++ = numbers is null ? place : numbers[place];
                }
            }
        }

        for (; i < count; i++)
        {
            if ((x[i] & mask) == T.Zero)
                continue;
            *values++ = x[i];
            *indices++ = numbers is null ? i : numbers[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Zeros<T>(T* x, Vector256<T> mask)
        where T : unmanaged =>
        Vector256.Equals(Vector256.Load(x) & mask, Vector256<T>.Zero).ExtractMostSignificantBits();

    private static uint Lanes(int count) => uint.MaxValue >> (32 - count);
}
