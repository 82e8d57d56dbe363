using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>
/// Drives optimizer update rules over arrays: one pass that reads weight, gradient and states and writes weight and
/// states. Half precision is computed in float32 and rounded once.
/// </summary>
public static unsafe class Updates
{
    private const long Grain = 16384;

    /// <summary>Updates <paramref name="n"/> weights.</summary>
    /// <param name="rule">The rule with its hyperparameters.</param>
    /// <param name="dtype">float32, float64 or float16; all arrays have it.</param>
    /// <param name="weight">The weights.</param>
    /// <param name="gradient">Their gradients; changed by rules whose <see cref="IUpdateRule.ChangesGradient"/> says so.</param>
    /// <param name="state0">The first state, changed; null when the rule has none.</param>
    /// <param name="state1">The second state, changed; null when the rule has none.</param>
    /// <param name="state2">The third state, changed; null when the rule has none.</param>
    /// <param name="output">Where the new weights go; usually <paramref name="weight"/> itself.</param>
    /// <param name="n">Number of elements.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not a floating-point type, or a negative length.</exception>
    public static void Run<TRule>(
        TRule rule,
        DType dtype,
        void* weight,
        void* gradient,
        void* state0,
        void* state1,
        void* state2,
        void* output,
        long n
    )
        where TRule : struct, IUpdateRule =>
        Run(rule, dtype, weight, gradient, state0, state1, state2, output, n, &UpdateCall<TRule>.Run);

    /// <summary>
    /// Updates <paramref name="n"/> weights through their float32 master copy, which is where the rule computes and where
    /// small steps add up; the model's weights are the rounded master copy.
    /// </summary>
    /// <param name="rule">The rule with its hyperparameters.</param>
    /// <param name="dtype">The type of gradients and of the model's weights.</param>
    /// <param name="master">The float32 weights, changed.</param>
    /// <param name="gradient">The gradients; never changed.</param>
    /// <param name="state0">The first float32 state, changed; null when the rule has none.</param>
    /// <param name="state1">The second float32 state, changed; null when the rule has none.</param>
    /// <param name="state2">The third float32 state, changed; null when the rule has none.</param>
    /// <param name="output">Where the model's new weights go.</param>
    /// <param name="n">Number of elements.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not a floating-point type, or a negative length.</exception>
    public static void RunMixed<TRule>(
        TRule rule,
        DType dtype,
        float* master,
        void* gradient,
        float* state0,
        float* state1,
        float* state2,
        void* output,
        long n
    )
        where TRule : struct, IUpdateRule =>
        Run(rule, dtype, master, gradient, state0, state1, state2, output, n, &UpdateCall<TRule>.RunMixed);

    private static void Run<TRule>(
        TRule rule,
        DType dtype,
        void* weight,
        void* gradient,
        void* state0,
        void* state1,
        void* state2,
        void* output,
        long n,
        delegate* <void*, long, long, void> range
    )
        where TRule : struct, IUpdateRule
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        if (!dtype.IsFloat())
            throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Weights are floating-point numbers.");
        var call = new UpdateCall<TRule>
        {
            Rule = rule,
            DType = dtype,
            Arrays = new UpdateArrays
            {
                Weight = (byte*)weight,
                Gradient = (byte*)gradient,
                State0 = (byte*)state0,
                State1 = (byte*)state1,
                State2 = (byte*)state2,
                Output = (byte*)output,
            },
        };
        KernelTeam.Default.For(n, Grain, range, Unsafe.AsPointer(ref call));
    }
}

internal unsafe struct UpdateArrays
{
    internal byte* Weight;
    internal byte* Gradient;
    internal byte* State0;
    internal byte* State1;
    internal byte* State2;
    internal byte* Output;

    /// <summary>The arrays from another place on; absent states stay absent.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly UpdateArrays At(nint bytes) =>
        new()
        {
            Weight = Weight + bytes,
            Gradient = Gradient + bytes,
            State0 = State0 is null ? null : State0 + bytes,
            State1 = State1 is null ? null : State1 + bytes,
            State2 = State2 is null ? null : State2 + bytes,
            Output = Output + bytes,
        };
}

