using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CoreEngine.Kernels;

/// <summary>Copies between arrays that lie differently in memory: slices, reversals, repetitions, transpositions.</summary>
public static unsafe class Strided
{
    /// <summary>Copies an array to where each element has another place.</summary>
    /// <param name="itemSize">Bytes of an element: 1, 2, 4 or 8.</param>
    /// <param name="src">The element whose indices are all 0, in the input.</param>
    /// <param name="srcStrides">Distance of neighbours along each axis in elements; 0 repeats, negative reverses.</param>
    /// <param name="dst">The element whose indices are all 0, in the output; the arrays must not overlap.</param>
    /// <param name="dstStrides">Distances in the output; no two elements may share a place.</param>
    /// <param name="extents">Number of elements along each axis.</param>
    /// <exception cref="ArgumentException">The numbers of axes differ, or there are more than 32.</exception>
    /// <exception cref="ArgumentOutOfRangeException">No such item size, or a negative extent.</exception>
    public static void Copy(
        int itemSize,
        void* src,
        ReadOnlySpan<long> srcStrides,
        void* dst,
        ReadOnlySpan<long> dstStrides,
        ReadOnlySpan<long> extents
    )
    {
        DType dtype = itemSize switch
        {
            1 => DType.UInt8,
            2 => DType.Float16,
            4 => DType.Int32,
            8 => DType.Int64,
            _ => throw new ArgumentOutOfRangeException(nameof(itemSize), itemSize, "Elements have 1, 2, 4 or 8 bytes."),
        };
        Copy(dtype, src, srcStrides, dst, dstStrides, extents, accumulate: false);
    }

    /// <inheritdoc cref="Copy(int, void*, ReadOnlySpan{long}, void*, ReadOnlySpan{long}, ReadOnlySpan{long})"/>
    /// <param name="dtype">Element type of both arrays.</param>
    /// <param name="src">The element whose indices are all 0, in the input.</param>
    /// <param name="srcStrides">Distance of neighbours along each axis in elements; 0 repeats, negative reverses.</param>
    /// <param name="dst">The element whose indices are all 0, in the output; the arrays must not overlap.</param>
    /// <param name="dstStrides">Distances in the output; no two elements may share a place.</param>
    /// <param name="extents">Number of elements along each axis.</param>
    /// <param name="accumulate">Adds to the output instead of replacing it.</param>
    [SkipLocalsInit]
    public static void Copy(
        DType dtype,
        void* src,
        ReadOnlySpan<long> srcStrides,
        void* dst,
        ReadOnlySpan<long> dstStrides,
        ReadOnlySpan<long> extents,
        bool accumulate = false
    )
    {
        if (srcStrides.Length != extents.Length || dstStrides.Length != extents.Length)
        {
            throw new ArgumentException(
                $"There are {extents.Length} extents, but {srcStrides.Length} and {dstStrides.Length} strides."
            );
        }

        foreach (long extent in extents)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(extent, nameof(extents));
            if (extent == 0)
                return;
        }

        var call = new Call
        {
            DType = dtype,
            Size = dtype.ItemSize(),
            X = (byte*)src,
            Y = (byte*)dst,
            Accumulate = accumulate,
        };
        Plan(srcStrides, dstStrides, extents, out StridedPlan plan);
        call.Plan = &plan;
        if (!accumulate && PutTransposedLast(ref plan))
        {
            int last = plan.Rank - 1;
            long rows = plan.Extents[last - 1];
            long columns = plan.Extents[last];
            call.Stream = ElementwiseBlocks.Streams(dtype, plan.Size, 2, inPlace: false);
            var matrix = new Transposition(call.Size, plan.A[last], plan.Y[last - 1], rows, columns, call.Stream);
            call.Matrix = &matrix;
            long tiles = matrix.Tiles * (plan.Size / (rows * columns));
            long grain = Math.Max(1, Elementwise.Grain / (plan.Size / tiles));
            KernelTeam.Default.For(tiles, grain, &RunTiles, &call);
            return;
        }

