using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CoreEngine.Kernels;

/// <summary>
/// Tiles of <see cref="LocalResponse"/>: some positions of one sample, channel by channel. What neighbouring channels share is
/// read from the first cache.
/// </summary>
internal static unsafe class LocalResponseTiles<T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    /// <summary>Channels of all samples, counted through.</summary>
    internal static void Forward(void* state, long first, long last)
    {
        var call = (LocalResponse.Call*)state;
        if (Vector512.IsHardwareAccelerated)
            Forward<Simd512<T>>(call, first, last);
        else if (Vector256.IsHardwareAccelerated)
            Forward<Simd256<T>>(call, first, last);
        else
            Forward<Simd128<T>>(call, first, last);
    }

    /// <summary>Tiles of all samples, counted through.</summary>
    internal static void Backward(void* state, long first, long last)
    {
        var call = (LocalResponse.Call*)state;
        if (Vector512.IsHardwareAccelerated)
            Backward<Simd512<T>>(call, first, last);
        else if (Vector256.IsHardwareAccelerated)
            Backward<Simd256<T>>(call, first, last);
        else
            Backward<Simd128<T>>(call, first, last);
    }

    private static void Forward<V>(LocalResponse.Call* call, long first, long last)
        where V : struct, ISimd<V>
    {
        if (call->Sizes.Beta == 0.75)
            Forward<V, ThreeQuarters<V>>(call, first, last);
        else
            Forward<V, AnyPower<V>>(call, first, last);
    }

    private static void Backward<V>(LocalResponse.Call* call, long first, long last)
        where V : struct, ISimd<V>
    {
        LocalResponse sizes = call->Sizes;
        long tile = sizes.Tile;
        long tiles = (sizes.Inner + tile - 1) / tile;
        for (long item = first; item < last; item++)
        {
            long column = item % tiles * tile;
            long columns = Math.Min(tile, sizes.Inner - column);
            long start = (item / tiles * sizes.Channels * sizes.Inner) + column;
            if (sizes.Beta == 0.75)
                Backward<V, ThreeQuarters<V>>(call, start, columns, tile);
            else
                Backward<V, AnyPower<V>>(call, start, columns, tile);
        }
    }

    private static void Forward<V, P>(LocalResponse.Call* call, long first, long last)
        where V : struct, ISimd<V>
        where P : struct, IPower<V>
    {
        LocalResponse sizes = call->Sizes;
        while (first < last)
        {
            long sample = first / sizes.Channels;
            long start = sample * sizes.Channels;
            long end = Math.Min(last, start + sizes.Channels);
            for (long column = 0; column < sizes.Inner; column += LocalResponse.LongestTile)
            {
                long columns = Math.Min(LocalResponse.LongestTile, sizes.Inner - column);
                Forward<V, P>(call, (start * sizes.Inner) + column, columns, first - start, end - start);
            }

            first = end;
        }
    }

    private static void Forward<V, P>(LocalResponse.Call* call, long start, long columns, long first, long last)
        where V : struct, ISimd<V>
        where P : struct, IPower<V>
    {
        LocalResponse sizes = call->Sizes;
        long before = sizes.Window / 2;
        for (long channel = first; channel < last; channel++)
        {
            long at = start + (channel * sizes.Inner);
            long low = Math.Max(0, channel - before);
            long high = Math.Min(sizes.Channels - 1, channel + sizes.Window - 1 - before);
            var row = new ForwardRow
            {
                Neighbours = (T*)call->X + start + (low * sizes.Inner),
                Count = high - low + 1,
                Stride = sizes.Inner,
                X = (T*)call->X + at,
                Norm = (T*)call->Norm + at,
                Y = call->Y == null ? null : (T*)call->Y + at,
                Accumulate = call->Accumulate,
            };
            Forward<V, P>(row, columns, V.Constant(sizes.Weight), V.Constant(sizes.Offset), V.Constant(-sizes.Beta));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Forward<V, P>(ForwardRow row, long columns, V weight, V offset, V power)
        where V : struct, ISimd<V>
        where P : struct, IPower<V>
    {
        T* neighbours = row.Neighbours;
        long stride = row.Stride;
        long j = 0;
        for (; j + (4 * V.Count) <= columns; j += 4 * V.Count)
        {
            T* from = neighbours + j;
            V a = V.Zero;
            V b = V.Zero;
            V c = V.Zero;
            V d = V.Zero;
            for (long other = row.Count; other > 0; other--)
            {
                V first = V.Load(from);
                V second = V.Load(from + V.Count);
                V third = V.Load(from + (2 * V.Count));
                V fourth = V.Load(from + (3 * V.Count));
                a = V.MultiplyAdd(first, first, a);
                b = V.MultiplyAdd(second, second, b);
                c = V.MultiplyAdd(third, third, c);
                d = V.MultiplyAdd(fourth, fourth, d);
                from += stride;
            }

            nint all = V.Count * sizeof(T);
            Finish<V, P>(row, j, all, V.MultiplyAdd(a, weight, offset), power);
            Finish<V, P>(row, j + V.Count, all, V.MultiplyAdd(b, weight, offset), power);
            Finish<V, P>(row, j + (2 * V.Count), all, V.MultiplyAdd(c, weight, offset), power);
            Finish<V, P>(row, j + (3 * V.Count), all, V.MultiplyAdd(d, weight, offset), power);
        }

        for (; j < columns; j += V.Count)
        {
            nint bytes = (nint)Math.Min(V.Count, columns - j) * sizeof(T);
            T* from = neighbours + j;
            V sum = V.Zero;
            for (long other = row.Count; other > 0; other--)
            {
                V value = Load<V>(from, bytes);
                sum = V.MultiplyAdd(value, value, sum);
                from += stride;
            }

            Finish<V, P>(row, j, bytes, V.MultiplyAdd(sum, weight, offset), power);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish<V, P>(in ForwardRow row, long j, nint bytes, V norm, V power)
        where V : struct, ISimd<V>
        where P : struct, IPower<V>
    {
        Store(norm, row.Norm + j, bytes);
        if (row.Y == null)
            return;
        V result = Load<V>(row.X + j, bytes) * P.Of(norm, power, out _);
        Store(row.Accumulate ? Load<V>(row.Y + j, bytes) + result : result, row.Y + j, bytes);
    }

    /// <summary>
    /// The last rows of g / norm^beta and of g x / norm^(beta + 1) are kept in a ring, zeros for channels outside; a channel's
    /// gradient is written as soon as the last of its neighbours is there.
    /// </summary>
    private static void Backward<V, P>(LocalResponse.Call* call, long start, long columns, long tile)
        where V : struct, ISimd<V>
        where P : struct, IPower<V>
    {
        LocalResponse sizes = call->Sizes;

        // An even window reaches one channel further back than forward; seen from the other side it is the reverse.
        long before = Math.Min((sizes.Window - 1) / 2, sizes.Channels - 1);
        long after = Math.Min(sizes.Window / 2, sizes.Channels - 1);
        long window = before + after + 1;
        T* products = (T*)PackArena.Get(PackArena.Slot.Result, 2 * window * tile * sizeof(T));
        T* ratios = products + (window * tile);
        LongRuns.Clear(products, window * tile);
        V power = V.Constant(-sizes.Beta);
        V factor = V.Constant(-2 * sizes.Weight * sizes.Beta);
        long slot = 0;
        for (long channel = 0; channel < sizes.Channels + after; channel++)
        {
            T* product = products + (slot * tile);
            long at = start + (channel * sizes.Inner);
            if (channel >= sizes.Channels)
            {
                LongRuns.Clear(product, tile);
            }
            else
            {
                T* ratio = ratios + (slot * tile);
                T* norm = (T*)call->Norm + at;
                Ratios<V, P>((T*)call->G + at, (T*)call->X + at, norm, ratio, product, columns, power);
            }

            if (channel >= after)
            {
                at -= after * sizes.Inner;
                T* ratio = ratios + ((slot >= after ? slot - after : slot + window - after) * tile);
                T* x = (T*)call->X + at;
                Gradient(products, window, tile, ratio, x, (T*)call->Y + at, columns, factor, call->Accumulate);
            }

            slot = slot + 1 == window ? 0 : slot + 1;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Ratios<V, P>(T* g, T* x, T* norm, T* ratios, T* products, long columns, V power)
        where V : struct, ISimd<V>
        where P : struct, IPower<V>
    {
        long j = 0;
        for (; j + V.Count <= columns; j += V.Count)
        {
            RatioAt<V, P>(g + j, x + j, norm + j, ratios + j, products + j, V.Count * sizeof(T), power);
        }

        if (j < columns)
        {
            nint bytes = (nint)(columns - j) * sizeof(T);
            RatioAt<V, P>(g + j, x + j, norm + j, ratios + j, products + j, bytes, power);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RatioAt<V, P>(T* g, T* x, T* norm, T* ratios, T* products, nint bytes, V power)
        where V : struct, ISimd<V>
        where P : struct, IPower<V>
    {
        V ratio = Load<V>(g, bytes) * P.Of(Load<V>(norm, bytes), power, out V inverse);
        V.Store(ratio, ratios);
        V.Store(ratio * Load<V>(x, bytes) * inverse, products);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gradient<V>(
        T* products,
        long window,
        long tile,
        T* ratios,
        T* x,
        T* dx,
        long columns,
        V factor,
        bool accumulate
    )
        where V : struct, ISimd<V>
    {
        long j = 0;
        for (; j + V.Count <= columns; j += V.Count)
        {
            V sum = Around<V>(products + j, window, tile);
            V result = V.MultiplyAdd(V.Load(x + j) * factor, sum, V.Load(ratios + j));
            V.Store(accumulate ? V.Load(dx + j) + result : result, dx + j);
        }

        if (j < columns)
        {
            nint bytes = (nint)(columns - j) * sizeof(T);
            V sum = Around<V>(products + j, window, tile);
            V result = V.MultiplyAdd(Load<V>(x + j, bytes) * factor, sum, V.Load(ratios + j));
            Store(accumulate ? Load<V>(dx + j, bytes) + result : result, dx + j, bytes);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Around<V>(T* products, long window, long tile)
        where V : struct, ISimd<V>
    {
        V sum = V.Zero;
        for (long other = window; other > 0; other--)
        {
            sum += V.Load(products);
            products += tile;
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Load<V>(T* source, nint bytes)
        where V : struct, ISimd<V> =>
        bytes == V.Count * sizeof(T) ? V.Load(source) : Lanes.LoadPart<V>((byte*)source, bytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<V>(V value, T* target, nint bytes)
        where V : struct, ISimd<V>
    {
        if (bytes == V.Count * sizeof(T))
            V.Store(value, target);
        else
            Lanes.StorePart(value, (byte*)target, bytes);
    }

    /// <summary>One channel of a tile and the channels around.</summary>
    private struct ForwardRow
    {
        public T* Neighbours;
        public long Count;
        public long Stride;
        public T* X;
        public T* Norm;
        public T* Y;
        public bool Accumulate;
    }

    /// <summary>norm^power of positive norms, and 1 / norm.</summary>
    private interface IPower<V>
        where V : struct, ISimd<V>
    {
        public static abstract V Of(V norm, V power, out V inverse);
    }

    private readonly struct AnyPower<V> : IPower<V>
        where V : struct, ISimd<V>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Of(V norm, V power, out V inverse)
        {
            inverse = V.One / norm;
            return SimdMath.Exp(power * SimdMath.Log(norm));
        }
    }

    /// <summary>The usual power -3/4 needs neither logarithm nor exponential.</summary>
    private readonly struct ThreeQuarters<V> : IPower<V>
        where V : struct, ISimd<V>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Of(V norm, V power, out V inverse)
        {
            V root = InverseRoot(norm);
            inverse = root * root;
            return inverse * InverseRoot(root);
        }

        /// <summary>1 / sqrt(x), from the processor's estimate of 12 bits by one step of Newton's method where it has one.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static V InverseRoot(V x)
        {
            if (Avx.IsSupported && typeof(V) == typeof(Simd256<float>))
            {
                Vector256<float> estimate = Avx.ReciprocalSqrt(Unsafe.BitCast<V, Vector256<float>>(x));
                V root = Unsafe.BitCast<Vector256<float>, V>(estimate);
                return root * V.MultiplyAdd(x * V.Constant(-0.5) * root, root, V.Constant(1.5));
            }

            return V.One / V.Sqrt(x);
        }
    }
}
