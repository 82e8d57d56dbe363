using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>
/// The innermost loops. Every element is computed by the same instructions wherever it stands: the last elements that fill
/// no register are computed with some before them, from operands read before the output, which may be one of them, is
/// written; arrays shorter than a register are padded.
/// </summary>
[SkipLocalsInit]
internal static unsafe class ElementwiseLoops
{
    /// <summary>Registers from which on a loop begins with some elements more than once, to store aligned ones.</summary>
    private const int AlignFrom = 32;

    /// <summary>Runs the loop that suits the length and the body.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Run<TSource, V>(TSource source, byte* y, nint count, bool isLight, bool stream)
        where TSource : struct, IElementSource<TSource, V>
        where V : struct, ISimd<V>
    {
        nint bytes = count * V.ElementSize;
        if (bytes < V.Count * V.ElementSize)
            Short<TSource, V>(source, y, bytes);
        else if (isLight)
            Light<TSource, V>(source, y, bytes, stream);
        else if (stream && ((nint)y & ((V.Count * V.ElementSize) - 1)) == 0)
            Heavy<TSource, V, StreamingStore>(source, y, bytes);
        else
            Heavy<TSource, V, PlainStore>(source, y, bytes);
    }

    /// <summary>For bodies of a few instructions, which memory limits (<see cref="IUnaryOp.IsLight"/>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Light<TSource, V>(TSource source, byte* y, nint bytes, bool stream)
        where TSource : struct, IElementSource<TSource, V>
        where V : struct, ISimd<V>
    {
        nint width = V.Count * V.ElementSize;
        nint last = bytes - width;
        V front = source.At(0);
        V back = source.At(last);
        nint i = Lead<V>(y, bytes);
        nint stop = bytes - (4 * width);
        if (stream && ((nint)(y + i) & (width - 1)) == 0)
        {
            for (; i <= stop; i += 4 * width)
            {
                V.StoreStreaming(source.At(i), y + i);
                V.StoreStreaming(source.At(i + width), y + i + width);
                V.StoreStreaming(source.At(i + (2 * width)), y + i + (2 * width));
                V.StoreStreaming(source.At(i + (3 * width)), y + i + (3 * width));
            }
        }
        else
        {
            for (; i <= stop; i += 4 * width)
            {
                V.Store(source.At(i), y + i);
                V.Store(source.At(i + width), y + i + width);
                V.Store(source.At(i + (2 * width)), y + i + (2 * width));
                V.Store(source.At(i + (3 * width)), y + i + (3 * width));
            }
        }

        for (; i < last; i += width)
        {
            V.Store(source.At(i), y + i);
        }

        V.Store(back, y + last);
        V.Store(front, y);
    }

    /// <summary>
    /// For longer bodies: theirs is here only once, as the compiler stops inlining in large methods. A first turn computes
    /// the last elements aside.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Heavy<TSource, V, TStore>(TSource source, byte* y, nint bytes)
        where TSource : struct, IElementSource<TSource, V>
        where V : struct, ISimd<V>
        where TStore : struct
    {
        byte* lanes = stackalloc byte[2 * Lanes.MaxBytes];
        nint width = V.Count * V.ElementSize;
        nint last = bytes - width;
        bool hasTail = (bytes & (width - 1)) != 0;
        byte* back = lanes + (-(nint)lanes & (Lanes.MaxBytes - 1));
        byte* to = hasTail ? back - last : y;
        nint i = hasTail ? last : 0;
        while (true)
        {
            for (; i <= last; i += width)
            {
                if (typeof(TStore) == typeof(StreamingStore))
                    V.StoreStreaming(source.At(i), to + i);
                else
                    V.Store(source.At(i), to + i);
            }

            if (to == y)
                break;
            to = y;
            i = 0;
        }

        if (hasTail)
            V.Store(V.Load(back), y + last);
    }

    /// <summary>Elements that fill no register.</summary>
    private static void Short<TSource, V>(TSource source, byte* y, nint bytes)
        where TSource : struct, IElementSource<TSource, V>
        where V : struct, ISimd<V>
    {
        if (bytes == 0)
            return;
        byte* lanes = stackalloc byte[3 * Lanes.MaxBytes];
        Lanes.StorePart(source.Padded(bytes, lanes).At(0), y, bytes);
    }

    /// <summary>Bytes up to the first aligned place of a long output.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint Lead<V>(byte* y, nint bytes)
        where V : struct, ISimd<V>
    {
        nint width = V.Count * V.ElementSize;
        bool aligns = bytes >= AlignFrom * width && ((nint)y & (V.ElementSize - 1)) == 0;
        return aligns ? -(nint)y & (width - 1) : 0;
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

    /// <summary>Results go where the caches decide.</summary>
    private readonly struct PlainStore;

    /// <summary>Results pass by the caches.</summary>
    private readonly struct StreamingStore;
}