        if (!accumulate && RepeatedRows.TryRun(ref plan, call.Size, call.X, call.Y))
            return;
        KernelTeam.Default.For(plan.Size, Elementwise.Grain * 2, &RunRows, &call);
    }

    /// <summary>Permutes the axes of an array: axis i of the output is axis <c>axes[i]</c> of the input.</summary>
    /// <param name="dtype">Element type of both arrays.</param>
    /// <param name="x">The input, row-major.</param>
    /// <param name="xShape">Its shape.</param>
    /// <param name="axes">A permutation of its axes; none means the reverse order.</param>
    /// <param name="y">The output, row-major; it must not overlap the input.</param>
    /// <param name="accumulate">Adds to the output instead of replacing it.</param>
    /// <exception cref="ArgumentException">The axes are no permutation.</exception>
    [SkipLocalsInit]
    public static void Transpose(
        DType dtype,
        void* x,
        ShapeView xShape,
        ReadOnlySpan<int> axes,
        void* y,
        bool accumulate = false
    )
    {
        int rank = xShape.Rank;
        if (rank > ReducePlan.MaxRank || (!axes.IsEmpty && axes.Length != rank))
            throw new ArgumentException(
                $"{axes.Length} axes do not permute those of {xShape.ToString()}.",
                nameof(axes)
            );
        Span<long> xStrides = stackalloc long[ReducePlan.MaxRank];
        Span<long> source = stackalloc long[ReducePlan.MaxRank];
        Span<long> target = stackalloc long[ReducePlan.MaxRank];
        Span<long> extents = stackalloc long[ReducePlan.MaxRank];
        long stride = 1;
        for (int i = rank - 1; i >= 0; i--)
        {
            xStrides[i] = stride;
            stride *= xShape[i];
        }

        uint seen = 0;
        stride = 1;
        for (int i = rank - 1; i >= 0; i--)
        {
            int axis = axes.IsEmpty ? rank - 1 - i : xShape.Axis(axes[i]);
            if ((seen & (1u << axis)) != 0)
                throw new ArgumentException($"Axis {axis} of {xShape.ToString()} is named twice.", nameof(axes));
            seen |= 1u << axis;
            source[i] = xStrides[axis];
            extents[i] = xShape[axis];
            target[i] = stride;
            stride *= extents[i];
        }

        Copy(dtype, x, source[..rank], y, target[..rank], extents[..rank], accumulate);
    }

    /// <summary>Orders the axes by their distance in the output, the innermost last, and joins neighbours.</summary>
    [SkipLocalsInit]
    private static void Plan(
        ReadOnlySpan<long> srcStrides,
        ReadOnlySpan<long> dstStrides,
        ReadOnlySpan<long> extents,
        out StridedPlan plan
    )
    {
        if (extents.Length > ReducePlan.MaxRank)
            throw new ArgumentException($"There are more than {ReducePlan.MaxRank} axes.", nameof(extents));
        Span<int> order = stackalloc int[ReducePlan.MaxRank];
        for (int i = 0; i < extents.Length; i++)
        {
            // Insertion from the end, by distance in the output: stable, and there are few axes.
            int axis = extents.Length - 1 - i;
            int place = i;
            while (place > 0 && Math.Abs(dstStrides[order[place - 1]]) > Math.Abs(dstStrides[axis]))
            {
                order[place] = order[place - 1];
                place--;
            }

            order[place] = axis;
        }

        StridedPlan.Begin(out plan);
        for (int i = 0; i < extents.Length; i++)
        {
            int axis = order[i];
            plan.AddOuter(extents[axis], srcStrides[axis], 0, dstStrides[axis]);
        }

        plan.Finish();
    }

    /// <summary>
    /// When the output is contiguous along the last axis and the input along another one, moves that axis next to the last:
    /// every pair of the two is then a matrix to transpose.
    /// </summary>
    private static bool PutTransposedLast(ref StridedPlan plan)
    {
        int last = plan.Rank - 1;
        if (plan.Y[last] != 1 || plan.A[last] is 0 or 1 or -1 || plan.Extents[last] < 2)
            return false;
        for (int axis = 0; axis < last; axis++)
        {
            if (plan.A[axis] == 1 && plan.Extents[axis] >= 2)
            {
                for (int i = axis; i < last - 1; i++)
                {
                    (plan.Extents[i], plan.Extents[i + 1]) = (plan.Extents[i + 1], plan.Extents[i]);
                    (plan.A[i], plan.A[i + 1]) = (plan.A[i + 1], plan.A[i]);
                    (plan.Y[i], plan.Y[i + 1]) = (plan.Y[i + 1], plan.Y[i]);
                }

                return true;
            }
        }

        return false;
    }

    private static void RunTiles(void* state, long start, long end)
    {
        var call = (Call*)state;
        Transposition matrix = *call->Matrix;
        long tiles = matrix.Tiles;
        for (long task = start; task < end; task++)
        {
            (long outer, long tile) = Math.DivRem(task, tiles);
            call->Plan->RowOffsets(outer, 2, out long a, out _, out long y);
            matrix.Tile(call->X + (a * call->Size), call->Y + (y * call->Size), tile);
        }

        ElementwiseBlocks.Fence(call->Stream);
    }

    [SkipLocalsInit]
    private static void RunRows(void* state, long start, long end)
    {
        var call = (Call*)state;
        StridedPlan* plan = call->Plan;
        int last = plan->Rank - 1;
        long inner = plan->Extents[last];
        long aStep = plan->A[last];
        long yStep = plan->Y[last];
        int size = call->Size;
        bool isRun = aStep == 1 && yStep == 1 && !call->Accumulate;
        var walk = new RowWalk(plan, start);
        for (long i = start; i < end; )
        {
            byte* source = call->X + ((walk.A + (walk.Column * aStep)) * size);
            byte* target = call->Y + ((walk.Y + (walk.Column * yStep)) * size);
            long rows = isRun && walk.Column == 0 ? Math.Min(walk.RowsLeft(plan), (end - i) / inner) : 0;
            if (rows > 1)
            {
                var xStride = (nint)(plan->A[last - 1] * size);
                var yStride = (nint)(plan->Y[last - 1] * size);
                RunCopy.Copy(source, xStride, target, yStride, (nint)rows, (nint)(inner * size));
                i += rows * inner;
                walk.Advance(plan, rows);
                continue;
            }

            long length = Math.Min(inner - walk.Column, end - i);
            if (call->Accumulate)
                AddRow(call->DType, source, aStep, target, yStep, length);
            else
                CopyRow(size, source, aStep, target, yStep, length);
            i += length;
            walk.Next(plan);
        }
    }

    private static void CopyRow(int size, byte* x, long xStep, byte* y, long yStep, long count)
    {
        if (xStep == 1 && yStep == 1)
        {
            RunCopy.Copy(x, y, (nint)(count * size));
            return;
        }

        switch (size)
        {
            case 1:
                CopyRow((byte*)x, xStep, (byte*)y, yStep, count);
                break;
            case 2:
                CopyRow((short*)x, xStep, (short*)y, yStep, count);
                break;
            case 4:
                CopyRow((int*)x, xStep, (int*)y, yStep, count);
                break;
            default:
                CopyRow((long*)x, xStep, (long*)y, yStep, count);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyRow<T>(T* x, long xStep, T* y, long yStep, long count)
        where T : unmanaged
    {
        int lanes = Vector256<T>.Count;
        if (yStep == 1 && xStep == 0 && count >= lanes)
        {
            var values = Vector256.Create(*x);
            for (long i = 0; i < count - lanes; i += lanes)
            {
                values.Store(y + i);
            }

            values.Store(y + count - lanes);
            return;
        }

        if (yStep == 1 && xStep == -1 && sizeof(T) == 4 && Avx2.IsSupported && count >= lanes)
        {
            var reverse = Vector256.Create(7, 6, 5, 4, 3, 2, 1, 0);
            for (long i = 0; i < count; i += lanes)
            {
                // The last register overlaps the one before.
                long at = Math.Min(i, count - lanes);
                Avx2.PermuteVar8x32(Vector256.Load((int*)x - at - 7), reverse).Store((int*)y + at);
            }

            return;
        }

        for (long i = 0; i < count; i++)
        {
            *y = *x;
            x += xStep;
            y += yStep;
        }
    }

    [SkipLocalsInit]
    private static void AddRow(DType dtype, byte* x, long xStep, byte* y, long yStep, long count)
    {
        const int Block = 512;
        int size = dtype.ItemSize();
        byte* source = stackalloc byte[Block * sizeof(double)];
        byte* sum = stackalloc byte[Block * sizeof(double)];
        for (long i = 0; i < count; i += Block)
        {
            long length = Math.Min(Block, count - i);
            byte* right = x + (i * xStep * size);
            byte* left = y + (i * yStep * size);
            if (xStep != 1)
            {
                CopyRow(size, right, xStep, source, 1, length);
                right = source;
            }

            byte* target = left;
            if (yStep != 1)
            {
                CopyRow(size, left, yStep, sum, 1, length);
                target = sum;
            }

            ElementwiseBlocks.Binary(
                default(AddBody),
                BinaryForm.Arrays,
                dtype,
                dtype,
                target,
                right,
                target,
                length,
                accumulate: false
            );
            if (yStep != 1)
                CopyRow(size, sum, 1, left, yStep, length);
        }
    }

    private struct Call
    {
        internal StridedPlan* Plan;
        internal DType DType;
        internal int Size;
        internal byte* X;
        internal byte* Y;
        internal bool Accumulate;
        internal bool Stream;
        internal Transposition* Matrix;
    }
}
