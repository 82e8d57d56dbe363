using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>
/// The innermost loops: one per number of arrays, for one vector type. The last elements are copied to a padded register's
/// worth of memory and take one more turn of the same loop: every element is computed by the same instructions wherever it
/// stands, and a long body appears once (the compiler stops inlining in large methods).
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
        byte* lanes = stackalloc byte[Lanes.MaxBytes];
        nint width = V.Count * V.ElementSize;
        nint bytes = count * V.ElementSize;
        nint tail = bytes & (width - 1);
        byte* stop = y + (bytes - tail);
        byte* target = null;
        while (true)
        {
            while (y < stop)
            {
                V.Store(op.Invoke(V.Load(x)), y);
                x += width;
                y += width;
            }

            if (tail == 0)
                return;
            if (target != null)
                break;
            target = y;
            x = Pad<V>(x, tail, lanes);
            y = lanes;
            stop = lanes + width;
        }

        Lanes.StorePart(V.Load(lanes), target, tail);
    }

    /// <summary><c>y = op(a, b)</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Binary<TOp, V>(TOp op, byte* a, byte* b, byte* y, nint count)
        where TOp : struct, IBinaryBody
        where V : struct, ISimd<V>
    {
        byte* lanes = stackalloc byte[2 * Lanes.MaxBytes];
        nint width = V.Count * V.ElementSize;
        nint bytes = count * V.ElementSize;
        nint tail = bytes & (width - 1);
        byte* stop = y + (bytes - tail);
        byte* target = null;
        while (true)
        {
            while (y < stop)
            {
                V.Store(op.Invoke(V.Load(a), V.Load(b)), y);
                a += width;
                b += width;
                y += width;
            }

            if (tail == 0)
                return;
            if (target != null)
                break;
            target = y;
            a = Pad<V>(a, tail, lanes);
            b = Pad<V>(b, tail, lanes + Lanes.MaxBytes);
            y = lanes;
            stop = lanes + width;
        }

        Lanes.StorePart(V.Load(lanes), target, tail);
    }

    /// <summary><c>y = op(a, b[0])</c>: one number stands on the right.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void BinaryScalar<TOp, V>(TOp op, byte* a, byte* b, byte* y, nint count)
        where TOp : struct, IBinaryBody
        where V : struct, ISimd<V>
    {
        byte* lanes = stackalloc byte[Lanes.MaxBytes];
        nint width = V.Count * V.ElementSize;
        nint bytes = count * V.ElementSize;
        nint tail = bytes & (width - 1);
        byte* stop = y + (bytes - tail);
        V right = V.Broadcast(b);
        byte* target = null;
        while (true)
        {
            while (y < stop)
            {
                V.Store(op.Invoke(V.Load(a), right), y);
                a += width;
                y += width;
            }

            if (tail == 0)
                return;
            if (target != null)
                break;
            target = y;
            a = Pad<V>(a, tail, lanes);
            y = lanes;
            stop = lanes + width;
        }

        Lanes.StorePart(V.Load(lanes), target, tail);
    }

    /// <summary><c>y = op(a[0], b)</c>: one number stands on the left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void ScalarBinary<TOp, V>(TOp op, byte* a, byte* b, byte* y, nint count)
        where TOp : struct, IBinaryBody
        where V : struct, ISimd<V>
    {
        byte* lanes = stackalloc byte[Lanes.MaxBytes];
        nint width = V.Count * V.ElementSize;
        nint bytes = count * V.ElementSize;
        nint tail = bytes & (width - 1);
        byte* stop = y + (bytes - tail);
        V left = V.Broadcast(a);
        byte* target = null;
        while (true)
        {
            while (y < stop)
            {
                V.Store(op.Invoke(left, V.Load(b)), y);
                b += width;
                y += width;
            }

            if (tail == 0)
                return;
            if (target != null)
                break;
            target = y;
            b = Pad<V>(b, tail, lanes);
            y = lanes;
            stop = lanes + width;
        }

        Lanes.StorePart(V.Load(lanes), target, tail);
    }

    /// <summary><c>y = op(a, b, c)</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Ternary<TOp, V>(byte* a, byte* b, byte* c, byte* y, nint count)
        where TOp : struct, ITernaryOp
        where V : struct, ISimd<V>
    {
        byte* lanes = stackalloc byte[3 * Lanes.MaxBytes];
        nint width = V.Count * V.ElementSize;
        nint bytes = count * V.ElementSize;
        nint tail = bytes & (width - 1);
        byte* stop = y + (bytes - tail);
        byte* target = null;
        while (true)
        {
            while (y < stop)
            {
                V.Store(TOp.Invoke(V.Load(a), V.Load(b), V.Load(c)), y);
                a += width;
                b += width;
                c += width;
                y += width;
            }

            if (tail == 0)
                return;
            if (target != null)
                break;
            target = y;
            a = Pad<V>(a, tail, lanes);
            b = Pad<V>(b, tail, lanes + Lanes.MaxBytes);
            c = Pad<V>(c, tail, lanes + (2 * Lanes.MaxBytes));
            y = lanes;
            stop = lanes + width;
        }

        Lanes.StorePart(V.Load(lanes), target, tail);
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
            Lanes.StorePart(all, y + i, bytes - i);
    }

    /// <summary>Copies fewer elements than a register holds; the other lanes are 1, which no function minds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static byte* Pad<V>(byte* source, nint bytes, byte* lanes)
        where V : struct, ISimd<V>
    {
        V.Store(Lanes.LoadPart<V>(source, bytes), lanes);
        return lanes;
    }
}
