using System.Numerics;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <content>Gradients.</content>
internal static unsafe partial class PoolingPlanes<T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    /// <summary>Planes with scratch rows up to this size are looked through at once.</summary>
    private const long SmallPlaneBytes = 8 << 10;

    /// <summary>Rows of windows that the maximum's gradient looks through together: what is read at once after it was written waits.</summary>
    private const long RowsAhead = 8;

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
        byte* memory = (byte*)PackArena.Get(PackArena.Slot.Aside, step * (sizeof(long) + sizeof(T)));
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
        byte* memory = (byte*)PackArena.Get(PackArena.Slot.Aside, length + PoolingLinks<T>.Bytes(block.Shape));
        block.Lines = (T*)memory;
        LongRuns.Clear(memory, length);
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
        byte* memory = (byte*)PackArena.Get(PackArena.Slot.Aside, (2 * scratch) + copyBytes + (2 * lists));
        T* places = (T*)memory;
        T* gradients = (T*)(memory + scratch);
        block.Lines = (T*)(memory + (2 * scratch));
        LongRuns.Fill(places, resultRing * block.Pitch, T.CreateTruncating(-2));
        LongRuns.Clear(gradients, resultRing * block.Pitch);
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
