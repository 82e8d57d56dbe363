using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>The scalar product of two vectors: blocks of fixed length, whose sums are added in order.</summary>
internal static unsafe class VectorProduct<T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    private const long Block = 16384;

    internal static T Compute(T* x, T* y, long length)
    {
        long blocks = (length + Block - 1) / Block;
        T* sums = (T*)PackArena.Get(PackArena.Slot.Vector, blocks * sizeof(T));
        var work = new Work
        {
            X = x,
            Y = y,
            Length = length,
            Sums = sums,
        };
        if (Vector512.IsHardwareAccelerated)
            KernelTeam.Default.For(blocks, grain: 2, &Blocks<Simd512<T>>, &work);
        else if (Vector256.IsHardwareAccelerated)
            KernelTeam.Default.For(blocks, grain: 2, &Blocks<Simd256<T>>, &work);
        else
            KernelTeam.Default.For(blocks, grain: 2, &Blocks<Simd128<T>>, &work);
        T total = T.Zero;
        for (long i = 0; i < blocks; i++)
        {
            total += sums[i];
        }

        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Blocks<V>(void* state, long first, long last)
        where V : struct, ISimd<V>
    {
        var work = (Work*)state;
        int width = V.Count;
        for (long block = first; block < last; block++)
        {
            T* x = work->X + (block * Block);
            T* y = work->Y + (block * Block);
            long length = Math.Min(Block, work->Length - (block * Block));
            V a = V.Zero,
                b = V.Zero,
                c = V.Zero,
                d = V.Zero;
            long i = 0;
            for (; i + (4 * width) <= length; i += 4 * width)
            {
                a = V.MultiplyAdd(V.Load(x + i), V.Load(y + i), a);
                b = V.MultiplyAdd(V.Load(x + i + width), V.Load(y + i + width), b);
                c = V.MultiplyAdd(V.Load(x + i + (2 * width)), V.Load(y + i + (2 * width)), c);
                d = V.MultiplyAdd(V.Load(x + i + (3 * width)), V.Load(y + i + (3 * width)), d);
            }

            T total = ReduceLoops<SumReducer, V, T>.Lane(a + b + (c + d));
            for (; i < length; i++)
            {
                total += x[i] * y[i];
            }

            work->Sums[block] = total;
        }
    }

    private struct Work
    {
        public T* X;
        public T* Y;
        public long Length;
        public T* Sums;
    }
}
