using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>An array that takes part in a broadcast: where it is and what shape it has.</summary>
internal readonly unsafe ref struct BroadcastOperand(void* data, ShapeView shape)
{
    internal BroadcastOperand(in TensorView view)
        : this(view.Data, view.Shape) { }

    internal byte* Data { get; } = (byte*)data;

    internal ShapeView Shape { get; } = shape;
}

/// <summary>
/// Evaluates an operator of three arrays over a common shape that each is broadcast to, and sums the results down to the
/// shape of the target. This is what gradients of broadcasting operators and of reductions are made of. It works in blocks
/// that stay in the cache: no array of the full shape is ever made.
/// </summary>
/// <remarks>The blocks depend on the shapes alone, so results do not depend on the number of threads.</remarks>
internal readonly unsafe ref struct BroadcastBlocks
{
    private const long BlockSize = 65536;
    private const int MaxRank = 32;

    private readonly DType _dtype;
    private readonly ShapeView _full;
    private readonly int _itemSize;
    private readonly int _splitAxis;
    private readonly long _inner;
    private readonly long _rows;

    private BroadcastBlocks(DType dtype, ShapeView full, bool isReduced)
    {
        _dtype = dtype;
        _full = full;
        _itemSize = dtype.ItemSize();
        // Sums of blocks are added in the target's type; float16 would lose too much, so it goes in one block.
        long limit = dtype == DType.Float16 && isReduced ? long.MaxValue : BlockSize;
        _inner = full.Product(1, full.Rank);
        while (_inner > limit && _splitAxis < full.Rank - 1)
        {
            _inner /= full[++_splitAxis];
        }

        _rows = Math.Clamp(limit / _inner, 1, full[_splitAxis]);
    }

    /// <summary><c>target = sum(op(a, b, c))</c> over the axes along which the target has extent 1.</summary>
    /// <exception cref="ArgumentException">A shape does not broadcast to <paramref name="full"/>.</exception>
    internal static void Run<TOp>(
        ref KernelContext context,
        DType dtype,
        scoped ShapeView full,
        scoped BroadcastOperand a,
        scoped BroadcastOperand b,
        scoped BroadcastOperand c,
        scoped BroadcastOperand target,
        bool accumulate
    )
        where TOp : struct, ITernaryOp
    {
        if (a.Shape == full && b.Shape == full && c.Shape == full && target.Shape == full)
        {
            Kernels.Elementwise.Ternary<TOp>(dtype, a.Data, b.Data, c.Data, target.Data, full.Size, accumulate);
            return;
        }

        var blocks = new BroadcastBlocks(dtype, full, target.Shape.Size != full.Size);
        long bytes = blocks._rows * blocks._inner * blocks._itemSize;
        byte* first = blocks.NeedsCopy(a) ? (byte*)context.Scratch(bytes) : null;
        byte* second = blocks.NeedsCopy(b) ? (byte*)context.Scratch(bytes) : null;
        byte* third = blocks.NeedsCopy(c) ? (byte*)context.Scratch(bytes) : null;
        byte* result = blocks.NeedsCopy(target) ? (byte*)context.Scratch(bytes) : null;

        Span<long> dims = stackalloc long[MaxRank];
        Span<long> targetDims = stackalloc long[MaxRank];
        long extent = full[blocks._splitAxis];
        long outer = full.Product(0, blocks._splitAxis);
        for (long i = 0; i < outer; i++)
        {
            for (long row = 0; row < extent; row += blocks._rows)
            {
                long count = Math.Min(blocks._rows, extent - row);
                ShapeView shape = blocks.BlockShape(full, count, dims);
                byte* x = blocks.Block(a, i, row, count, shape, first);
                byte* y = blocks.Block(b, i, row, count, shape, second);
                byte* z = blocks.Block(c, i, row, count, shape, third);
                byte* to = blocks.Place(target, i, row, out bool isFirstVisit);
                bool adds = accumulate || !isFirstVisit;
                if (result is null)
                {
                    Kernels.Elementwise.Ternary<TOp>(dtype, x, y, z, to, shape.Size, adds);
                    continue;
                }

                Kernels.Elementwise.Ternary<TOp>(dtype, x, y, z, result, shape.Size);
                Reduce.SumTo(dtype, result, shape, to, blocks.BlockShape(target.Shape, count, targetDims), adds);
            }
        }
    }

    /// <summary>True when a block of the operand is not laid out as a block of the full shape.</summary>
    private bool NeedsCopy(scoped BroadcastOperand operand)
    {
        Span<long> own = stackalloc long[MaxRank];
        Span<long> whole = stackalloc long[MaxRank];
        return BlockShape(operand.Shape, _rows, own) != BlockShape(_full, _rows, whole);
    }

    /// <summary>The part of a shape that belongs to a block: some rows of the split axis and all axes after it.</summary>
    private ShapeView BlockShape(scoped ShapeView shape, long count, Span<long> memory)
    {
        Span<long> dims = memory[..(_full.Rank - _splitAxis)];
        int missing = _full.Rank - shape.Rank;
        for (int i = 0; i < dims.Length; i++)
        {
            int axis = _splitAxis + i - missing;
            dims[i] = axis < 0 ? 1 : shape[axis];
        }

        dims[0] = dims[0] == 1 ? 1 : count;
        return new ShapeView(dims);
    }

    /// <summary>Where a block of an operand starts, repeated into <paramref name="copy"/> where that is needed.</summary>
    private byte* Block(
        scoped BroadcastOperand operand,
        long outer,
        long row,
        long count,
        scoped ShapeView shape,
        byte* copy
    )
    {
        byte* source = Place(operand, outer, row, out _);
        if (copy is null)
            return source;
        Span<long> dims = stackalloc long[MaxRank];
        Broadcast.Copy(_dtype, source, BlockShape(operand.Shape, count, dims), copy, shape);
        return copy;
    }

    private byte* Place(scoped BroadcastOperand operand, long outer, long row, out bool isFirstVisit)
    {
        ShapeView shape = operand.Shape;
        int missing = _full.Rank - shape.Rank;
        long stride = shape.Product(Math.Max(0, _splitAxis + 1 - missing), shape.Rank);
        long offset = 0;
        isFirstVisit = true;
        long index = row;
        for (int axis = _splitAxis; axis >= 0; axis--)
        {
            long extent = axis < missing ? 1 : shape[axis - missing];
            if (extent == 1)
                isFirstVisit &= index == 0;
            else
                offset += index * stride;
            stride *= extent;
            (outer, index) = axis > 0 ? Math.DivRem(outer, _full[axis - 1]) : (0, 0);
        }

        return operand.Data + (offset * _itemSize);
    }
}
