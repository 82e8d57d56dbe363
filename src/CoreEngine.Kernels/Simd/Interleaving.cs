using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CoreEngine.Kernels;

/// <summary>Takes two adjacent registers of float32 or float64 apart into every other element, and puts them together again.</summary>
internal static unsafe class Interleaving
{
    /// <summary>Elements 0, 2, 4, ... of two adjacent registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Evens<V>(V low, V high)
        where V : struct, ISimd<V>
    {
        if (V.Count == 1)
            return low;
        if (Unsafe.SizeOf<V>() == 64)
        {
            (Vector512<float> a, Vector512<float> b) = (Bits512(low), Bits512(high));
            return V.ElementSize == 4
                ? Join<V, float>(
                    Evens256<float>(a.GetLower(), a.GetUpper()),
                    Evens256<float>(b.GetLower(), b.GetUpper())
                )
                : Join<V, double>(
                    Evens256<double>(a.GetLower(), a.GetUpper()),
                    Evens256<double>(b.GetLower(), b.GetUpper())
                );
        }

        if (Avx.IsSupported && Unsafe.SizeOf<V>() == 32)
        {
            (Vector256<float> a, Vector256<float> b) = Halves(low, high);
            return V.ElementSize == 4
                ? Unsafe.BitCast<Vector256<float>, V>(Avx.Shuffle(a, b, 0b10_00_10_00))
                : Unsafe.BitCast<Vector256<double>, V>(Avx.UnpackLow(a.AsDouble(), b.AsDouble()));
        }

        if (Sse2.IsSupported && Unsafe.SizeOf<V>() == 16)
        {
            (Vector128<float> a, Vector128<float> b) = (Bits128(low), Bits128(high));
            return V.ElementSize == 4
                ? Unsafe.BitCast<Vector128<float>, V>(Sse.Shuffle(a, b, 0b10_00_10_00))
                : Unsafe.BitCast<Vector128<double>, V>(Sse2.UnpackLow(a.AsDouble(), b.AsDouble()));
        }

        return Gather(low, high, 0, 2);
    }

    /// <summary>Elements 1, 3, 5, ... of two adjacent registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Odds<V>(V low, V high)
        where V : struct, ISimd<V>
    {
        if (V.Count == 1)
            return high;
        if (Unsafe.SizeOf<V>() == 64)
        {
            (Vector512<float> a, Vector512<float> b) = (Bits512(low), Bits512(high));
            return V.ElementSize == 4
                ? Join<V, float>(Odds256<float>(a.GetLower(), a.GetUpper()), Odds256<float>(b.GetLower(), b.GetUpper()))
                : Join<V, double>(
                    Odds256<double>(a.GetLower(), a.GetUpper()),
                    Odds256<double>(b.GetLower(), b.GetUpper())
                );
        }

        if (Avx.IsSupported && Unsafe.SizeOf<V>() == 32)
        {
            (Vector256<float> a, Vector256<float> b) = Halves(low, high);
            return V.ElementSize == 4
                ? Unsafe.BitCast<Vector256<float>, V>(Avx.Shuffle(a, b, 0b11_01_11_01))
                : Unsafe.BitCast<Vector256<double>, V>(Avx.UnpackHigh(a.AsDouble(), b.AsDouble()));
        }

        if (Sse2.IsSupported && Unsafe.SizeOf<V>() == 16)
        {
            (Vector128<float> a, Vector128<float> b) = (Bits128(low), Bits128(high));
            return V.ElementSize == 4
                ? Unsafe.BitCast<Vector128<float>, V>(Sse.Shuffle(a, b, 0b11_01_11_01))
                : Unsafe.BitCast<Vector128<double>, V>(Sse2.UnpackHigh(a.AsDouble(), b.AsDouble()));
        }

        return Gather(low, high, 1, 2);
    }

    /// <summary>The first half of the elements of both, which take turns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V ZipLow<V>(V even, V odd)
        where V : struct, ISimd<V>
    {
        if (V.Count == 1)
            return even;
        if (Avx.IsSupported && Unsafe.SizeOf<V>() == 32)
        {
            (Vector256<float> a, Vector256<float> b) = Unpacked<V>(even, odd);
            return Unsafe.BitCast<Vector256<float>, V>(Avx.Permute2x128(a, b, 0x20));
        }

        if (Sse2.IsSupported && Unsafe.SizeOf<V>() == 16)
        {
            (Vector128<float> a, Vector128<float> b) = (Bits128(even), Bits128(odd));
            return V.ElementSize == 4
                ? Unsafe.BitCast<Vector128<float>, V>(Sse.UnpackLow(a, b))
                : Unsafe.BitCast<Vector128<double>, V>(Sse2.UnpackLow(a.AsDouble(), b.AsDouble()));
        }

        return Alternate(even, odd, 0);
    }

