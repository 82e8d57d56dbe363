using System.Numerics;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>Pooling of float32 or float64 planes by one thread: scratch memory, and the widths of registers that suit the rows.</summary>
internal static unsafe class PoolingPlanes<T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    /// <summary>Scratch rows of one step of the forward pass, in bytes: they stay in the first cache.</summary>
    private const long BlockBytes = 16 << 10;

    /// <summary>Rows of windows that the maximum's gradient looks through together: what is read at once after it was written waits.</summary>
    private const long RowsAhead = 8;

    /// <summary>Planes with scratch rows up to this size are looked through at once.</summary>
    private const long SmallPlaneBytes = 8 << 10;

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
        block.Lines = (T*)PackArena.Get(PackArena.Slot.Weights, step * block.Pitch * sizeof(T));
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

    private static void WholeGradient(PoolingKind kind, in PoolingBlock<T> block)
    {
        int size = checked((int)block.In.Product);
        if (kind == PoolingKind.Max)
        {
            WholeMaximumGradient(block);
            return;
        }

        T factor = block.Rows[0].Factor;
        for (long plane = 0; plane < block.Planes; plane++)
        {
            T gradient = block.Y[plane] * factor;
            var dx = new Span<T>(block.Dx + (plane * size), size);
            if (!block.Accumulate)
            {
                dx.Fill(gradient);
                continue;
            }

            for (int i = 0; i < size; i++)
            {
                dx[i] += gradient;
            }
        }
    }

    /// <summary>Some planes at a time, so that the search for the maximum's place finds them in the first cache.</summary>
    private static void WholeMaximumGradient(in PoolingBlock<T> block)
    {
        const long Together = 16;
        long size = block.In.Product;
        long step = BlockBytes / (size * sizeof(T));
        step = step < Together ? 1 : step / Together * Together;
        byte* memory = (byte*)PackArena.Get(PackArena.Slot.Weights, step * (sizeof(long) + sizeof(T)));
        long* places = (long*)memory;
        T* largest = (T*)(places + step);
        PoolingBlock<T> some = block;
        for (long first = 0; first < block.Planes; first += step)
        {
            some.Planes = Math.Min(step, block.Planes - first);
            some.X = block.X + (first * size);
            some.Y = largest;
            some.Accumulate = false;
            Whole<PoolingMaximum>(some, T.One);
            some.Y = block.Y + first;
            some.Dx = block.Dx + (first * size);
            some.Accumulate = block.Accumulate;
            if (Vector256.IsHardwareAccelerated)
                PoolingGradientRows<Simd256<T>, T>.Whole(some, largest, places);
            else if (Vector128.IsHardwareAccelerated)
                PoolingGradientRows<Simd128<T>, T>.Whole(some, largest, places);
            else
                PoolingGradientRows<SimdScalar<T>, T>.Whole(some, largest, places);
        }
    }

    private static void ApartGradient(PoolingKind kind, in PoolingBlock<T> block)
    {
        long bytes = block.Out.W * sizeof(T);
        if (Vector512.IsHardwareAccelerated && bytes >= 64)
            ApartGradient<Simd512<T>>(kind, block);
        else if (Vector256.IsHardwareAccelerated && bytes >= 32)
            ApartGradient<Simd256<T>>(kind, block);
        else if (Vector128.IsHardwareAccelerated && bytes >= 16)
            ApartGradient<Simd128<T>>(kind, block);
        else
            ApartGradient<SimdScalar<T>>(kind, block);
    }

    private static void ApartGradient<V>(PoolingKind kind, in PoolingBlock<T> block)
        where V : struct, ISimd<V>
    {
        if (kind == PoolingKind.Max)
            PoolingGradientRows<V, T>.Apart(block);
        else
            PoolingGradientRows<V, T>.ApartSums(block);
    }

    private static void SumGradient(ref PoolingBlock<T> block)
    {
        block.Pitch = ScratchRow(block);
        long length = Aligned(PoolingGradientRows<SimdScalar<T>, T>.RowsTogether * block.Pitch * sizeof(T));
        byte* memory = (byte*)PackArena.Get(PackArena.Slot.Weights, length + PoolingLinks<T>.Bytes(block.Shape));
        block.Lines = (T*)memory;
        new Span<byte>(memory, checked((int)length)).Clear();
        long results = block.RowsOfPlane;
        block.Links = PoolingLinks<T>.Of(
            block.Shape,
            memory + length,
            block.Rows,
            factors: true,
            results,
            block.Out.W,
            long.MaxValue,
            0
        );
        T* end = block.Dx + (block.Planes * block.In.Product);
        long bytes = block.Out.W * sizeof(T);
        if (Vector512.IsHardwareAccelerated && bytes >= 64)
            Spread<Simd512<T>>(block, end);
        else if (Vector256.IsHardwareAccelerated && bytes >= 32)
            Spread<Simd256<T>>(block, end);
        else if (Vector128.IsHardwareAccelerated)
            Spread<Simd128<T>>(block, end);
        else
            Spread<SimdScalar<T>>(block, end);
    }

    private static void Spread<V>(in PoolingBlock<T> block, T* end)
        where V : struct, ISimd<V>
    {
        if (block.Shape.Stride.W == 2)
            PoolingGradientRows<V, T>.Spread<Step2>(block, end);
        else if (block.Shape.Kernel.W == 3)
            PoolingGradientRows<V, T>.Spread<Step1Taps3>(block, end);
        else
            PoolingGradientRows<V, T>.Spread<Step1>(block, end);
    }

    /// <summary>Elements of a row of windows, with what lies around it for loops over whole registers.</summary>
    private static long ScratchRow(in PoolingBlock<T> block) =>
        block.Shape.Kernel.W
        + Math.Max(block.Out.W, ((block.In.W + block.Shape.Pad.W) / block.Shape.Stride.W) + 1)
        + PoolingBlock<T>.Slack;

    private static void MaximumGradient(ref PoolingBlock<T> block)
    {
        PoolingShape shape = block.Shape;
        long results = block.RowsOfPlane;
        long data = block.In.D * block.In.H;
        block.Pitch = ScratchRow(block);

        // Rows take turns in few scratch rows, which stay in the first cache; windows of several slices need all of them.
        bool flat = block.In.D == 1;
        long reach = ((shape.Kernel.H - 1) / shape.Stride.H) + 1;
        long ahead = results * block.Pitch * sizeof(T) <= SmallPlaneBytes ? results : RowsAhead;
        long resultRing = flat ? Math.Min(reach + ahead, results) : results;
        long dataRing = flat ? Math.Min(shape.Kernel.H + (ahead * shape.Stride.H), data) : data;

        // Rows with padding around them, unless windows keep inside and reading on does no harm.
        long lanes = 64 / sizeof(T);
        long used = Math.Max(shape.Pad.W + block.In.W, ((block.Out.W - 1) * shape.Stride.W) + shape.Kernel.W);
        long readRow = ((block.Out.W + lanes) * shape.Stride.W) + shape.Kernel.W + lanes;
        long dataPitch = Math.Max(used, readRow);
        bool inside = shape.Pad.W == 0 && used == block.In.W && readRow <= block.In.W + block.In.Product;

        long scratch = Aligned(resultRing * block.Pitch * sizeof(T));
        long copyBytes = Aligned(dataRing * dataPitch * sizeof(T));
        long lists = Aligned(PoolingLinks<T>.Bytes(shape));
        byte* memory = (byte*)PackArena.Get(PackArena.Slot.Weights, (2 * scratch) + copyBytes + (2 * lists));
        T* places = (T*)memory;
        T* gradients = (T*)(memory + scratch);
        block.Lines = (T*)(memory + (2 * scratch));
        new Span<T>(places, checked((int)(resultRing * block.Pitch))).Fill(T.CreateTruncating(-2));
        new Span<T>(gradients, checked((int)(resultRing * block.Pitch))).Clear();
        for (long i = 0; i < dataRing; i++)
        {
            var line = new Span<T>(block.Lines + (i * dataPitch), checked((int)dataPitch));
            line[..(int)used].Fill(T.CreateTruncating(double.NegativeInfinity));
            line[(int)used..].Clear();
        }

        byte* links = memory + (2 * scratch) + copyBytes;
        var direct = PoolingLinks<T>.Of(
            shape,
            links,
            block.Rows,
            factors: false,
            resultRing,
            block.Pitch,
            long.MaxValue,
            block.In.W
        );
        var copied = PoolingLinks<T>.Of(
            shape,
            links + lists,
            block.Rows,
            factors: false,
            resultRing,
            block.Pitch,
            dataRing,
            dataPitch
        );
        T* end = block.Dx + (block.Planes * block.In.Product);
        for (long plane = 0; plane < block.Planes; plane++)
        {
            bool copies = !inside || plane == block.Planes - 1;
            block.Links = copies ? copied : direct;
            var pass = new GradientPass
            {
                Copies = copies,
                Ahead = ahead,
                DataRing = dataRing,
                DataPitch = dataPitch,
                ResultRing = resultRing,
                X = block.X + (plane * block.In.Product),
                Dy = block.Y + (plane * block.Out.Product),
                Dx = block.Dx + (plane * block.In.Product),
                Places = places + shape.Kernel.W,
                Gradients = gradients + shape.Kernel.W,
                End = end,
            };
            if (Vector512.IsHardwareAccelerated)
                MaximumGradient<Simd512<T>>(block, pass);
            else if (Vector256.IsHardwareAccelerated)
                MaximumGradient<Simd256<T>>(block, pass);
            else if (Vector128.IsHardwareAccelerated)
                MaximumGradient<Simd128<T>>(block, pass);
            else
                MaximumGradient<SimdScalar<T>>(block, pass);
        }
    }

    private static void MaximumGradient<V>(in PoolingBlock<T> block, in GradientPass pass)
        where V : struct, ISimd<V>
    {
        switch ((block.Shape.Stride.W, block.Shape.Kernel.W))
        {
            case (1, 3):
                MaximumGradient<V, Step1Taps3>(block, pass);
                break;
            case (2, 2):
                MaximumGradient<V, Step2Taps2>(block, pass);
                break;
            case (2, 3):
                MaximumGradient<V, Step2Taps3>(block, pass);
                break;
            case (1, _):
                MaximumGradient<V, Step1>(block, pass);
                break;
            default:
                MaximumGradient<V, Step2>(block, pass);
                break;
        }
    }

    /// <summary>Goes down a plane: looks for the largest values just before the first row of data that needs them.</summary>
    private static void MaximumGradient<V, TColumns>(in PoolingBlock<T> block, in GradientPass pass)
        where V : struct, ISimd<V>
        where TColumns : struct, IPoolingColumns
    {
        long rows = block.In.D * block.In.H;
        long copied = 0;
        long found = 0;
        for (long row = 0; row < rows; )
        {
            long wanted = block.Links.Counted[row].Last;
            if (found < wanted)
            {
                wanted = Math.Min(wanted + pass.Ahead, block.RowsOfPlane);
                PoolingWindow slices = block.Rows[wanted - 1].Slices;
                long needed = ((slices.Last - 1) * block.In.H) + block.Rows[wanted - 1].Lines.Last;
                if (pass.Copies && copied < needed)
                {
                    T* lines = block.Lines + block.Shape.Pad.W;
                    PoolingGradientRows<V, T>.CopyRows(
                        pass.X,
                        copied,
                        needed,
                        block.In.W,
                        lines,
                        pass.DataPitch,
                        pass.DataRing
                    );
                    copied = needed;
                }

                PoolingGradientRows<V, T>.CopyRows(
                    pass.Dy,
                    found,
                    wanted,
                    block.Out.W,
                    pass.Gradients,
                    block.Pitch,
                    pass.ResultRing
                );
                T* source = pass.Copies ? block.Lines : pass.X;
                PoolingGradientRows<V, T>.FindLargest<TColumns>(
                    block,
                    found,
                    wanted,
                    source,
                    pass.X,
                    pass.Places,
                    pass.ResultRing
                );
                found = wanted;
            }

            long first = row;
            while (row < rows && block.Links.Counted[row].Last <= found)
            {
                row++;
            }

            PoolingGradientRows<V, T>.Collect<TColumns>(
                block,
                first,
                row,
                pass.Places,
                pass.Gradients,
                pass.Dx,
                pass.End
            );
        }
    }

    /// <summary>One plane of the maximum's gradient.</summary>
    private struct GradientPass
    {
        public bool Copies;
        public long Ahead;
        public long DataRing;
        public long DataPitch;
        public long ResultRing;
        public T* X;
        public T* Dy;
        public T* Dx;
        public T* Places;
        public T* Gradients;
        public T* End;
    }
}
