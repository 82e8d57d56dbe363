using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>
/// The innermost loops: one per number of arrays, for one vector type. The last elements go through a padded register, so
/// that every element is computed by the same instructions wherever it stands.
/// </summary>
[SkipLocalsInit]
internal static unsafe class ElementwiseLoops
{
    /// <summary><c>y = op(x)</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Unary<TOp, V>(TOp op, byte* x, byte* y, nint count)
        where TOp : struct, IUnaryBody
        where V : struct, ISimd<V>
    {
        nint width = V.Count * V.ElementSize;
        nint bytes = count * V.ElementSize;
        nint i = 0;
        for (; i <= bytes - (2 * width); i += 2 * width)
        {
            V.Store(op.Invoke(V.Load(x + i)), y + i);
            V.Store(op.Invoke(V.Load(x + i + width)), y + i + width);
        }

        if (i <= bytes - width)
        {
            V.Store(op.Invoke(V.Load(x + i)), y + i);
            i += width;
        }

        if (i < bytes)
        {
            byte* lanes = stackalloc byte[Lanes.MaxBytes];
            V.Store(op.Invoke(LoadTail<V>(x + i, bytes - i, lanes)), lanes);
            Unsafe.CopyBlockUnaligned(y + i, lanes, (uint)(bytes - i));
        }
    }

    /// <summary><c>y = op(a, b)</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Binary<TOp, V>(TOp op, byte* a, byte* b, byte* y, nint count)
        where TOp : struct, IBinaryBody
        where V : struct, ISimd<V>
    {
        nint width = V.Count * V.ElementSize;
        nint bytes = count * V.ElementSize;
        nint i = 0;
        for (; i <= bytes - (2 * width); i += 2 * width)
        {
            V.Store(op.Invoke(V.Load(a + i), V.Load(b + i)), y + i);
            V.Store(op.Invoke(V.Load(a + i + width), V.Load(b + i + width)), y + i + width);
        }

        if (i <= bytes - width)
        {
            V.Store(op.Invoke(V.Load(a + i), V.Load(b + i)), y + i);
            i += width;
        }

        if (i < bytes)
        {
            byte* lanes = stackalloc byte[Lanes.MaxBytes];
            V left = LoadTail<V>(a + i, bytes - i, lanes);
            V right = LoadTail<V>(b + i, bytes - i, lanes);
            V.Store(op.Invoke(left, right), lanes);
            Unsafe.CopyBlockUnaligned(y + i, lanes, (uint)(bytes - i));
        }
    }

    /// <summary><c>y = op(a, b[0])</c>: one number stands on the right.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void BinaryScalar<TOp, V>(TOp op, byte* a, byte* b, byte* y, nint count)
        where TOp : struct, IBinaryBody
        where V : struct, ISimd<V>
    {
        nint width = V.Count * V.ElementSize;
        nint bytes = count * V.ElementSize;
        V right = V.Broadcast(b);
        nint i = 0;
        for (; i <= bytes - (2 * width); i += 2 * width)
        {
            V.Store(op.Invoke(V.Load(a + i), right), y + i);
            V.Store(op.Invoke(V.Load(a + i + width), right), y + i + width);
        }

        if (i <= bytes - width)
        {
            V.Store(op.Invoke(V.Load(a + i), right), y + i);
            i += width;
        }

        if (i < bytes)
        {
            byte* lanes = stackalloc byte[Lanes.MaxBytes];
            V.Store(op.Invoke(LoadTail<V>(a + i, bytes - i, lanes), right), lanes);
            Unsafe.CopyBlockUnaligned(y + i, lanes, (uint)(bytes - i));
        }
    }

    /// <summary><c>y = op(a[0], b)</c>: one number stands on the left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void ScalarBinary<TOp, V>(TOp op, byte* a, byte* b, byte* y, nint count)
        where TOp : struct, IBinaryBody
        where V : struct, ISimd<V>
    {
        nint width = V.Count * V.ElementSize;
        nint bytes = count * V.ElementSize;
        V left = V.Broadcast(a);
        nint i = 0;
        for (; i <= bytes - (2 * width); i += 2 * width)
        {
            V.Store(op.Invoke(left, V.Load(b + i)), y + i);
            V.Store(op.Invoke(left, V.Load(b + i + width)), y + i + width);
        }

        if (i <= bytes - width)
        {
            V.Store(op.Invoke(left, V.Load(b + i)), y + i);
            i += width;
        }

        if (i < bytes)
        {
            byte* lanes = stackalloc byte[Lanes.MaxBytes];
            V.Store(op.Invoke(left, LoadTail<V>(b + i, bytes - i, lanes)), lanes);
            Unsafe.CopyBlockUnaligned(y + i, lanes, (uint)(bytes - i));
        }
    }

    /// <summary><c>y = op(a, b, c)</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Ternary<TOp, V>(byte* a, byte* b, byte* c, byte* y, nint count)
        where TOp : struct, ITernaryOp
        where V : struct, ISimd<V>
    {
        nint width = V.Count * V.ElementSize;
        nint bytes = count * V.ElementSize;
        nint i = 0;
        for (; i <= bytes - width; i += width)
        {
            V.Store(TOp.Invoke(V.Load(a + i), V.Load(b + i), V.Load(c + i)), y + i);
        }

        if (i < bytes)
        {
            byte* lanes = stackalloc byte[Lanes.MaxBytes];
            V first = LoadTail<V>(a + i, bytes - i, lanes);
            V second = LoadTail<V>(b + i, bytes - i, lanes);
            V third = LoadTail<V>(c + i, bytes - i, lanes);
            V.Store(TOp.Invoke(first, second, third), lanes);
            Unsafe.CopyBlockUnaligned(y + i, lanes, (uint)(bytes - i));
        }
    }

    /// <summary>Every element gets one value; <paramref name="value"/> points to it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Fill<V>(byte* value, byte* y, nint count)
        where V : struct, ISimd<V>
    {
        nint width = V.Count * V.ElementSize;
        nint bytes = count * V.ElementSize;
        V all = V.Broadcast(value);
        nint i = 0;
        for (; i <= bytes - width; i += width)
        {
            V.Store(all, y + i);
        }

        if (i < bytes)
        {
            byte* lanes = stackalloc byte[Lanes.MaxBytes];
            V.Store(all, lanes);
            Unsafe.CopyBlockUnaligned(y + i, lanes, (uint)(bytes - i));
        }
    }

    /// <summary>Reads fewer elements than a register holds; the other lanes are 1, which no function minds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V LoadTail<V>(byte* source, nint bytes, byte* lanes)
        where V : struct, ISimd<V>
    {
        V.Store(V.One, lanes);
        Unsafe.CopyBlockUnaligned(lanes, source, (uint)bytes);
        return V.Load(lanes);
    }
}
