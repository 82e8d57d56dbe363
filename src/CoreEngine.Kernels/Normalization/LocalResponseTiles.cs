using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CoreEngine.Kernels;

/// <summary>Tiles of <see cref="LocalResponse"/>: some positions of one sample, all channels.</summary>
internal static unsafe class LocalResponseTiles<T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    internal static void Run(void* state, long first, long last)
    {
        var call = (LocalResponse.Call*)state;
        if (Vector512.IsHardwareAccelerated)
            Run<Simd512<T>>(call, first, last);
        else if (Vector256.IsHardwareAccelerated)
            Run<Simd256<T>>(call, first, last);
        else
            Run<Simd128<T>>(call, first, last);
    }

    private static void Run<V>(LocalResponse.Call* call, long first, long last)
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
            if (call->G == null)
                Forward<V>(call, start, columns);
            else
                Backward<V>(call, start, columns, tile);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Forward<V>(LocalResponse.Call* call, long start, long columns)
        where V : struct, ISimd<V>
    {
        LocalResponse sizes = call->Sizes;
        long before = sizes.Window / 2;
        V weight = V.Constant(sizes.Weight);
        V offset = V.Constant(sizes.Offset);
        var power = new Power<V>(sizes.Beta);
        bool accumulate = call->Accumulate;
        for (long channel = 0; channel < sizes.Channels; channel++)
        {
            long at = start + (channel * sizes.Inner);
            long low = Math.Max(0, channel - before);
            long high = Math.Min(sizes.Channels - 1, channel + sizes.Window - 1 - before);
            T* neighbour = (T*)call->X + start + (low * sizes.Inner);
            T* x = (T*)call->X + at;
            T* norm = (T*)call->Norm + at;
            T* y = call->Y == null ? null : (T*)call->Y + at;
            for (long j = 0; j < columns; j += V.Count)
            {
                nint bytes = (nint)Math.Min(V.Count, columns - j) * sizeof(T);
                T* from = neighbour + j;
                V sum = V.Zero;
                for (long other = low; other <= high; other++)
                {
                    V value = Load<V>(from, bytes);
                    sum = V.MultiplyAdd(value, value, sum);
                    from += sizes.Inner;
                }

                V total = V.MultiplyAdd(sum, weight, offset);
                Store(total, norm + j, bytes);
                if (y == null)
                    continue;
                V result = Load<V>(x + j, bytes) * power.Of(total);
                Store(accumulate ? Load<V>(y + j, bytes) + result : result, y + j, bytes);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Backward<V>(LocalResponse.Call* call, long start, long columns, long tile)
        where V : struct, ISimd<V>
    {
        LocalResponse sizes = call->Sizes;
        T* ratios = (T*)PackArena.Get(PackArena.Slot.Result, 2 * sizes.Channels * tile * sizeof(T));
        T* products = ratios + (sizes.Channels * tile);
        var power = new Power<V>(sizes.Beta);
        for (long channel = 0; channel < sizes.Channels; channel++)
        {
            long at = start + (channel * sizes.Inner);
            T* g = (T*)call->G + at;
            T* x = (T*)call->X + at;
            T* norm = (T*)call->Norm + at;
            for (long j = 0; j < columns; j += V.Count)
            {
                nint bytes = (nint)Math.Min(V.Count, columns - j) * sizeof(T);
                V total = Load<V>(norm + j, bytes);
                V ratio = Load<V>(g + j, bytes) * power.Of(total);
                V.Store(ratio, ratios + (channel * tile) + j);
                V.Store(ratio * Load<V>(x + j, bytes) / total, products + (channel * tile) + j);
            }
        }

        // An even window reaches one channel further back than forward; seen from the other side it is the reverse.
        long before = (sizes.Window - 1) / 2;
        V factor = V.Constant(-2 * sizes.Weight * sizes.Beta);
        for (long channel = 0; channel < sizes.Channels; channel++)
        {
            long at = start + (channel * sizes.Inner);
            long low = Math.Max(0, channel - before);
            long high = Math.Min(sizes.Channels - 1, channel + sizes.Window - 1 - before);
            T* x = (T*)call->X + at;
            T* dx = (T*)call->Y + at;
            for (long j = 0; j < columns; j += V.Count)
            {
                nint bytes = (nint)Math.Min(V.Count, columns - j) * sizeof(T);
                T* from = products + (low * tile) + j;
                V sum = V.Zero;
                for (long other = low; other <= high; other++)
                {
                    sum += V.Load(from);
                    from += tile;
                }

                V ratio = V.Load(ratios + (channel * tile) + j);
                V result = V.MultiplyAdd(Load<V>(x + j, bytes) * factor, sum, ratio);
                Store(call->Accumulate ? Load<V>(dx + j, bytes) + result : result, dx + j, bytes);
            }
        }
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

    /// <summary>norm^-beta of positive norms.</summary>
    private readonly struct Power<V>(double beta)
        where V : struct, ISimd<V>
    {
        private readonly V _power = V.Constant(-beta);
        private readonly bool _threeQuarters = beta == 0.75;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal V Of(V norm)
        {
            if (!_threeQuarters)
                return General(norm, _power);
            V root = InverseRoot(norm);
            return root * root * InverseRoot(root);
        }

        /// <summary>Out of line: the usual power needs neither logarithm nor exponential.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        private static V General(V norm, V power) => SimdMath.Exp(power * SimdMath.Log(norm));

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
