using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>Numbers at even distances, each of them several times in a row if wanted.</summary>
public static unsafe class Ramp
{
    private const int Block = 256;

    /// <summary>y[i] = start + floor(i / repeat) * step, computed in float64 and converted as <see cref="Cast"/> does.</summary>
    /// <param name="dtype">Element type of the output.</param>
    /// <param name="start">The first number.</param>
    /// <param name="step">The distance of one number from the next.</param>
    /// <param name="repeat">How often each number stands, at least once.</param>
    /// <param name="y">The output.</param>
    /// <param name="n">Number of elements.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such element type.</exception>
    public static void Fill(DType dtype, double start, double step, long repeat, void* y, long n)
    {
        var call = new Call
        {
            DType = dtype,
            Size = dtype.ItemSize(),
            Start = start,
            Step = step,
            Repeat = repeat,
            Y = (byte*)y,
        };
        if (Vector512.IsHardwareAccelerated)
            KernelTeam.Default.For(n, Elementwise.Grain, &Run<Simd512<double>>, &call);
        else if (Vector256.IsHardwareAccelerated)
            KernelTeam.Default.For(n, Elementwise.Grain, &Run<Simd256<double>>, &call);
        else
            KernelTeam.Default.For(n, Elementwise.Grain, &Run<Simd128<double>>, &call);
    }

    [SkipLocalsInit]
    private static void Run<V>(void* state, long first, long last)
        where V : struct, ISimd<V>
    {
        var call = (Call*)state;
        double* values = stackalloc double[Block];
        for (long i = first; i < last; i += Block)
        {
            long count = Math.Min(Block, last - i);
            if (call->Repeat == 1)
                Count<V>(call, i, values);
            else
                Repeat(call, i, values);
            CastLoops.Convert(DType.Float64, (byte*)values, call->DType, call->Y + (i * call->Size), (nint)count);
        }
    }

    /// <summary>Fills a whole block; numbers behind the end are not used.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Count<V>(Call* call, long first, double* values)
        where V : struct, ISimd<V>
    {
        double* lanes = stackalloc double[8];
        for (int i = 0; i < 8; i++)
        {
            lanes[i] = first + i;
        }

        V index = V.Load(lanes);
        V next = V.Constant(V.Count);
        V start = V.Constant(call->Start);
        V step = V.Constant(call->Step);
        for (int i = 0; i < Block; i += V.Count)
        {
            V.Store(start + (index * step), values + i);
            index += next;
        }
    }

    private static void Repeat(Call* call, long first, double* values)
    {
        (long number, long times) = Math.DivRem(first, call->Repeat);
        double value = call->Start + (number * call->Step);
        for (int i = 0; i < Block; i++)
        {
            values[i] = value;
            if (++times == call->Repeat)
            {
                times = 0;
                value = call->Start + (++number * call->Step);
            }
        }
    }

    private struct Call
    {
        internal DType DType;
        internal int Size;
        internal double Start;
        internal double Step;
        internal long Repeat;
        internal byte* Y;
    }
}
