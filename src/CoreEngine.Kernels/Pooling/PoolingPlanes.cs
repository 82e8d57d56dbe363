using System.Numerics;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>Pooling of float32 or float64 planes by one thread: scratch memory, and the widths of registers that suit the rows.</summary>
internal static unsafe partial class PoolingPlanes<T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    /// <summary>Scratch rows of one step of the forward pass, in bytes: they stay in the first cache.</summary>
    private const long BlockBytes = 16 << 10;

    /// <summary>Whether <see cref="Backward"/> handles such windows: taps are numbered in type T.</summary>
    internal static bool HandlesGradient(in PoolingShape shape) =>
        shape.Kernel.Product < 1 << 24 && (shape.Stride.W <= 2 || IsWhole(shape));

    internal static void Forward(PoolingKind kind, in PoolingShape shape, long planes, T* x, T* y, bool accumulate)
    {
        PoolingBlock<T> block = BlockOf(kind, shape, planes, x, y, accumulate);
        if (IsWhole(shape))
        {
            T factor = kind == PoolingKind.Average ? T.One / T.CreateTruncating(shape.In.Product) : T.One;
            if (kind == PoolingKind.Max)
                Whole<PoolingMaximum>(block, factor);
            else
                Whole<PoolingSum>(block, factor);
        }
        else if (kind == PoolingKind.Max)
        {
            Run<PoolingMaximum>(ref block);
        }
        else
        {
            Run<PoolingSum>(ref block);
        }
    }

    internal static void Backward(
        PoolingKind kind,
        in PoolingShape shape,
        long planes,
        T* x,
        T* dy,
        T* dx,
        bool accumulate
    )
    {
        PoolingBlock<T> block = BlockOf(kind, shape, planes, x, dy, accumulate);
        block.Dx = dx;
        if (IsWhole(shape))
            WholeGradient(kind, block);
        else if (IsApart(shape) && !accumulate)
            ApartGradient(kind, block);
        else if (kind == PoolingKind.Max)
            MaximumGradient(ref block);
        else
            SumGradient(ref block);
    }

    /// <summary>One window that sees all of a plane and no padding.</summary>
    private static bool IsWhole(in PoolingShape shape) =>
        shape.Kernel == shape.In && shape.Pad == default && shape.Out.Product == 1;

    /// <summary>Windows of two rows and columns side by side, rounded down.</summary>
    private static bool IsApart(in PoolingShape shape) =>
        shape.Kernel == new Extents(1, 2, 2)
        && shape.Stride == shape.Kernel
        && shape.Pad == default
        && (2 * shape.Out.H) <= shape.In.H
        && (2 * shape.Out.W) <= shape.In.W;

    /// <summary>Everything but the scratch rows.</summary>
    private static PoolingBlock<T> BlockOf(
        PoolingKind kind,
        in PoolingShape shape,
        long planes,
        T* x,
        T* y,
        bool accumulate
    )
    {
        Extents o = shape.Out;
        Extents kernel = shape.Kernel;
        long buffer = Aligned((Math.Max(o.W, shape.In.W) + PoolingBlock<T>.Slack) * sizeof(T));
        long rows = Aligned(o.D * o.H * sizeof(PoolingBlock<T>.Row));
        byte* memory = (byte*)PackArena.Get(PackArena.Slot.Vector, buffer + rows);
        var block = new PoolingBlock<T>
        {
            Shape = shape,
            In = shape.In,
            Out = o,
            X = x,
            Y = y,
            Planes = planes,
            Buffer = (T*)memory,
            Rows = (PoolingBlock<T>.Row*)(memory + buffer),
            WholeColumns = o.W,
            Halves = new PoolingHalves(shape.Pad.W, kernel.W),
            Accumulate = accumulate,
        };
        bool averages = kind == PoolingKind.Average;
        for (long i = 0; i < o.D * o.H; i++)
        {
            var slices = PoolingWindow.Of(i / o.H, kernel.D, shape.Stride.D, shape.Pad.D, shape.In.D);
            var lines = PoolingWindow.Of(i % o.H, kernel.H, shape.Stride.H, shape.Pad.H, shape.In.H);
            long count = averages ? slices.Count * lines.Count * kernel.W : 1;
            block.Rows[i] = new PoolingBlock<T>.Row
            {
                Slices = slices,
                Lines = lines,
                Factor = T.CreateTruncating(1.0 / count),
            };
        }

        while (averages && block.WholeColumns > 0 && block.ColumnCorrection(block.WholeColumns - 1) != 1)
        {
            block.WholeColumns--;
        }

        return block;
    }

    private static long Aligned(long bytes) => (bytes + 63) & ~63L;

    private static void Run<TJoin>(ref PoolingBlock<T> block)
        where TJoin : struct, IPoolingJoin
    {
        long seen = ((block.Out.W - 1) * block.Shape.Stride.W) + block.Shape.Kernel.W;
        long used = Math.Max(block.Shape.Pad.W + block.In.W, seen);
        long lanes = 64 / sizeof(T);
        block.Pitch = Math.Max(used, (block.Out.W + lanes) * block.Shape.Stride.W) + block.Shape.Kernel.W + lanes;
        long total = block.Planes * block.Out.D * block.Out.H;
        long step = Math.Clamp(BlockBytes / (block.Pitch * sizeof(T)), 1, total);
        block.Lines = (T*)PackArena.Get(PackArena.Slot.Aside, step * block.Pitch * sizeof(T));
        T neutral = TJoin.IsSum ? T.Zero : T.CreateTruncating(double.NegativeInfinity);
        for (long i = 0; i < step; i++)
        {
            // Behind what windows see stand zeros: minus infinity there would look like a window of nothing.
            var line = new Span<T>(block.Lines + (i * block.Pitch), checked((int)block.Pitch));
            line[..(int)used].Fill(neutral);
            line[(int)used..].Clear();
        }

        T* end = block.Y + (total * block.Out.W);
        for (long first = Direct<TJoin>(block, total, end); first < total; first += step)
        {
            long count = Math.Min(step, total - first);
            Down<TJoin>(block, first, count);
            if (Vector512.IsHardwareAccelerated)
                Across<Simd512<T>, TJoin>(block, first, count, end);
            else if (Vector256.IsHardwareAccelerated)
                Across<Simd256<T>, TJoin>(block, first, count, end);
            else if (Vector128.IsHardwareAccelerated)
                Across<Simd128<T>, TJoin>(block, first, count, end);
            else
                Across<SimdScalar<T>, TJoin>(block, first, count, end);
        }
    }

    /// <summary>Does result rows of windows that have no padding and a usual size. Returns how many: all but the last few.</summary>
    private static long Direct<TJoin>(in PoolingBlock<T> block, long total, T* end)
        where TJoin : struct, IPoolingJoin
    {
        PoolingShape shape = block.Shape;
        Extents o = block.Out;
        bool inside =
            shape.Pad == default
            && shape.Kernel.D == 1
            && ((o.H - 1) * shape.Stride.H) + shape.Kernel.H <= block.In.H
            && ((o.W - 1) * shape.Stride.W) + shape.Kernel.W <= block.In.W;
        if (!inside)
            return 0;

        // The last rows read in parts: whole registers would reach behind the data.
        long lanes = 64 / sizeof(T);
        long reads = ((shape.Kernel.H - 1) * block.In.W) + ((o.W + lanes) * shape.Stride.W) + shape.Kernel.W + lanes;
        long size = block.In.Product;
        long count = total;
        while (count > 0)
        {
            long last = count - 1;
            long line =
                block.Rows[last % block.RowsOfPlane].Lines.First
                + (block.Rows[last % block.RowsOfPlane].Slices.First * block.In.H);
            if ((last / block.RowsOfPlane * size) + (line * block.In.W) + reads <= block.Planes * size)
                break;
            count--;
        }

        if (Vector512.IsHardwareAccelerated)
            return Direct<Simd512<T>, TJoin>(block, count, end) ? count : 0;
        if (Vector256.IsHardwareAccelerated)
            return Direct<Simd256<T>, TJoin>(block, count, end) ? count : 0;
        if (Vector128.IsHardwareAccelerated)
            return Direct<Simd128<T>, TJoin>(block, count, end) ? count : 0;
        return 0;
    }

    private static bool Direct<V, TJoin>(in PoolingBlock<T> block, long count, T* end)
        where V : struct, ISimd<V>
        where TJoin : struct, IPoolingJoin
    {
        Extents kernel = block.Shape.Kernel;
        switch ((block.Shape.Stride.W, kernel.H, kernel.W))
        {
            case (2, 2, 2):
                PoolingRows<V, T>.Direct<TJoin, Step2Taps2, TwoRows>(block, 0, count, end);
                return true;
            case (2, 3, 3):
                PoolingRows<V, T>.Direct<TJoin, Step2Taps3, ThreeRows>(block, 0, count, end);
                return true;
            case (1, 3, 3):
                PoolingRows<V, T>.Direct<TJoin, Step1Taps3, ThreeRows>(block, 0, count, end);
                return true;
            default:
                return false;
        }
    }

    private static void Across<V, TJoin>(in PoolingBlock<T> block, long first, long count, T* end)
        where V : struct, ISimd<V>
        where TJoin : struct, IPoolingJoin
    {
        switch ((block.Shape.Stride.W, block.Shape.Kernel.W))
        {
            case (1, 3):
                PoolingRows<V, T>.Across<TJoin, Step1Taps3>(block, first, count, end);
                break;
            case (2, 2):
                PoolingRows<V, T>.Across<TJoin, Step2Taps2>(block, first, count, end);
                break;
            case (2, 3):
                PoolingRows<V, T>.Across<TJoin, Step2Taps3>(block, first, count, end);
                break;
            case (1, _):
                PoolingRows<V, T>.Across<TJoin, Step1>(block, first, count, end);
                break;
            case (2, _):
                PoolingRows<V, T>.Across<TJoin, Step2>(block, first, count, end);
                break;
            default:
                PoolingRows<V, T>.Across<TJoin, AnyStep>(block, first, count, end);
                break;
        }
    }

    private static void Down<TJoin>(in PoolingBlock<T> block, long first, long count)
        where TJoin : struct, IPoolingJoin
    {
        long bytes = block.In.W * sizeof(T);
        if (Vector512.IsHardwareAccelerated && bytes >= 64)
            PoolingRows<Simd512<T>, T>.Down<TJoin>(block, first, count);
        else if (Vector256.IsHardwareAccelerated && bytes >= 32)
            PoolingRows<Simd256<T>, T>.Down<TJoin>(block, first, count);
        else if (Vector128.IsHardwareAccelerated && bytes >= 16)
            PoolingRows<Simd128<T>, T>.Down<TJoin>(block, first, count);
        else
            PoolingRows<SimdScalar<T>, T>.Down<TJoin>(block, first, count);
    }

    private static void Whole<TJoin>(in PoolingBlock<T> block, T factor)
        where TJoin : struct, IPoolingJoin
    {
        if (Vector512.IsHardwareAccelerated)
            PoolingRows<Simd512<T>, T>.Whole<TJoin>(block, factor);
        else if (Vector256.IsHardwareAccelerated)
            PoolingRows<Simd256<T>, T>.Whole<TJoin>(block, factor);
        else if (Vector128.IsHardwareAccelerated)
            PoolingRows<Simd128<T>, T>.Whole<TJoin>(block, factor);
        else
            PoolingRows<SimdScalar<T>, T>.Whole<TJoin>(block, factor);
    }
}
