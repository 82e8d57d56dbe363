using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>Numbers without sign that are ordered as an array's elements are: NaN last, the two zeros equal.</summary>
internal static unsafe class SortKeys
{
    /// <summary>The keys of elements of up to four bytes.</summary>
    /// <param name="x">The first element.</param>
    /// <param name="stride">Distance of neighbours in elements.</param>
    /// <param name="count">How many.</param>
    /// <param name="flip">All bits to reverse the order, else 0.</param>
    /// <param name="keys">The keys.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Of<T>(T* x, long stride, int count, uint flip, uint* keys)
        where T : unmanaged
    {
        int i = 0;
        if (stride == 1 && Vector256.IsHardwareAccelerated && (typeof(T) == typeof(float) || typeof(T) == typeof(int)))
        {
            var flips = Vector256.Create((int)flip);
            for (; i <= count - 8; i += 8)
            {
                Vector256<int> bits = Vector256.Load((int*)x + i);
                Vector256<int> turn = Vector256.Create(int.MinValue);
                if (typeof(T) == typeof(float))
                {
                    // + 0 turns -0 into 0; NaNs become one and the same.
                    Vector256<float> numbers = Vector256.Load((float*)x + i) + Vector256<float>.Zero;
                    Vector256<int> isNumber = Vector256.Equals(numbers, numbers).AsInt32();
                    bits = Vector256.ConditionalSelect(isNumber, numbers.AsInt32(), Vector256.Create(0x7FC00000));
                    turn |= bits >> 31;
                }

                (bits ^ turn ^ flips).Store((int*)keys + i);
            }
        }

        for (; i < count; i++)
        {
            keys[i] = Of(x[i * stride]) ^ flip;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Of<T>(T value)
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
            return Of(Unsafe.As<T, float>(ref value));
        if (typeof(T) == typeof(Half))
            return Of((float)Unsafe.As<T, Half>(ref value));
        if (typeof(T) == typeof(byte))
            return Unsafe.As<T, byte>(ref value);
        int number = typeof(T) == typeof(sbyte) ? Unsafe.As<T, sbyte>(ref value) : Unsafe.As<T, int>(ref value);
        return (uint)(number ^ int.MinValue);
    }

    private static uint Of(float value)
    {
        int bits = BitConverter.SingleToInt32Bits(float.IsNaN(value) ? float.NaN : value + 0f) & int.MaxValue;
        bool isNegative = !float.IsNaN(value) && value < 0;
        return isNegative ? ~((uint)bits | 0x8000_0000u) : (uint)bits | 0x8000_0000u;
    }

    /// <summary>The key of an element of eight bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong OfWide<T>(T value)
        where T : unmanaged
    {
        if (typeof(T) == typeof(long))
            return (ulong)(Unsafe.As<T, long>(ref value) ^ long.MinValue);
        double number = Unsafe.As<T, double>(ref value);
        long bits = BitConverter.DoubleToInt64Bits(double.IsNaN(number) ? double.NaN : number + 0.0) & long.MaxValue;
        return number < 0 ? ~((ulong)bits | 0x8000_0000_0000_0000ul) : (ulong)bits | 0x8000_0000_0000_0000ul;
    }
}
