using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>
/// Fills arrays with random numbers. Element i depends on the seed, the stream and i alone, so results do not depend on the
/// number of threads. Give every call another stream.
/// </summary>
public static unsafe class Sampling
{
    /// <summary>Elements that are made together; the borders of threads are multiples of it.</summary>
    private const int Block = 256;

    /// <summary>Uniform numbers from <paramref name="low"/> up to, not including, <paramref name="high"/>.</summary>
    /// <param name="dtype">Element type; integers truncate.</param>
    /// <param name="seed">Chosen by the user.</param>
    /// <param name="stream">Different for every call.</param>
    /// <param name="low">Smallest number.</param>
    /// <param name="high">Bound that is not reached, but for rounding.</param>
    /// <param name="y">The output.</param>
    /// <param name="n">Number of elements.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such element type, or a negative length.</exception>
    public static void Uniform(DType dtype, ulong seed, ulong stream, double low, double high, void* y, long n) =>
        Run(dtype, seed, stream, Kind.Uniform, low, high, y, n);

    /// <summary>Normally distributed numbers (by the method of Box and Muller).</summary>
    /// <param name="dtype">Element type; integers truncate.</param>
    /// <param name="seed">Chosen by the user.</param>
    /// <param name="stream">Different for every call.</param>
    /// <param name="mean">Mean.</param>
    /// <param name="deviation">Standard deviation.</param>
    /// <param name="y">The output.</param>
    /// <param name="n">Number of elements.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such element type, or a negative length.</exception>
    public static void Normal(DType dtype, ulong seed, ulong stream, double mean, double deviation, void* y, long n) =>
        Run(dtype, seed, stream, Kind.Normal, mean, deviation, y, n);

    /// <summary>Exponentially distributed numbers.</summary>
    /// <param name="dtype">Element type; integers truncate.</param>
    /// <param name="seed">Chosen by the user.</param>
    /// <param name="stream">Different for every call.</param>
    /// <param name="mean">The mean: the reciprocal of the rate.</param>
    /// <param name="y">The output.</param>
    /// <param name="n">Number of elements.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such element type, or a negative length.</exception>
    public static void Exponential(DType dtype, ulong seed, ulong stream, double mean, void* y, long n) =>
        Run(dtype, seed, stream, Kind.Exponential, mean, 0, y, n);

    /// <summary>
    /// Either <paramref name="value"/> or 0: dropout's mask is <c>Bernoulli(keep, 1 / keep)</c>.
    /// </summary>
    /// <param name="dtype">Element type.</param>
    /// <param name="seed">Chosen by the user.</param>
    /// <param name="stream">Different for every call.</param>
    /// <param name="probability">Probability of <paramref name="value"/>.</param>
    /// <param name="value">What is not 0.</param>
    /// <param name="y">The output.</param>
    /// <param name="n">Number of elements.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such element type, or a negative length.</exception>
    public static void Bernoulli(
        DType dtype,
        ulong seed,
        ulong stream,
        double probability,
        double value,
        void* y,
        long n
    ) => Run(dtype, seed, stream, Kind.Bernoulli, probability, value, y, n);

