using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CoreEngine.Kernels;

/// <summary>Lane-by-lane forms of what the processor cannot do to a whole register.</summary>
[SkipLocalsInit]
internal static unsafe class Lanes
{
    /// <summary>The widest register, in bytes.</summary>
    internal const int MaxBytes = 64;

    // Sixteen lanes that are taken, then sixteen that are not.
    private static ReadOnlySpan<int> Masks =>
        [
            -1,
            -1,
            -1,
            -1,
            -1,
            -1,
            -1,
            -1,
            -1,
            -1,
            -1,
            -1,
            -1,
            -1,
            -1,
            -1,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
        ];

    /// <summary>
    /// Whether a register may be read and written in part by masked instructions. Copying parts through memory is slow: a
    /// register that is read from where smaller pieces have just been written waits for them.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool HasMasks<V>()
        where V : struct, ISimd<V> => Avx.IsSupported && V.ElementSize >= 4 && V.Count > 1;

    /// <summary>
    /// Reads fewer elements than a register holds, and nothing beyond them. The other lanes are 1, which no function minds.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V LoadPart<V>(byte* source, nint bytes)
        where V : struct, ISimd<V>
    {
        if (HasMasks<V>())
        {
            int* mask = (int*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(Masks)) + 16 - (bytes / 4);
            V part = default;
            if (Unsafe.SizeOf<V>() == 16)
            {
                Vector128<float> low = Avx.MaskLoad((float*)source, Vector128.Load(mask).AsSingle());
                part = Unsafe.BitCast<Vector128<float>, V>(low);
            }
            else if (Unsafe.SizeOf<V>() == 32)
            {
                Vector256<float> low = Avx.MaskLoad((float*)source, Vector256.Load(mask).AsSingle());
                part = Unsafe.BitCast<Vector256<float>, V>(low);
            }
            else if (Unsafe.SizeOf<V>() == 64)
            {
                Vector256<float> low = Avx.MaskLoad((float*)source, Vector256.Load(mask).AsSingle());
                Vector256<float> high = Avx.MaskLoad((float*)source + 8, Vector256.Load(mask + 8).AsSingle());
                part = Unsafe.BitCast<Vector512<float>, V>(Vector512.Create(low, high));
            }

            return V.Select(V.Load(mask), part, V.One);
        }

        return CopyPart<V>(source, bytes);
    }

    /// <summary>Copies fewer elements than a register holds; the other lanes are 1, which no function minds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static byte* Pad<V>(byte* source, nint bytes, byte* lanes)
        where V : struct, ISimd<V>
    {
        V.Store(LoadPart<V>(source, bytes), lanes);
        return lanes;
    }

