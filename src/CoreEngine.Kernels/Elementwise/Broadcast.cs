using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>
/// Element-wise operators on arrays of different shapes, as NumPy broadcasts: shapes align at the last axis, and an axis
/// of extent 1, or a missing one, is repeated.
/// </summary>
public static unsafe class Broadcast
{
    /// <summary>The shape that two shapes broadcast to.</summary>
    /// <exception cref="ArgumentException">Two extents differ and neither is 1.</exception>
    public static Shape ResultShape(Shape a, Shape b)
    {
        int rank = Math.Max(a.Rank, b.Rank);
        long[] dims = new long[rank];
        for (int i = 1; i <= rank; i++)
        {
            long left = i <= a.Rank ? a[^i] : 1;
            long right = i <= b.Rank ? b[^i] : 1;
            if (left != right && left != 1 && right != 1)
                throw new ArgumentException(
                    $"The shapes {a.ToString()} and {b.ToString()} do not broadcast together.",
                    nameof(b)
                );
            dims[^i] = left == 1 ? right : left;
        }

        return new Shape(dims);
    }

    /// <summary><c>y = op(a, b)</c> with broadcasting.</summary>
    /// <param name="dtype">Element type of all arrays.</param>
    /// <param name="a">The left operand, row-major.</param>
    /// <param name="aShape">Its shape.</param>
    /// <param name="b">The right operand, row-major.</param>
    /// <param name="bShape">Its shape.</param>
    /// <param name="y">The output. It may be an operand that has its shape.</param>
    /// <param name="yShape">What both shapes broadcast to.</param>
    /// <param name="accumulate">Adds to the output instead of replacing it.</param>
    /// <exception cref="ArgumentException">The shapes do not broadcast to <paramref name="yShape"/>.</exception>
    [SkipLocalsInit]
    public static void Binary<TOp>(
        DType dtype,
        void* a,
        ShapeView aShape,
        void* b,
        ShapeView bShape,
        void* y,
        ShapeView yShape,
        bool accumulate = false
    )
        where TOp : struct, IBinaryOp
    {
        if (aShape == yShape && bShape == yShape)
        {
            Elementwise.Binary<TOp>(dtype, a, b, y, yShape.Size, accumulate);
            return;
        }

        if (yShape.Size <= Elementwise.Grain && TryNumber<TOp>(dtype, a, aShape, b, bShape, y, yShape, accumulate))
            return;
        Plan(aShape, bShape, yShape, out StridedPlan plan);
        var call = new Call
        {
            Plan = &plan,
            DType = dtype,
            A = (byte*)a,
            B = (byte*)b,
            Y = (byte*)y,
            Accumulate = accumulate,
            Stream = ElementwiseBlocks.Streams(dtype, yShape.Size, 2, accumulate || a == y || b == y),
        };
        KernelTeam.Default.For(yShape.Size, Elementwise.Grain, &Run<TOp>, &call);
    }

    /// <summary>A short array with a single element: what is repeated needs no plan.</summary>
    private static bool TryNumber<TOp>(
        DType dtype,
        void* a,
        ShapeView aShape,
        void* b,
        ShapeView bShape,
        void* y,
        ShapeView yShape,
        bool accumulate
    )
        where TOp : struct, IBinaryOp
    {
        BinaryForm form;
        if (aShape == yShape && bShape.Size == 1 && bShape.Rank <= yShape.Rank)
            form = BinaryForm.ScalarRight;
        else if (bShape == yShape && aShape.Size == 1 && aShape.Rank <= yShape.Rank)
            form = BinaryForm.ScalarLeft;
        else
            return false;
        ElementwiseBlocks.Binary(
            default(StaticBinaryBody<TOp>),
            form,
            dtype,
            dtype,
            (byte*)a,
            (byte*)b,
            (byte*)y,
            yShape.Size,
            accumulate
        );
        return true;
    }

