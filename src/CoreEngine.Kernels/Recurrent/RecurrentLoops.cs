using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>
/// The element-wise part of one step for a block of units: gates, cells and states, forward and backward. Rows are
/// sequences; every pointer is at the block's first unit in the first row.
/// </summary>
internal unsafe struct RecurrentBlock<T>
    where T : unmanaged
{
    /// <summary>Gates of this step; the slots of a unit are <see cref="Units"/> apart, rows that times the slots.</summary>
    public T* Gates;

    /// <summary>Sums of the two biases of each slot, as far apart as the slots.</summary>
    public T* Bias;

    /// <summary>The state before, and elements from one row to the next.</summary>
    public T* Before;

    public long BeforeStride;

    /// <summary>The LSTM's cells before and after.</summary>
    public T* CellBefore;

    public T* Cell;

    /// <summary>The state after, as it goes into the layer's result.</summary>
    public T* State;

    public long StateStride;

    /// <summary>Backward: gradient of the state after; replaced by what goes straight to the state before.</summary>
    public T* StateGradient;

    /// <summary>Backward: gradient of the cell after; replaced by that of the cell before.</summary>
    public T* CellGradient;

    /// <summary>Backward: gradients of the slots before their functions.</summary>
    public T* GateGradients;

    public long Rows;

    /// <summary>Units of the layer.</summary>
    public long Units;

    /// <summary>Units of this block.</summary>
    public long Count;
}

/// <summary>The loops over rows and units, for one cell and one width of registers.</summary>
internal static unsafe class RecurrentLoops<TCell, V, T>
    where TCell : struct, IRecurrentCell
    where V : struct, ISimd<V>
    where T : unmanaged
{
    internal static void Forward(RecurrentBlock<T>* block)
    {
        TCell.Activate<V, T>(block);
        Combine(block);
    }

    /// <summary>gate = function(gate + bias) for one slot.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Apply<TFunction>(RecurrentBlock<T>* block, long slot)
        where TFunction : struct, IUnaryOp
    {
        nint count = (nint)block->Count;
        nint rest = count % V.Count;
        long stride = block->Units * TCell.Slots;
        T* gate = block->Gates + (slot * block->Units);
        T* bias = block->Bias + (slot * block->Units);
        for (long row = block->Rows; row > 0; row--)
        {
            nint unit = 0;
            for (; unit < count - rest; unit += V.Count)
            {
                V.Store(TFunction.Invoke(V.Load(gate + unit) + V.Load(bias + unit)), gate + unit);
            }

            if (rest > 0)
                Write(TFunction.Invoke(Read(gate + unit, rest) + Read(bias + unit, rest)), gate + unit, rest);
            gate += stride;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Backward(RecurrentBlock<T>* block)
    {
        nint count = (nint)block->Count;
        for (long row = 0; row < block->Rows; row++)
        {
            for (nint unit = 0; unit < count; unit += V.Count)
            {
                Backward(block, row, unit, Math.Min(V.Count, count - unit));
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Combine(RecurrentBlock<T>* block)
    {
        nint count = (nint)block->Count;
        for (long row = 0; row < block->Rows; row++)
        {
            for (nint unit = 0; unit < count; unit += V.Count)
            {
                Combine(block, row, unit, Math.Min(V.Count, count - unit));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Combine(RecurrentBlock<T>* block, long row, nint unit, nint count)
    {
        long units = block->Units;
        T* gates = block->Gates + (row * units * TCell.Slots) + unit;
        V s0 = Read(gates, count);
        V s1 = TCell.Slots > 1 ? Read(gates + units, count) : V.Zero;
        V s2 = TCell.Slots > 2 ? Read(gates + (2 * units), count) : V.Zero;
        V s3 = TCell.Slots > 3 ? Read(gates + (3 * units), count) : V.Zero;
        V h = Read(block->Before + (row * block->BeforeStride) + unit, count);
        V c = TCell.HasCell ? Read(block->CellBefore + (row * units) + unit, count) : V.Zero;
        TCell.Forward(s0, s1, s2, ref s3, ref h, ref c);
        if (TCell.Slots > 3)
            Write(s3, gates + (3 * units), count);
        Write(h, block->State + (row * block->StateStride) + unit, count);
        if (TCell.HasCell)
            Write(c, block->Cell + (row * units) + unit, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Backward(RecurrentBlock<T>* block, long row, nint unit, nint count)
    {
        long units = block->Units;
        long offset = (row * units * TCell.Slots) + unit;
        T* gates = block->Gates + offset;
        T* gradients = block->GateGradients + offset;
        T* stateGradient = block->StateGradient + (row * units) + unit;
        T* cellGradient = block->CellGradient + (row * units) + unit;
        V s0 = Read(gates, count);
        V s1 = TCell.Slots > 1 ? Read(gates + units, count) : V.Zero;
        V s2 = TCell.Slots > 2 ? Read(gates + (2 * units), count) : V.Zero;
        V s3 = TCell.Slots > 3 ? Read(gates + (3 * units), count) : V.Zero;
        V before = Read(block->Before + (row * block->BeforeStride) + unit, count);
        V cellBefore = TCell.HasCell ? Read(block->CellBefore + (row * units) + unit, count) : V.Zero;
        V cell = TCell.HasCell ? Read(block->Cell + (row * units) + unit, count) : V.Zero;
        V dh = Read(stateGradient, count);
        V dc = TCell.HasCell ? Read(cellGradient, count) : V.Zero;
        TCell.Backward(ref s0, ref s1, ref s2, ref s3, before, cellBefore, cell, ref dh, ref dc);
        Write(s0, gradients, count);
        if (TCell.Slots > 1)
            Write(s1, gradients + units, count);
        if (TCell.Slots > 2)
            Write(s2, gradients + (2 * units), count);
        if (TCell.Slots > 3)
            Write(s3, gradients + (3 * units), count);
        Write(dh, stateGradient, count);
        if (TCell.HasCell)
            Write(dc, cellGradient, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Read(T* source, nint count) =>
        count == V.Count ? V.Load(source) : Lanes.LoadPart<V>((byte*)source, count * sizeof(T));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(V value, T* target, nint count)
    {
        if (count == V.Count)
            V.Store(value, target);
        else
            Lanes.StorePart(value, (byte*)target, count * sizeof(T));
    }
}
