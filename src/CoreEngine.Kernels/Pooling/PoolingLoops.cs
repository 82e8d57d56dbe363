using System.Numerics;
using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>Pooling of elements of type T, computed in type TWide.</summary>
internal static unsafe class PoolingLoops<T, TWide>
    where T : unmanaged, INumber<T>
    where TWide : unmanaged, INumber<TWide>, IMinMaxValue<TWide>
{
    private const long ElementsPerThread = 8192;

    internal static void Forward(PoolingKind kind, in PoolingShape shape, T* x, T* y, bool accumulate)
    {
        var work = new Work
        {
            Shape = shape,
            Kind = kind,
            X = x,
            Y = y,
            Accumulate = accumulate,
        };
        KernelTeam.Default.For(shape.Planes, Grain(shape), &ForwardRange, &work);
    }

    internal static void Backward(PoolingKind kind, in PoolingShape shape, T* x, T* dy, T* dx, bool accumulate)
    {
        var work = new Work
        {
            Shape = shape,
            Kind = kind,
            X = x,
            Y = dy,
            Dx = dx,
            Accumulate = accumulate,
        };
        KernelTeam.Default.For(shape.Planes, Grain(shape), &BackwardRange, &work);
    }

    private static long Grain(in PoolingShape shape) => Math.Max(1, ElementsPerThread / shape.In.Product);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ForwardRange(void* state, long first, long last)
    {
        var work = (Work*)state;
        Extents size = work->Shape.In;
        Extents o = work->Shape.Out;
        for (long plane = first; plane < last; plane++)
        {
            T* x = work->X + (plane * size.Product);
            T* y = work->Y + (plane * o.Product);
            for (long d = 0; d < o.D; d++)
            {
                Window sd = Window.Of(d, work->Shape.Kernel.D, work->Shape.Stride.D, work->Shape.Pad.D, size.D);
                for (long h = 0; h < o.H; h++)
                {
                    Window sh = Window.Of(h, work->Shape.Kernel.H, work->Shape.Stride.H, work->Shape.Pad.H, size.H);
                    for (long w = 0; w < o.W; w++)
                    {
                        Window sw = Window.Of(w, work->Shape.Kernel.W, work->Shape.Stride.W, work->Shape.Pad.W, size.W);
                        TWide value =
                            work->Kind == PoolingKind.Max ? Largest(x, size, sd, sh, sw) : Total(x, size, sd, sh, sw);
                        if (work->Kind == PoolingKind.Average)
                        {
                            value /= TWide.CreateTruncating(sd.Count * sh.Count * sw.Count);
                        }

                        *y = T.CreateTruncating(work->Accumulate ? TWide.CreateTruncating(*y) + value : value);
                        y++;
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TWide Largest(T* x, in Extents size, Window sd, Window sh, Window sw)
    {
        bool any = false;
        TWide best = TWide.MinValue;
        for (long d = sd.First; d < sd.Last; d++)
        {
            for (long h = sh.First; h < sh.Last; h++)
            {
                T* row = x + (((d * size.H) + h) * size.W);
                for (long w = sw.First; w < sw.Last; w++)
                {
                    TWide value = TWide.CreateTruncating(row[w]);
                    if (value > best || !any || TWide.IsNaN(best))
                    {
                        best = value;
                        any = true;
                    }
                }
            }
        }

        return best;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TWide Total(T* x, in Extents size, Window sd, Window sh, Window sw)
    {
        TWide sum = TWide.Zero;
        for (long d = sd.First; d < sd.Last; d++)
        {
            for (long h = sh.First; h < sh.Last; h++)
            {
                T* row = x + (((d * size.H) + h) * size.W);
                for (long w = sw.First; w < sw.Last; w++)
                {
                    sum += TWide.CreateTruncating(row[w]);
                }
            }
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BackwardRange(void* state, long first, long last)
    {
        var work = (Work*)state;
        Extents size = work->Shape.In;
        Extents o = work->Shape.Out;

        // Narrow types are summed aside: windows overlap, and each of their additions would round.
        bool aside = typeof(T) != typeof(TWide);
        TWide* sums = aside ? (TWide*)PackArena.Get(PackArena.Slot.Result, size.Product * sizeof(TWide)) : null;
        for (long plane = first; plane < last; plane++)
        {
            T* x = work->X + (plane * size.Product);
            T* dy = work->Y + (plane * o.Product);
            T* dx = work->Dx + (plane * size.Product);
            TWide* target = aside ? sums : (TWide*)dx;
            for (long i = 0; i < size.Product && (aside || !work->Accumulate); i++)
            {
                target[i] = work->Accumulate ? TWide.CreateTruncating(dx[i]) : TWide.Zero;
            }

            for (long d = 0; d < o.D; d++)
            {
                Window sd = Window.Of(d, work->Shape.Kernel.D, work->Shape.Stride.D, work->Shape.Pad.D, size.D);
                for (long h = 0; h < o.H; h++)
                {
                    Window sh = Window.Of(h, work->Shape.Kernel.H, work->Shape.Stride.H, work->Shape.Pad.H, size.H);
                    for (long w = 0; w < o.W; w++)
                    {
                        Window sw = Window.Of(w, work->Shape.Kernel.W, work->Shape.Stride.W, work->Shape.Pad.W, size.W);
                        TWide gradient = TWide.CreateTruncating(*dy++);
                        if (work->Kind == PoolingKind.Max)
                        {
                            long at = FirstLargest(x, size, sd, sh, sw);
                            if (at >= 0)
                            {
                                target[at] += gradient;
                            }
                        }
                        else
                        {
                            if (work->Kind == PoolingKind.Average)
                            {
                                gradient /= TWide.CreateTruncating(sd.Count * sh.Count * sw.Count);
                            }

                            Spread(target, size, sd, sh, sw, gradient);
                        }
                    }
                }
            }

            for (long i = 0; i < size.Product && aside; i++)
            {
                dx[i] = T.CreateTruncating(sums[i]);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long FirstLargest(T* x, in Extents size, Window sd, Window sh, Window sw)
    {
        long at = -1;
        TWide best = TWide.MinValue;
        for (long d = sd.First; d < sd.Last; d++)
        {
            for (long h = sh.First; h < sh.Last; h++)
            {
                long row = ((d * size.H) + h) * size.W;
                for (long w = sw.First; w < sw.Last; w++)
                {
                    TWide value = TWide.CreateTruncating(x[row + w]);
                    if (value > best || at < 0 || TWide.IsNaN(best))
                    {
                        best = value;
                        at = row + w;
                    }
                }
            }
        }

        return at;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Spread(TWide* target, in Extents size, Window sd, Window sh, Window sw, TWide gradient)
    {
        for (long d = sd.First; d < sd.Last; d++)
        {
            for (long h = sh.First; h < sh.Last; h++)
            {
                TWide* row = target + (((d * size.H) + h) * size.W);
                for (long w = sw.First; w < sw.Last; w++)
                {
                    row[w] += gradient;
                }
            }
        }
    }

    /// <summary>A window along one dimension: the positions inside the plane, and how many it counts with padding.</summary>
    private readonly struct Window
    {
        public readonly long First;
        public readonly long Last;
        public readonly long Count;

        private Window(long first, long last, long count)
        {
            First = first;
            Last = last;
            Count = count;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal static Window Of(long index, long kernel, long stride, long pad, long size)
        {
            long start = (index * stride) - pad;
            long end = Math.Min(start + kernel, size + pad);

            // "Full" can put a last window wholly behind the plane: it counts one position and sees nothing.
            return new Window(Math.Max(start, 0), Math.Min(end, size), Math.Max(end - start, 1));
        }
    }

    private struct Work
    {
        public PoolingShape Shape;
        public PoolingKind Kind;
        public T* X;
        public T* Y;
        public T* Dx;
        public bool Accumulate;
    }
}