[SkipLocalsInit]
internal unsafe struct UpdateCall<TRule>
    where TRule : struct, IUpdateRule
{
    private const int Block = 1024;

    internal TRule Rule;
    internal DType DType;
    internal UpdateArrays Arrays;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run(void* state, long start, long end)
    {
        ref UpdateCall<TRule> call = ref Unsafe.AsRef<UpdateCall<TRule>>(state);
        UpdateArrays arrays = call.Arrays.At((nint)(start * call.DType.ItemSize()));
        nint count = (nint)(end - start);
        if (call.DType == DType.Float32)
            Widest<float>(call.Rule, arrays, count);
        else if (call.DType == DType.Float64)
            Widest<double>(call.Rule, arrays, count);
        else
            Half(call.Rule, arrays, count);
    }

    /// <summary>Master copy and states are float32; gradients and output have the call's type.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void RunMixed(void* state, long start, long end)
    {
        ref UpdateCall<TRule> call = ref Unsafe.AsRef<UpdateCall<TRule>>(state);
        DType dtype = call.DType;
        int size = dtype.ItemSize();
        float* wide = stackalloc float[Block];
        for (nint i = (nint)start; i < (nint)end; i += Block)
        {
            nint n = Math.Min(Block, (nint)end - i);
            UpdateArrays block = call.Arrays.At(i * sizeof(float));
            CastLoops.Convert(dtype, call.Arrays.Gradient + (i * size), DType.Float32, (byte*)wide, n);
            block.Gradient = (byte*)wide;
            block.Output = block.Weight;
            Widest<float>(call.Rule, block, n);
            CastLoops.Convert(DType.Float32, block.Weight, dtype, call.Arrays.Output + (i * size), n);
        }
    }

    private static void Half(TRule rule, UpdateArrays arrays, nint count)
    {
        float* buffer = stackalloc float[Block * 5];
        var blocks = new UpdateArrays
        {
            Weight = (byte*)buffer,
            Gradient = (byte*)(buffer + Block),
            State0 = (byte*)(buffer + (2 * Block)),
            State1 = (byte*)(buffer + (3 * Block)),
            State2 = (byte*)(buffer + (4 * Block)),
            Output = (byte*)buffer,
        };
        for (nint i = 0; i < count; i += Block)
        {
            UpdateArrays source = arrays.At(i * sizeof(Half));
            nint n = Math.Min(Block, count - i);
            Widen(source.Weight, blocks.Weight, n);
            Widen(source.Gradient, blocks.Gradient, n);
            Widen(source.State0, blocks.State0, n);
            Widen(source.State1, blocks.State1, n);
            Widen(source.State2, blocks.State2, n);
            Widest<float>(rule, blocks, n);
            Narrow(blocks.Output, source.Output, n);
            if (TRule.ChangesGradient)
                Narrow(blocks.Gradient, source.Gradient, n);
            Narrow(blocks.State0, source.State0, n);
            Narrow(blocks.State1, source.State1, n);
            Narrow(blocks.State2, source.State2, n);
        }
    }

    private static void Widen(byte* half, byte* single, nint n)
    {
        if (half is not null)
            CastLoops.Convert(DType.Float16, half, DType.Float32, single, n);
    }

    private static void Narrow(byte* single, byte* half, nint n)
    {
        if (half is not null)
            CastLoops.Convert(DType.Float32, single, DType.Float16, half, n);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Widest<T>(TRule rule, UpdateArrays arrays, nint count)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        if (rule.Gradient.Clip < 0)
            Widest<T, NoGradientLimit>(rule, arrays, count);
        else
            Widest<T, GradientLimit>(rule, arrays, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Widest<T, TLimit>(TRule rule, UpdateArrays arrays, nint count)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
        where TLimit : struct, IGradientLimit
    {
        if (Vector512.IsHardwareAccelerated)
            Loop<Simd512<T>, TLimit>(rule, arrays, count);
        else if (Vector256.IsHardwareAccelerated)
            Loop<Simd256<T>, TLimit>(rule, arrays, count);
        else if (Vector128.IsHardwareAccelerated)
            Loop<Simd128<T>, TLimit>(rule, arrays, count);
        else
            Loop<SimdScalar<T>, TLimit>(rule, arrays, count);
    }

    // Not inlined: where the rule lies in memory that others may see, its numbers are read again for every register.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Loop<V, TLimit>(TRule rule, UpdateArrays arrays, nint count)
        where V : struct, ISimd<V>
        where TLimit : struct, IGradientLimit
    {
        nint width = V.Count * V.ElementSize;
        nint bytes = count * V.ElementSize;
        nint i = 0;
        TRule local = rule; // Parameters stay in memory, locals need not.
        for (; i <= bytes - (4 * width); i += 4 * width)
        {
            // Together they share the registers that the rule's numbers are spread to.
            Step<V, TLimit>(local, arrays, i);
            Step<V, TLimit>(local, arrays, i + width);
            Step<V, TLimit>(local, arrays, i + (2 * width));
            Step<V, TLimit>(local, arrays, i + (3 * width));
        }

        for (; i <= bytes - width; i += width)
        {
            Step<V, TLimit>(local, arrays, i);
        }

        if (i < bytes)
            Tail<V, TLimit>(local, arrays.At(i), bytes - i);
    }

    /// <summary>The last elements, in padded registers: the same instructions for every element.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Tail<V, TLimit>(TRule rule, UpdateArrays arrays, nint bytes)
        where V : struct, ISimd<V>
        where TLimit : struct, IGradientLimit
    {
        byte* lanes = stackalloc byte[Lanes.MaxBytes * 5];
        var padded = new UpdateArrays
        {
            Weight = Lanes.Pad<V>(arrays.Weight, bytes, lanes),
            Gradient = Lanes.Pad<V>(arrays.Gradient, bytes, lanes + Lanes.MaxBytes),
            Output = lanes,
        };
        if (TRule.StateCount > 0)
            padded.State0 = Lanes.Pad<V>(arrays.State0, bytes, lanes + (2 * Lanes.MaxBytes));
        if (TRule.StateCount > 1)
            padded.State1 = Lanes.Pad<V>(arrays.State1, bytes, lanes + (3 * Lanes.MaxBytes));
        if (TRule.StateCount > 2)
            padded.State2 = Lanes.Pad<V>(arrays.State2, bytes, lanes + (4 * Lanes.MaxBytes));
        Step<V, TLimit>(rule, padded, 0);
        Lanes.StorePart(V.Load(padded.Output), arrays.Output, bytes);
        if (TRule.ChangesGradient)
            Lanes.StorePart(V.Load(padded.Gradient), arrays.Gradient, bytes);
        if (TRule.StateCount > 0)
            Lanes.StorePart(V.Load(padded.State0), arrays.State0, bytes);
        if (TRule.StateCount > 1)
            Lanes.StorePart(V.Load(padded.State1), arrays.State1, bytes);
        if (TRule.StateCount > 2)
            Lanes.StorePart(V.Load(padded.State2), arrays.State2, bytes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step<V, TLimit>(TRule rule, UpdateArrays arrays, nint i)
        where V : struct, ISimd<V>
        where TLimit : struct, IGradientLimit
    {
        V weight = V.Load(arrays.Weight + i);
        V state0 = TRule.StateCount > 0 ? V.Load(arrays.State0 + i) : V.Zero;
        V state1 = TRule.StateCount > 1 ? V.Load(arrays.State1 + i) : V.Zero;
        V state2 = TRule.StateCount > 2 ? V.Load(arrays.State2 + i) : V.Zero;
        V gradient = V.Load(arrays.Gradient + i);
        rule.Invoke<V, TLimit>(ref weight, ref gradient, ref state0, ref state1, ref state2);
        V.Store(weight, arrays.Output + i);
        if (TRule.ChangesGradient)
            V.Store(gradient, arrays.Gradient + i);
        if (TRule.StateCount > 0)
            V.Store(state0, arrays.State0 + i);
        if (TRule.StateCount > 1)
            V.Store(state1, arrays.State1 + i);
        if (TRule.StateCount > 2)
            V.Store(state2, arrays.State2 + i);
    }
}