    /// <summary>Numbers of any distribution.</summary>
    /// <param name="dtype">Element type; integers truncate.</param>
    /// <param name="seed">Chosen by the user.</param>
    /// <param name="stream">Different for every call.</param>
    /// <param name="distribution">What to draw from.</param>
    /// <param name="y">The output.</param>
    /// <param name="n">Number of elements.</param>
    /// <param name="first">Index of the first element: a long array may be filled in parts.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such element type, or a negative length.</exception>
    public static void Fill<TDistribution>(
        DType dtype,
        ulong seed,
        ulong stream,
        TDistribution distribution,
        void* y,
        long n,
        long first = 0
    )
        where TDistribution : struct, IDistribution
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        var call = new DistributionCall<TDistribution>
        {
            DType = dtype,
            Size = dtype.ItemSize(),
            Seed = seed,
            Stream = stream,
            First = first,
            Distribution = distribution,
            Y = (byte*)y,
        };
        KernelTeam.Default.For(n, 1024, &DistributionCall<TDistribution>.Run, Unsafe.AsPointer(ref call));
    }

    private static void Run(DType dtype, ulong seed, ulong stream, Kind kind, double a, double b, void* y, long n)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        var call = new Call
        {
            DType = dtype,
            Size = dtype.ItemSize(),
            Kind = kind,
            Seed = seed,
            Stream = stream,
            A = a,
            B = b,
            Y = (byte*)y,
        };
        KernelTeam.Default.For(n, 16 * Block, dtype == DType.Float64 ? &Run<double> : &Run<float>, &call);
    }

    private static void Run<T>(void* state, long start, long end)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        if (Vector512.IsHardwareAccelerated)
            Run<Simd512<T>, T>((Call*)state, start, end);
        else if (Vector256.IsHardwareAccelerated)
            Run<Simd256<T>, T>((Call*)state, start, end);
        else if (Vector128.IsHardwareAccelerated)
            Run<Simd128<T>, T>((Call*)state, start, end);
        else
            Run<SimdScalar<T>, T>((Call*)state, start, end);
    }

    [SkipLocalsInit]
    private static void Run<V, T>(Call* call, long start, long end)
        where V : struct, ISimd<V>
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        T* values = stackalloc T[Block];
        for (long first = start; first < end; first += Block)
        {
            if (typeof(T) == typeof(float))
                PhiloxBlocks.Uniform((float*)values, call->Seed, call->Stream, (ulong)first / 4, Block);
            else
                PhiloxBlocks.Uniform((double*)values, call->Seed, call->Stream, (ulong)first / 2, Block);
            if (call->Kind == Kind.Uniform)
                Scale<V>((byte*)values, call->A, call->B - call->A);
            else if (call->Kind == Kind.Normal)
                BoxMuller<V>((byte*)values, call->A, call->B);
            else if (call->Kind == Kind.Exponential)
                Logarithms<V>((byte*)values, call->A);
            else
                Choose<V>((byte*)values, call->A, call->B);
            nint count = (nint)Math.Min(Block, end - first);
            CastLoops.Convert(DTypes.Of<T>(), (byte*)values, call->DType, call->Y + (first * call->Size), count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scale<V>(byte* values, double offset, double range)
        where V : struct, ISimd<V>
    {
        V low = V.Constant(offset);
        V factor = V.Constant(range);
        nint width = V.Count * V.ElementSize;
        for (nint i = 0; i < Block * V.ElementSize; i += width)
        {
            V.Store((V.Load(values + i) * factor) + low, values + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Logarithms<V>(byte* values, double mean)
        where V : struct, ISimd<V>
    {
        V factor = V.Constant(-mean);
        nint width = V.Count * V.ElementSize;
        for (nint i = 0; i < Block * V.ElementSize; i += width)
        {
            V.Store(SimdMath.Log(V.One - V.Load(values + i)) * factor, values + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Choose<V>(byte* values, double probability, double value)
        where V : struct, ISimd<V>
    {
        V limit = V.Constant(probability);
        V chosen = V.Constant(value);
        nint width = V.Count * V.ElementSize;
        for (nint i = 0; i < Block * V.ElementSize; i += width)
        {
            V.Store(V.Less(V.Load(values + i), limit) & chosen, values + i);
        }
    }

    /// <summary>The first half of the block gives radii, the second half angles; both halves become results.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BoxMuller<V>(byte* values, double mean, double deviation)
        where V : struct, ISimd<V>
    {
        V center = V.Constant(mean);
        V scale = V.Constant(deviation);
        V turn = V.Constant(2 * Math.PI);
        nint width = V.Count * V.ElementSize;
        nint half = Block / 2 * V.ElementSize;
        for (nint i = 0; i < half; i += width)
        {
            V u = V.One - V.Load(values + i);
            V radius = V.Sqrt(V.Constant(-2) * SimdMath.Log(u)) * scale;
            V angle = V.Load(values + half + i) * turn;
            V.Store(V.MultiplyAdd(radius, SimdMath.Cos(angle), center), values + i);
            V.Store(V.MultiplyAdd(radius, SimdMath.Sin(angle), center), values + half + i);
        }
    }

    private enum Kind
    {
        Uniform,
        Normal,
        Exponential,
        Bernoulli,
    }

    private struct Call
    {
        internal DType DType;
        internal int Size;
        internal Kind Kind;
        internal ulong Seed;
        internal ulong Stream;
        internal double A;
        internal double B;
        internal byte* Y;
    }
}

/// <summary>The arguments of a call, as the threads of a team see them.</summary>
internal unsafe struct DistributionCall<TDistribution>
    where TDistribution : struct, IDistribution
{
    private const int Block = 64;

    /// <summary>Most distributions take two numbers of 53 bits, or four.</summary>
    private const uint ReadyBlocks = 2;

    internal DType DType;
    internal int Size;
    internal ulong Seed;
    internal ulong Stream;
    internal long First;
    internal TDistribution Distribution;
    internal byte* Y;

    internal static void Run(void* state, long start, long end)
    {
        ref DistributionCall<TDistribution> call = ref Unsafe.AsRef<DistributionCall<TDistribution>>(state);
        uint* words = stackalloc uint[(int)(Block * 4 * ReadyBlocks)];
        double* values = stackalloc double[Block];
        for (long block = start; block < end; block += Block)
        {
            int count = (int)Math.Min(Block, end - block);
            ulong first = (ulong)(call.First + block);
            PhiloxBlocks.Words(words, call.Seed, call.Stream, first, Block, ReadyBlocks);
            for (int i = 0; i < count; i++)
            {
                uint* own = words + (i * 4 * ReadyBlocks);
                var random = new Philox(call.Seed, call.Stream, first + (ulong)i, own, ReadyBlocks);
                values[i] = call.Distribution.Sample(ref random);
            }

            CastLoops.Convert(DType.Float64, (byte*)values, call.DType, call.Y + (block * call.Size), count);
        }
    }
}