    /// <summary>Repeats <paramref name="x"/> to a larger shape.</summary>
    /// <param name="dtype">Element type of both arrays.</param>
    /// <param name="x">The input, row-major.</param>
    /// <param name="xShape">Its shape.</param>
    /// <param name="y">The output.</param>
    /// <param name="yShape">A shape that <paramref name="xShape"/> broadcasts to.</param>
    /// <param name="accumulate">Adds to the output instead of replacing it.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static void Copy(DType dtype, void* x, ShapeView xShape, void* y, ShapeView yShape, bool accumulate = false)
    {
        Span<long> strides = stackalloc long[ReducePlan.MaxRank];
        Span<long> yStrides = stackalloc long[ReducePlan.MaxRank];
        if (yShape.Rank > ReducePlan.MaxRank)
            throw new ArgumentException(
                $"The shape {yShape.ToString()} has more than {ReducePlan.MaxRank} axes.",
                nameof(yShape)
            );
        RepeatingStrides(xShape, yShape, strides);
        RepeatingStrides(yShape, yShape, yStrides);
        int rank = yShape.Rank;
        Strided.Copy(dtype, x, strides[..rank], y, yStrides[..rank], yShape.Dims, accumulate);
    }

    /// <summary>Repeats <paramref name="x"/> to a larger shape and gives a run of the result's elements.</summary>
    /// <param name="dtype">Element type of both arrays.</param>
    /// <param name="x">The input, row-major.</param>
    /// <param name="xShape">Its shape.</param>
    /// <param name="y">Gets the elements.</param>
    /// <param name="yShape">A shape that <paramref name="xShape"/> broadcasts to.</param>
    /// <param name="start">The first element of the larger array that is wanted, in row-major order.</param>
    /// <param name="count">How many are wanted.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static void Copy(DType dtype, void* x, ShapeView xShape, void* y, ShapeView yShape, long start, long count)
    {
        Plan(xShape, yShape, yShape, out StridedPlan plan);
        int size = dtype.ItemSize();
        int last = plan.Rank - 1;
        bool moves = plan.A[last] != 0;
        var walk = new RowWalk(&plan, start);
        var target = (byte*)y;
        for (long left = count; left > 0; )
        {
            long length = Math.Min(plan.Extents[last] - walk.Column, left);
            byte* source = (byte*)x + ((walk.A + (moves ? walk.Column : 0)) * size);
            if (moves)
                Buffer.MemoryCopy(source, target, length * size, length * size);
            else
                Repeat(size, source, target, (int)length);
            target += length * size;
            left -= length;
            walk.Next(&plan);
        }
    }

    private static void Repeat(int size, byte* element, byte* y, int count)
    {
        switch (size)
        {
            case 1:
                new Span<byte>(y, count).Fill(*element);
                break;
            case 2:
                new Span<short>(y, count).Fill(*(short*)element);
                break;
            case 4:
                new Span<int>(y, count).Fill(*(int*)element);
                break;
            default:
                new Span<long>(y, count).Fill(*(long*)element);
                break;
        }
    }

    private static void Plan(ShapeView a, ShapeView b, ShapeView y, out StridedPlan plan)
    {
        int rank = y.Rank;
        if (rank > ReducePlan.MaxRank)
            throw new ArgumentException(
                $"The shape {y.ToString()} has more than {ReducePlan.MaxRank} axes.",
                nameof(y)
            );
        if (a.Rank > rank || b.Rank > rank)
            throw new ArgumentException(
                $"The shapes {a.ToString()} and {b.ToString()} do not broadcast to {y.ToString()}.",
                nameof(y)
            );
        StridedPlan.Begin(out plan);
        long left = 1;
        long right = 1;
        long stride = 1;
        for (int i = 1; i <= rank; i++)
        {
            long extent = y[^i];
            long aExtent = i <= a.Rank ? a[^i] : 1;
            long bExtent = i <= b.Rank ? b[^i] : 1;
            if ((aExtent != extent && aExtent != 1) || (bExtent != extent && bExtent != 1))
                throw new ArgumentException(
                    $"The shapes {a.ToString()} and {b.ToString()} do not broadcast to {y.ToString()}.",
                    nameof(y)
                );
            if (aExtent == 1 && bExtent == 1 && extent != 1)
                throw new ArgumentException(
                    $"The shapes {a.ToString()} and {b.ToString()} broadcast to less than {y.ToString()}.",
                    nameof(y)
                );
            plan.AddOuter(extent, aExtent == 1 ? 0 : left, bExtent == 1 ? 0 : right, stride);
            left *= aExtent;
            right *= bExtent;
            stride *= extent;
        }

        plan.Finish();
    }

