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

    private static void ForwardRange(void* state, long first, long last)
    {
        var work = (Work*)state;
        ref readonly PoolingShape shape = ref work->Shape;
        long size = shape.In.Product;
        long results = shape.Out.Product;
        T* x = work->X + (first * size);
        T* y = work->Y + (first * results);
        if (typeof(T) == typeof(float))
        {
            PoolingPlanes<float>.Forward(work->Kind, shape, last - first, (float*)x, (float*)y, work->Accumulate);
            return;
        }

        if (typeof(T) == typeof(double))
        {
            PoolingPlanes<double>.Forward(work->Kind, shape, last - first, (double*)x, (double*)y, work->Accumulate);
            return;
        }

        for (long plane = first; plane < last; plane++)
        {
            if (typeof(T) == typeof(Half))
            {
                float* wideX = Widen((Half*)x, PackArena.Slot.Left, size, true);
                float* wideY = Widen((Half*)y, PackArena.Slot.Right, results, work->Accumulate);
                PoolingPlanes<float>.Forward(work->Kind, shape, 1, wideX, wideY, work->Accumulate);
                Cast.Convert(DType.Float32, wideY, DType.Float16, y, results);
            }
            else
            {
                ForwardPlane(work->Kind, shape, x, y, work->Accumulate);
            }

            x += size;
            y += results;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ForwardPlane(PoolingKind kind, in PoolingShape shape, T* x, T* y, bool accumulate)
    {
        Extents size = shape.In;
        Extents o = shape.Out;
        for (long d = 0; d < o.D; d++)
        {
            PoolingWindow sd = PoolingWindow.Of(d, shape.Kernel.D, shape.Stride.D, shape.Pad.D, size.D);
            for (long h = 0; h < o.H; h++)
            {
                PoolingWindow sh = PoolingWindow.Of(h, shape.Kernel.H, shape.Stride.H, shape.Pad.H, size.H);
                for (long w = 0; w < o.W; w++)
                {
                    PoolingWindow sw = PoolingWindow.Of(w, shape.Kernel.W, shape.Stride.W, shape.Pad.W, size.W);
                    TWide value = kind == PoolingKind.Max ? Largest(x, size, sd, sh, sw) : Total(x, size, sd, sh, sw);
                    if (kind == PoolingKind.Average)
                    {
                        value /= TWide.CreateTruncating(sd.Count * sh.Count * sw.Count);
                    }

                    y[w] = T.CreateTruncating(accumulate ? TWide.CreateTruncating(y[w]) + value : value);
                }

                y += o.W;
            }
        }
    }

    private static float* Widen(Half* source, PackArena.Slot slot, long count, bool convert)
    {
        float* target = (float*)PackArena.Get(slot, count * sizeof(float));
        if (convert)
        {
            Cast.Convert(DType.Float16, source, DType.Float32, target, count);
        }

        return target;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TWide Largest(T* x, in Extents size, PoolingWindow sd, PoolingWindow sh, PoolingWindow sw)
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
    private static TWide Total(T* x, in Extents size, PoolingWindow sd, PoolingWindow sh, PoolingWindow sw)
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

    private static void BackwardRange(void* state, long first, long last)
    {
        var work = (Work*)state;
        ref readonly PoolingShape shape = ref work->Shape;
        long size = shape.In.Product;
        long results = shape.Out.Product;
        bool max = work->Kind == PoolingKind.Max;
        T* x = work->X + (max ? first * size : 0);
        T* dy = work->Y + (first * results);
        T* dx = work->Dx + (first * size);
        if (typeof(T) != typeof(Half))
        {
            BackwardPlanes(work->Kind, shape, last - first, x, dy, dx, work->Accumulate);
            return;
        }

        for (long plane = first; plane < last; plane++)
        {
            // Summed aside: windows overlap, and each addition to a narrow type would round.
            float* wideX = Widen((Half*)x, PackArena.Slot.Left, size, max);
            float* wideDy = Widen((Half*)dy, PackArena.Slot.Right, results, true);
            float* wideDx = Widen((Half*)dx, PackArena.Slot.Result, size, work->Accumulate);
            PoolingLoops<float, float>.BackwardPlanes(work->Kind, shape, 1, wideX, wideDy, wideDx, work->Accumulate);
            Cast.Convert(DType.Float32, wideDx, DType.Float16, dx, size);
            x += max ? size : 0;
            dy += results;
            dx += size;
        }
    }

    private static void BackwardPlanes(
        PoolingKind kind,
        in PoolingShape shape,
        long planes,
        T* x,
        T* dy,
        T* dx,
        bool accumulate
    )
    {
        if (typeof(T) == typeof(float) && PoolingPlanes<float>.HandlesGradient(shape))
        {
            PoolingPlanes<float>.Backward(kind, shape, planes, (float*)x, (float*)dy, (float*)dx, accumulate);
            return;
        }

        if (typeof(T) == typeof(double) && PoolingPlanes<double>.HandlesGradient(shape))
        {
            PoolingPlanes<double>.Backward(kind, shape, planes, (double*)x, (double*)dy, (double*)dx, accumulate);
            return;
        }

        for (long plane = 0; plane < planes; plane++)
        {
            BackwardPlane(kind, shape, x, dy, dx, accumulate);
            x += kind == PoolingKind.Max ? shape.In.Product : 0;
            dy += shape.Out.Product;
            dx += shape.In.Product;
        }
    }

    /// <summary>Any step: window by window.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BackwardPlane(PoolingKind kind, in PoolingShape shape, T* x, T* dy, T* dx, bool accumulate)
    {
        Extents size = shape.In;
        Extents o = shape.Out;
        Extents kernel = shape.Kernel;
        bool max = kind == PoolingKind.Max;
        if (!accumulate)
        {
            LongRuns.Clear(dx, size.Product);
        }

        for (long d = 0; d < o.D; d++)
        {
            PoolingWindow sd = PoolingWindow.Of(d, kernel.D, shape.Stride.D, shape.Pad.D, size.D);
            for (long h = 0; h < o.H; h++)
            {
                PoolingWindow sh = PoolingWindow.Of(h, kernel.H, shape.Stride.H, shape.Pad.H, size.H);
                for (long w = 0; w < o.W; w++)
                {
                    PoolingWindow sw = PoolingWindow.Of(w, kernel.W, shape.Stride.W, shape.Pad.W, size.W);
                    if (max)
                    {
                        long at = FirstLargest(x, size, sd, sh, sw);
                        if (at >= 0)
                        {
                            dx[at] += dy[w];
                        }
                    }
                    else
                    {
                        T gradient = dy[w];
                        if (kind == PoolingKind.Average)
                        {
                            gradient /= T.CreateTruncating(sd.Count * sh.Count * sw.Count);
                        }

                        Spread(dx, size, sd, sh, sw, gradient);
                    }
                }

                dy += o.W;
            }
        }
    }

    /// <summary>Place of the first largest of adjacent elements.</summary>
    internal static long PlaceOfLargest(T* x, long count)
    {
        long at = 0;
        T best = x[0];
        for (long i = 1; i < count; i++)
        {
            if (x[i] > best || T.IsNaN(best))
            {
                best = x[i];
                at = i;
            }
        }

        return at;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static long FirstLargest(T* x, in Extents size, PoolingWindow sd, PoolingWindow sh, PoolingWindow sw)
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
    private static void Spread(
        T* target,
        in Extents size,
        PoolingWindow sd,
        PoolingWindow sh,
        PoolingWindow sw,
        T gradient
    )
    {
        for (long d = sd.First; d < sd.Last; d++)
        {
            for (long h = sh.First; h < sh.Last; h++)
            {
                T* row = target + (((d * size.H) + h) * size.W);
                for (long w = sw.First; w < sw.Last; w++)
                {
                    row[w] += gradient;
                }
            }
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
