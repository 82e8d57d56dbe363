using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>
/// The weights of a convolution as its adjoint meets them: channels of data and result exchanged, and only some taps of the
/// window, in another order.
/// </summary>
internal static unsafe class WeightTaps<T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    /// <summary>Channels of the data whose weights are brought over together: what is read lies side by side.</summary>
    private const long Block = 16;

    /// <summary>Writes (GroupIn, GroupOut, count) for each group; <paramref name="taps"/> are places in the window.</summary>
    internal static void Exchange(in ConvolutionShape shape, T* weight, int* taps, int count, T* target)
    {
        var work = new Work
        {
            GroupIn = shape.GroupIn,
            GroupOut = shape.GroupOut,
            Window = shape.Kernel.Product,
            Weight = weight,
            Target = target,
            Taps = taps,
            Count = count,
        };
        work.Blocks = ((work.GroupIn - 1) / Block) + 1;
        long perBlock = Math.Min(Block, work.GroupIn) * work.GroupOut * count;
        KernelTeam.Default.For(shape.Groups * work.Blocks, Math.Max(1, 65_536 / perBlock), &Range, &work);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Range(void* state, long first, long last)
    {
        var work = (Work*)state;
        long groupIn = work->GroupIn;
        long groupOut = work->GroupOut;
        long window = work->Window;
        int count = work->Count;
        int* taps = work->Taps;
        bool mirrors = count == window;
        for (int k = 0; k < count; k++)
        {
            mirrors &= taps[k] == window - 1 - k;
        }

        Vector256<int> backwards = Vector256.Create(7, 6, 5, 4, 3, 2, 1, 0);
        for (long item = first; item < last; item++)
        {
            long group = item / work->Blocks;
            long in0 = item % work->Blocks * Block;
            long in1 = Math.Min(in0 + Block, groupIn);
            T* source = work->Weight + (group * groupOut * groupIn * window);
            T* target = work->Target + (group * groupOut * groupIn * count);
            if (window == 1)
            {
                T* to = target + (in0 * groupOut);
                Packing.Transpose(source + in0, groupIn, (int)groupOut, (int)(in1 - in0), to, (int)groupOut);
                continue;
            }

            for (long o = 0; o < groupOut; o++)
            {
                T* from = source + (((o * groupIn) + in0) * window);
                T* to = target + (((in0 * groupOut) + o) * count);
                for (long i = in0; i < in1; i++)
                {
                    if (mirrors && window == 9 && typeof(T) == typeof(float))
                    {
                        Vector256<float> eight = Vector256.Load((float*)from + 1);
                        Vector256.Shuffle(eight, backwards).Store((float*)to);
                        to[8] = from[0];
                    }
                    else
                    {
                        for (int k = 0; k < count; k++)
                        {
                            to[k] = from[taps[k]];
                        }
                    }

                    from += window;
                    to += groupOut * count;
                }
            }
        }
    }

    private struct Work
    {
        public long GroupIn;
        public long GroupOut;
        public long Window;
        public long Blocks;
        public T* Weight;
        public T* Target;
        public int* Taps;
        public int Count;
    }
}