    /// <summary>The mask of the first lanes, for elements of four or eight bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V PartMask<V>(nint bytes)
        where V : struct, ISimd<V> =>
        V.Load((int*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(Masks)) + 16 - (bytes / 4));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static V CopyPart<V>(byte* source, nint bytes)
        where V : struct, ISimd<V>
    {
        byte* lanes = stackalloc byte[MaxBytes];
        V.Store(V.One, lanes);
        Unsafe.CopyBlockUnaligned(lanes, source, (uint)bytes);
        return V.Load(lanes);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void CopyPart<V>(V value, byte* target, nint bytes)
        where V : struct, ISimd<V>
    {
        byte* lanes = stackalloc byte[MaxBytes];
        V.Store(value, lanes);
        Unsafe.CopyBlockUnaligned(target, lanes, (uint)bytes);
    }

    /// <summary>Writes the first lanes of a register, and nothing beyond them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void StorePart<V>(V value, byte* target, nint bytes)
        where V : struct, ISimd<V>
    {
        if (HasMasks<V>())
        {
            int* mask = (int*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(Masks)) + 16 - (bytes / 4);
            if (Unsafe.SizeOf<V>() == 16)
            {
                Avx.MaskStore(
                    (float*)target,
                    Vector128.Load(mask).AsSingle(),
                    Unsafe.BitCast<V, Vector128<float>>(value)
                );
            }
            else if (Unsafe.SizeOf<V>() == 32)
            {
                Avx.MaskStore(
                    (float*)target,
                    Vector256.Load(mask).AsSingle(),
                    Unsafe.BitCast<V, Vector256<float>>(value)
                );
            }
            else if (Unsafe.SizeOf<V>() == 64)
            {
                Vector512<float> whole = Unsafe.BitCast<V, Vector512<float>>(value);
                Avx.MaskStore((float*)target, Vector256.Load(mask).AsSingle(), whole.GetLower());
                Avx.MaskStore((float*)target + 8, Vector256.Load(mask + 8).AsSingle(), whole.GetUpper());
            }

            return;
        }

        CopyPart(value, target, bytes);
    }

    /// <summary>Kept out of line, so that the rare or slow path does not disturb the loop around it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static V Map<V, T, TFunction>(V value)
        where V : struct, ISimd<V>
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
        where TFunction : struct, IScalarFunction
    {
        T* lanes = stackalloc T[MaxBytes / sizeof(T)];
        V.Store(value, lanes);
        for (int i = 0; i < V.Count; i++)
        {
            lanes[i] = SimdScalar<T>.Map<TFunction>(lanes[i]).Value;
        }

        return V.Load(lanes);
    }

    /// <summary>Kept out of line, so that the rare or slow path does not disturb the loop around it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static V Map<V, T, TFunction>(V x, V y)
        where V : struct, ISimd<V>
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
        where TFunction : struct, IScalarBinaryFunction
    {
        T* left = stackalloc T[MaxBytes / sizeof(T)];
        T* right = stackalloc T[MaxBytes / sizeof(T)];
        V.Store(x, left);
        V.Store(y, right);
        for (int i = 0; i < V.Count; i++)
        {
            left[i] = SimdScalar<T>.Map<TFunction>(left[i], right[i]).Value;
        }

        return V.Load(left);
    }

    /// <summary>Whether <see cref="Turn"/> serves this vector type.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool CanTurn<V>()
        where V : struct, ISimd<V> => Avx.IsSupported && Unsafe.SizeOf<V>() == 32 && V.ElementSize == 4;

    /// <summary>
    /// Transposes eight registers of eight elements of four bytes, in place: interleaves pairs, then quadruples, then halves.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Turn(
        ref Vector256<float> x0,
        ref Vector256<float> x1,
        ref Vector256<float> x2,
        ref Vector256<float> x3,
        ref Vector256<float> x4,
        ref Vector256<float> x5,
        ref Vector256<float> x6,
        ref Vector256<float> x7
    )
    {
        Vector256<float> a0 = Avx.UnpackLow(x0, x1);
        Vector256<float> a1 = Avx.UnpackHigh(x0, x1);
        Vector256<float> a2 = Avx.UnpackLow(x2, x3);
        Vector256<float> a3 = Avx.UnpackHigh(x2, x3);
        Vector256<float> a4 = Avx.UnpackLow(x4, x5);
        Vector256<float> a5 = Avx.UnpackHigh(x4, x5);
        Vector256<float> a6 = Avx.UnpackLow(x6, x7);
        Vector256<float> a7 = Avx.UnpackHigh(x6, x7);
        Vector256<float> b0 = Avx.Shuffle(a0, a2, 0b01_00_01_00);
        Vector256<float> b1 = Avx.Shuffle(a0, a2, 0b11_10_11_10);
        Vector256<float> b2 = Avx.Shuffle(a1, a3, 0b01_00_01_00);
        Vector256<float> b3 = Avx.Shuffle(a1, a3, 0b11_10_11_10);
        Vector256<float> b4 = Avx.Shuffle(a4, a6, 0b01_00_01_00);
        Vector256<float> b5 = Avx.Shuffle(a4, a6, 0b11_10_11_10);
        Vector256<float> b6 = Avx.Shuffle(a5, a7, 0b01_00_01_00);
        Vector256<float> b7 = Avx.Shuffle(a5, a7, 0b11_10_11_10);
        x0 = Avx.Permute2x128(b0, b4, 0x20);
        x1 = Avx.Permute2x128(b1, b5, 0x20);
        x2 = Avx.Permute2x128(b2, b6, 0x20);
        x3 = Avx.Permute2x128(b3, b7, 0x20);
        x4 = Avx.Permute2x128(b0, b4, 0x31);
        x5 = Avx.Permute2x128(b1, b5, 0x31);
        x6 = Avx.Permute2x128(b2, b6, 0x31);
        x7 = Avx.Permute2x128(b3, b7, 0x31);
    }

    /// <summary>Integer quotients.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static V Divide<V, T>(V x, V y)
        where V : struct, ISimd<V>
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        T* left = stackalloc T[MaxBytes / sizeof(T)];
        T* right = stackalloc T[MaxBytes / sizeof(T)];
        V.Store(x, left);
        V.Store(y, right);
        for (int i = 0; i < V.Count; i++)
        {
            left[i] = Quotient(left[i], right[i]);
        }

        return V.Load(left);
    }

    /// <summary>An integer quotient that never traps: by 0 it is 0, and the smallest value by -1 wraps to itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Quotient<T>(T x, T y)
        where T : unmanaged, INumber<T>
    {
        if (y == T.Zero)
            return T.Zero;
        return T.IsNegative(y) && y + T.One == T.Zero ? unchecked(-x) : x / y;
    }
}
