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
        long size = work->Shape.In.Product;
        long results = work->Shape.Out.Product;
        for (long plane = first; plane < last; plane++)
        {
            T* x = work->X + (plane * size);
            T* y = work->Y + (plane * results);
            if (typeof(T) == typeof(Half))
            {
                float* wideX = Widen((Half*)x, PackArena.Slot.Left, size, true);
                float* wideY = Widen((Half*)y, PackArena.Slot.Right, results, work->Accumulate);
                PoolingLoops<float, float>.ForwardPlane(work->Kind, work->Shape, wideX, wideY, work->Accumulate);
                Cast.Convert(DType.Float32, wideY, DType.Float16, y, results);
            }
            else
            {
                ForwardPlane(work->Kind, work->Shape, x, y, work->Accumulate);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ForwardPlane(PoolingKind kind, in PoolingShape shape, T* x, T* y, bool accumulate)
    {
        Extents size = shape.In;
        Extents o = shape.Out;
        (long inner0, long inner1) = InnerColumns(shape, o.W);
        bool vectors = PoolingColumns<T>.Handles(shape.Stride.W, inner1 - inner0);
        for (long d = 0; d < o.D; d++)
        {
            PoolingWindow sd = PoolingWindow.Of(d, shape.Kernel.D, shape.Stride.D, shape.Pad.D, size.D);
            for (long h = 0; h < o.H; h++)
            {
                PoolingWindow sh = PoolingWindow.Of(h, shape.Kernel.H, shape.Stride.H, shape.Pad.H, size.H);
                long done = inner0;
                if (vectors && sd.Last > sd.First && sh.Last > sh.First)
                {
                    PoolingColumns<T>.Run run = RunOf(shape, x, sd, sh, inner0, inner1);
                    done +=
                        kind == PoolingKind.Max
                            ? PoolingColumns<T>.Max(run, y + inner0, accumulate)
                            : PoolingColumns<T>.Sum(run, Divisor(kind, sd, sh, shape.Kernel.W), y + inner0, accumulate);
                }

                for (long w = 0; w < o.W; w++)
                {
                    if (w == inner0)
                    {
                        w = done;
                        if (w == o.W)
                        {
                            break;
                        }
                    }

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

    /// <summary>The windows of a row that lie wholly inside it.</summary>
    private static (long First, long Last) InnerColumns(in PoolingShape shape, long columns)
    {
        long room = shape.In.W + shape.Pad.W - shape.Kernel.W;
        long first = Math.Min(((shape.Pad.W - 1) / shape.Stride.W) + 1, columns);
        long last = room < 0 ? 0 : Math.Min((room / shape.Stride.W) + 1, columns);
        first = shape.Pad.W == 0 ? 0 : first;
        return (first, Math.Max(first, last));
    }

    private static PoolingColumns<T>.Run RunOf(
        in PoolingShape shape,
        T* x,
        PoolingWindow sd,
        PoolingWindow sh,
        long first,
        long last
    ) =>
        new()
        {
            X = x + Start(shape, sd, sh, first),
            RowStep = shape.In.W,
            PlaneStep = shape.In.H * shape.In.W,
            Depth = sd.Last - sd.First,
            Height = sh.Last - sh.First,
            Kernel = shape.Kernel.W,
            Stride = shape.Stride.W,
            Count = last - first,
        };

    /// <summary>Where a window that lies wholly inside its row starts in the plane.</summary>
    private static long Start(in PoolingShape shape, PoolingWindow sd, PoolingWindow sh, long column) =>
        (((sd.First * shape.In.H) + sh.First) * shape.In.W) + (column * shape.Stride.W) - shape.Pad.W;

    private static T Divisor(PoolingKind kind, PoolingWindow sd, PoolingWindow sh, long columns) =>
        kind == PoolingKind.Average ? T.CreateTruncating(sd.Count * sh.Count * columns) : T.One;

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
    private static TWide Largest(T* x, in Extents size, PoolingWindow sd, PoolingWindow sh, PoolingWindow sw)
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
        long size = work->Shape.In.Product;
        long results = work->Shape.Out.Product;
        bool max = work->Kind == PoolingKind.Max;
        for (long plane = first; plane < last; plane++)
        {
            T* x = work->X + (plane * size);
            T* dy = work->Y + (plane * results);
            T* dx = work->Dx + (plane * size);
            if (typeof(T) == typeof(Half))
            {
                // Summed aside: windows overlap, and each addition to a narrow type would round.
                float* wideX = Widen((Half*)x, PackArena.Slot.Left, size, max);
                float* wideDy = Widen((Half*)dy, PackArena.Slot.Right, results, true);
                float* wideDx = Widen((Half*)dx, PackArena.Slot.Result, size, work->Accumulate);
                PoolingLoops<float, float>.BackwardPlane(
                    work->Kind,
                    work->Shape,
                    wideX,
                    wideDy,
                    wideDx,
                    work->Accumulate
                );
                Cast.Convert(DType.Float32, wideDx, DType.Float16, dx, size);
            }
            else
            {
                BackwardPlane(work->Kind, work->Shape, x, dy, dx, work->Accumulate);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BackwardPlane(PoolingKind kind, in PoolingShape shape, T* x, T* dy, T* dx, bool accumulate)
    {
        Extents size = shape.In;
        Extents o = shape.Out;
        Extents kernel = shape.Kernel;
        bool max = kind == PoolingKind.Max;
        (long inner0, long inner1) = InnerColumns(shape, o.W);
        bool pairs = shape.Stride.W == 2 && kernel.W == 2;
        bool vectors =
            PoolingColumns<T>.Handles(shape.Stride.W, inner1 - inner0)
            && (max ? PoolingColumns<T>.CountsExactly(size.Product) : pairs || shape.Stride.W == 1);

        // Windows that share nothing are written, not added to; if they leave nothing out, zeros need no writing before.
        bool apart = pairs && shape.Stride.H >= kernel.H && shape.Stride.D >= kernel.D;
        bool covers =
            vectors
            && max
            && apart
            && shape.Pad == default
            && new Extents(o.D * kernel.D, o.H * kernel.H, o.W * kernel.W) == size;
        if (!accumulate && !covers)
        {
            new Span<byte>(dx, checked((int)(size.Product * sizeof(T)))).Clear();
        }

        for (long d = 0; d < o.D; d++)
        {
            PoolingWindow sd = PoolingWindow.Of(d, kernel.D, shape.Stride.D, shape.Pad.D, size.D);
            for (long h = 0; h < o.H; h++)
            {
                PoolingWindow sh = PoolingWindow.Of(h, kernel.H, shape.Stride.H, shape.Pad.H, size.H);
                long done = inner0;
                if (vectors && sd.Last > sd.First && sh.Last > sh.First)
                {
                    PoolingColumns<T>.Run run = RunOf(shape, x, sd, sh, inner0, inner1);
                    T* target = dx + Start(shape, sd, sh, inner0);
                    done += max
                        ? PoolingColumns<T>.MaxGradient(run, dy + inner0, target, apart, accumulate)
                        : PoolingColumns<T>.Spread(run, Divisor(kind, sd, sh, kernel.W), dy + inner0, target);
                }

                for (long w = 0; w < o.W; w++)
                {
                    if (w == inner0)
                    {
                        w = done;
                        if (w == o.W)
                        {
                            break;
                        }
                    }

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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long FirstLargest(T* x, in Extents size, PoolingWindow sd, PoolingWindow sh, PoolingWindow sw)
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
