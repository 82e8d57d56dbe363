using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>
/// Unrolled loops for bodies of a few instructions (<see cref="IUnaryOp.IsLight"/>). They leave less than four registers'
/// worth of elements to <see cref="ElementwiseLoops"/> and return how many elements they have done.
/// </summary>
internal static unsafe class LightLoops
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static nint Unary<TOp, V>(TOp op, byte* x, byte* y, nint count, bool stream)
        where TOp : struct, IUnaryBody
        where V : struct, ISimd<V>
    {
        nint width = V.Count * V.ElementSize;
        byte* start = y;
        byte* last = y + ((count * V.ElementSize) - (4 * width));
        if (stream && ((nint)y & (width - 1)) == 0)
        {
            for (; y <= last; x += 4 * width, y += 4 * width)
            {
                V.StoreStreaming(op.Invoke(V.Load(x)), y);
                V.StoreStreaming(op.Invoke(V.Load(x + width)), y + width);
                V.StoreStreaming(op.Invoke(V.Load(x + (2 * width))), y + (2 * width));
                V.StoreStreaming(op.Invoke(V.Load(x + (3 * width))), y + (3 * width));
            }
        }
        else
        {
            for (; y <= last; x += 4 * width, y += 4 * width)
            {
                V.Store(op.Invoke(V.Load(x)), y);
                V.Store(op.Invoke(V.Load(x + width)), y + width);
                V.Store(op.Invoke(V.Load(x + (2 * width))), y + (2 * width));
                V.Store(op.Invoke(V.Load(x + (3 * width))), y + (3 * width));
            }
        }

        return (nint)(y - start) / V.ElementSize;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static nint Binary<TOp, V>(TOp op, byte* a, byte* b, byte* y, nint count, bool stream)
        where TOp : struct, IBinaryBody
        where V : struct, ISimd<V>
    {
        nint width = V.Count * V.ElementSize;
        byte* start = y;
        byte* last = y + ((count * V.ElementSize) - (4 * width));
        if (stream && ((nint)y & (width - 1)) == 0)
        {
            for (; y <= last; a += 4 * width, b += 4 * width, y += 4 * width)
            {
                V.StoreStreaming(op.Invoke(V.Load(a), V.Load(b)), y);
                V.StoreStreaming(op.Invoke(V.Load(a + width), V.Load(b + width)), y + width);
                V.StoreStreaming(op.Invoke(V.Load(a + (2 * width)), V.Load(b + (2 * width))), y + (2 * width));
                V.StoreStreaming(op.Invoke(V.Load(a + (3 * width)), V.Load(b + (3 * width))), y + (3 * width));
            }
        }
        else
        {
            for (; y <= last; a += 4 * width, b += 4 * width, y += 4 * width)
            {
                V.Store(op.Invoke(V.Load(a), V.Load(b)), y);
                V.Store(op.Invoke(V.Load(a + width), V.Load(b + width)), y + width);
                V.Store(op.Invoke(V.Load(a + (2 * width)), V.Load(b + (2 * width))), y + (2 * width));
                V.Store(op.Invoke(V.Load(a + (3 * width)), V.Load(b + (3 * width))), y + (3 * width));
            }
        }

        return (nint)(y - start) / V.ElementSize;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static nint BinaryScalar<TOp, V>(TOp op, byte* a, byte* b, byte* y, nint count, bool stream)
        where TOp : struct, IBinaryBody
        where V : struct, ISimd<V>
    {
        nint width = V.Count * V.ElementSize;
        byte* start = y;
        byte* last = y + ((count * V.ElementSize) - (4 * width));
        V right = V.Broadcast(b);
        if (stream && ((nint)y & (width - 1)) == 0)
        {
            for (; y <= last; a += 4 * width, y += 4 * width)
            {
                V.StoreStreaming(op.Invoke(V.Load(a), right), y);
                V.StoreStreaming(op.Invoke(V.Load(a + width), right), y + width);
                V.StoreStreaming(op.Invoke(V.Load(a + (2 * width)), right), y + (2 * width));
                V.StoreStreaming(op.Invoke(V.Load(a + (3 * width)), right), y + (3 * width));
            }
        }
        else
        {
            for (; y <= last; a += 4 * width, y += 4 * width)
            {
                V.Store(op.Invoke(V.Load(a), right), y);
                V.Store(op.Invoke(V.Load(a + width), right), y + width);
                V.Store(op.Invoke(V.Load(a + (2 * width)), right), y + (2 * width));
                V.Store(op.Invoke(V.Load(a + (3 * width)), right), y + (3 * width));
            }
        }

        return (nint)(y - start) / V.ElementSize;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static nint ScalarBinary<TOp, V>(TOp op, byte* a, byte* b, byte* y, nint count, bool stream)
        where TOp : struct, IBinaryBody
        where V : struct, ISimd<V>
    {
        nint width = V.Count * V.ElementSize;
        byte* start = y;
        byte* last = y + ((count * V.ElementSize) - (4 * width));
        V left = V.Broadcast(a);
        if (stream && ((nint)y & (width - 1)) == 0)
        {
            for (; y <= last; b += 4 * width, y += 4 * width)
            {
                V.StoreStreaming(op.Invoke(left, V.Load(b)), y);
                V.StoreStreaming(op.Invoke(left, V.Load(b + width)), y + width);
                V.StoreStreaming(op.Invoke(left, V.Load(b + (2 * width))), y + (2 * width));
                V.StoreStreaming(op.Invoke(left, V.Load(b + (3 * width))), y + (3 * width));
            }
        }
        else
        {
            for (; y <= last; b += 4 * width, y += 4 * width)
            {
                V.Store(op.Invoke(left, V.Load(b)), y);
                V.Store(op.Invoke(left, V.Load(b + width)), y + width);
                V.Store(op.Invoke(left, V.Load(b + (2 * width))), y + (2 * width));
                V.Store(op.Invoke(left, V.Load(b + (3 * width))), y + (3 * width));
            }
        }

        return (nint)(y - start) / V.ElementSize;
    }
}