    /// <summary>The second half of the elements of both, which take turns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V ZipHigh<V>(V even, V odd)
        where V : struct, ISimd<V>
    {
        if (V.Count == 1)
            return odd;
        if (Avx.IsSupported && Unsafe.SizeOf<V>() == 32)
        {
            (Vector256<float> a, Vector256<float> b) = Unpacked<V>(even, odd);
            return Unsafe.BitCast<Vector256<float>, V>(Avx.Permute2x128(a, b, 0x31));
        }

        if (Sse2.IsSupported && Unsafe.SizeOf<V>() == 16)
        {
            (Vector128<float> a, Vector128<float> b) = (Bits128(even), Bits128(odd));
            return V.ElementSize == 4
                ? Unsafe.BitCast<Vector128<float>, V>(Sse.UnpackHigh(a, b))
                : Unsafe.BitCast<Vector128<double>, V>(Sse2.UnpackHigh(a.AsDouble(), b.AsDouble()));
        }

        return Alternate(even, odd, V.Count / 2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Bits128<V>(V value)
        where V : struct => Unsafe.BitCast<V, Vector128<float>>(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Bits512<V>(V value)
        where V : struct => Unsafe.BitCast<V, Vector512<float>>(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Join<V, T>(Simd256<T> low, Simd256<T> high)
        where V : struct
        where T : unmanaged, System.Numerics.INumber<T>, System.Numerics.IMinMaxValue<T> =>
        Unsafe.BitCast<Vector512<T>, V>(Vector512.Create(low.Value, high.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Simd256<T> Evens256<T>(Vector256<float> low, Vector256<float> high)
        where T : unmanaged, System.Numerics.INumber<T>, System.Numerics.IMinMaxValue<T> =>
        Evens<Simd256<T>>(low.As<float, T>(), high.As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Simd256<T> Odds256<T>(Vector256<float> low, Vector256<float> high)
        where T : unmanaged, System.Numerics.INumber<T>, System.Numerics.IMinMaxValue<T> =>
        Odds<Simd256<T>>(low.As<float, T>(), high.As<float, T>());

    /// <summary>The lower 128 bits of both registers, and the upper ones: shuffles do not cross the middle.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float> Lower, Vector256<float> Upper) Halves<V>(V low, V high)
        where V : struct
    {
        Vector256<float> a = Unsafe.BitCast<V, Vector256<float>>(low);
        Vector256<float> b = Unsafe.BitCast<V, Vector256<float>>(high);
        return (Avx.Permute2x128(a, b, 0x20), Avx.Permute2x128(a, b, 0x31));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float> Low, Vector256<float> High) Unpacked<V>(V even, V odd)
        where V : struct, ISimd<V>
    {
        Vector256<float> a = Unsafe.BitCast<V, Vector256<float>>(even);
        Vector256<float> b = Unsafe.BitCast<V, Vector256<float>>(odd);
        return V.ElementSize == 4
            ? (Avx.UnpackLow(a, b), Avx.UnpackHigh(a, b))
            : (
                Avx.UnpackLow(a.AsDouble(), b.AsDouble()).AsSingle(),
                Avx.UnpackHigh(a.AsDouble(), b.AsDouble()).AsSingle()
            );
    }

    /// <summary>Kept out of line: only machines without such shuffles come here.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static V Gather<V>(V low, V high, int first, int step)
        where V : struct, ISimd<V>
    {
        byte* source = stackalloc byte[2 * Lanes.MaxBytes];
        byte* target = stackalloc byte[Lanes.MaxBytes];
        int size = V.ElementSize;
        V.Store(low, source);
        V.Store(high, source + (V.Count * size));
        for (int i = 0; i < V.Count; i++)
        {
            Unsafe.CopyBlockUnaligned(target + (i * size), source + ((first + (i * step)) * size), (uint)size);
        }

        return V.Load(target);
    }

    /// <inheritdoc cref="Gather"/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static V Alternate<V>(V even, V odd, int first)
        where V : struct, ISimd<V>
    {
        byte* source = stackalloc byte[2 * Lanes.MaxBytes];
        byte* target = stackalloc byte[Lanes.MaxBytes];
        int size = V.ElementSize;
        V.Store(even, source);
        V.Store(odd, source + Lanes.MaxBytes);
        for (int i = 0; i < V.Count; i++)
        {
            byte* from = source + ((i % 2) * Lanes.MaxBytes) + ((first + (i / 2)) * size);
            Unsafe.CopyBlockUnaligned(target + (i * size), from, (uint)size);
        }

        return V.Load(target);
    }
}