    /// <summary>Strides of x along the axes of y: 0 where x is repeated.</summary>
    private static void RepeatingStrides(ShapeView x, ShapeView y, Span<long> strides)
    {
        int missing = y.Rank - x.Rank;
        if (missing < 0)
            throw new ArgumentException($"The shape {x.ToString()} does not broadcast to {y.ToString()}.", nameof(x));
        strides[..missing].Clear();
        long stride = 1;
        for (int axis = y.Rank - 1; axis >= missing; axis--)
        {
            long extent = x[axis - missing];
            if (extent != y[axis] && extent != 1)
                throw new ArgumentException(
                    $"The shape {x.ToString()} does not broadcast to {y.ToString()}.",
                    nameof(x)
                );
            strides[axis] = extent == 1 ? 0 : stride;
            stride *= extent;
        }
    }

    private static void Run<TOp>(void* state, long start, long end)
        where TOp : struct, IBinaryOp
    {
        var call = (Call*)state;
        StridedPlan* plan = call->Plan;
        if (plan->Extents[plan->Rank - 1] < ShortRun)
            RunShort<TOp>(call, start, end);
        else
            RunRows<TOp>(call, start, end);
        ElementwiseBlocks.Fence(call->Stream);
    }

    [SkipLocalsInit]
    private static void RunRows<TOp>(Call* call, long start, long end)
        where TOp : struct, IBinaryOp
    {
        StridedPlan* plan = call->Plan;
        long inner = plan->Extents[plan->Rank - 1];
        bool aMoves = plan->A[plan->Rank - 1] != 0;
        bool bMoves = plan->B[plan->Rank - 1] != 0;
        BinaryForm form =
            aMoves && bMoves ? BinaryForm.Arrays
            : aMoves ? BinaryForm.ScalarRight
            : BinaryForm.ScalarLeft;
        int size = call->DType.ItemSize();
        var walk = new RowWalk(plan, start);
        for (long i = start; i < end; )
        {
            long length = Math.Min(inner - walk.Column, end - i);
            long a = walk.A + (aMoves ? walk.Column : 0);
            long b = walk.B + (bMoves ? walk.Column : 0);
            ElementwiseBlocks.Binary(
                default(StaticBinaryBody<TOp>),
                form,
                call->DType,
                call->DType,
                call->A + (a * size),
                call->B + (b * size),
                call->Y + (i * size),
                length,
                call->Accumulate,
                call->Stream
            );
            i += length;
            walk.Next(plan);
        }
    }

    /// <summary>Rows this short are laid out side by side first.</summary>
    private const long ShortRun = 64;

    /// <summary>Elements that are laid out at a time.</summary>
    private const int Block = 1024;

    [SkipLocalsInit]
    private static void RunShort<TOp>(Call* call, long start, long end)
        where TOp : struct, IBinaryOp
    {
        byte* left = stackalloc byte[2 * Block * sizeof(double)];
        byte* right = stackalloc byte[2 * Block * sizeof(double)];
        int size = call->DType.ItemSize();
        var a = new ShortOperand(call->Plan, call->Plan->A, call->A, left, size);
        var b = new ShortOperand(call->Plan, call->Plan->B, call->B, right, size);
        for (long i = start; i < end; i += Block)
        {
            int count = (int)Math.Min(Block, end - i);
            ElementwiseBlocks.Binary(
                default(StaticBinaryBody<TOp>),
                BinaryForm.Arrays,
                call->DType,
                call->DType,
                a.At(i, count),
                b.At(i, count),
                call->Y + (i * size),
                count,
                call->Accumulate,
                call->Stream
            );
        }
    }

    private struct Call
    {
        internal StridedPlan* Plan;
        internal DType DType;
        internal byte* A;
        internal byte* B;
        internal byte* Y;
        internal bool Accumulate;
        internal bool Stream;
    }
}
