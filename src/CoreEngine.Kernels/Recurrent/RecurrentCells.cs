using System.Numerics;
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

/// <summary>One cell: its functions for a register of units.</summary>
/// <remarks>Slots before and after their functions are in <c>s0</c> to <c>s3</c>; cells have fewer use fewer.</remarks>
internal interface IRecurrentCell
{
    public static abstract int Slots { get; }

    public static abstract bool HasCell { get; }

    /// <summary>Replaces the slots by their functions' values; <paramref name="h"/> and <paramref name="c"/> enter as the states before and leave as those after.</summary>
    public static abstract void Forward<V>(ref V s0, ref V s1, ref V s2, ref V s3, ref V h, ref V c)
        where V : struct, ISimd<V>;

    /// <summary>
    /// Replaces the slots' values by their gradients; <paramref name="dh"/> and <paramref name="dc"/> enter as gradients of
    /// the states after and leave as what goes straight to those before.
    /// </summary>
    public static abstract void Backward<V>(
        ref V s0,
        ref V s1,
        ref V s2,
        ref V s3,
        V hBefore,
        V cBefore,
        V c,
        ref V dh,
        ref V dc
    )
        where V : struct, ISimd<V>;
}

/// <summary>The loops over rows and units, for one cell and one width of registers.</summary>
internal static unsafe class RecurrentLoops<TCell, V, T>
    where TCell : struct, IRecurrentCell
    where V : struct, ISimd<V>
    where T : unmanaged
{
    internal static void Forward(RecurrentBlock<T>* block)
    {
        nint whole = (nint)(block->Count / V.Count) * V.Count;
        nint rest = (nint)block->Count - whole;
        for (long row = 0; row < block->Rows; row++)
        {
            for (nint unit = 0; unit < whole; unit += V.Count)
            {
                Forward(block, row, unit, V.Count);
            }

            if (rest > 0)
            {
                Forward(block, row, whole, rest);
            }
        }
    }

    internal static void Backward(RecurrentBlock<T>* block)
    {
        nint whole = (nint)(block->Count / V.Count) * V.Count;
        nint rest = (nint)block->Count - whole;
        for (long row = 0; row < block->Rows; row++)
        {
            for (nint unit = 0; unit < whole; unit += V.Count)
            {
                Backward(block, row, unit, V.Count);
            }

            if (rest > 0)
            {
                Backward(block, row, whole, rest);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Forward(RecurrentBlock<T>* block, long row, nint unit, nint count)
    {
        long units = block->Units;
        T* gates = block->Gates + (row * units * TCell.Slots) + unit;
        T* bias = block->Bias + unit;
        V s0 = Read(gates, count) + Read(bias, count);
        V s1 = TCell.Slots > 1 ? Read(gates + units, count) + Read(bias + units, count) : V.Zero;
        V s2 = TCell.Slots > 2 ? Read(gates + (2 * units), count) + Read(bias + (2 * units), count) : V.Zero;
        V s3 = TCell.Slots > 3 ? Read(gates + (3 * units), count) + Read(bias + (3 * units), count) : V.Zero;
        V h = Read(block->Before + (row * block->BeforeStride) + unit, count);
        V c = TCell.HasCell ? Read(block->CellBefore + (row * units) + unit, count) : V.Zero;
        TCell.Forward(ref s0, ref s1, ref s2, ref s3, ref h, ref c);
        Write(s0, gates, count);
        if (TCell.Slots > 1)
            Write(s1, gates + units, count);
        if (TCell.Slots > 2)
            Write(s2, gates + (2 * units), count);
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

/// <summary>See <see cref="RecurrentMode.Relu"/>.</summary>
internal readonly struct ReluCell : IRecurrentCell
{
    public static int Slots => 1;

    public static bool HasCell => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<V>(ref V s0, ref V s1, ref V s2, ref V s3, ref V h, ref V c)
        where V : struct, ISimd<V>
    {
        // In this order of arguments NaN stays NaN.
        s0 = V.Max(V.Zero, s0);
        h = s0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<V>(
        ref V s0,
        ref V s1,
        ref V s2,
        ref V s3,
        V hBefore,
        V cBefore,
        V c,
        ref V dh,
        ref V dc
    )
        where V : struct, ISimd<V>
    {
        s0 = V.Select(V.Greater(s0, V.Zero), dh, V.Zero);
        dh = V.Zero;
    }
}

/// <summary>See <see cref="RecurrentMode.Tanh"/>.</summary>
internal readonly struct TanhCell : IRecurrentCell
{
    public static int Slots => 1;

    public static bool HasCell => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<V>(ref V s0, ref V s1, ref V s2, ref V s3, ref V h, ref V c)
        where V : struct, ISimd<V>
    {
        s0 = SimdMath.Tanh(s0);
        h = s0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<V>(
        ref V s0,
        ref V s1,
        ref V s2,
        ref V s3,
        V hBefore,
        V cBefore,
        V c,
        ref V dh,
        ref V dc
    )
        where V : struct, ISimd<V>
    {
        s0 = dh * (V.One - (s0 * s0));
        dh = V.Zero;
    }
}

/// <summary>See <see cref="RecurrentMode.Lstm"/>; slots i, f, g, o.</summary>
internal readonly struct LstmCell : IRecurrentCell
{
    public static int Slots => 4;

    public static bool HasCell => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<V>(ref V s0, ref V s1, ref V s2, ref V s3, ref V h, ref V c)
        where V : struct, ISimd<V>
    {
        s0 = SimdMath.Sigmoid(s0);
        s1 = SimdMath.Sigmoid(s1);
        s2 = SimdMath.Tanh(s2);
        s3 = SimdMath.Sigmoid(s3);
        c = (s1 * c) + (s0 * s2);
        h = s3 * SimdMath.Tanh(c);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<V>(
        ref V s0,
        ref V s1,
        ref V s2,
        ref V s3,
        V hBefore,
        V cBefore,
        V c,
        ref V dh,
        ref V dc
    )
        where V : struct, ISimd<V>
    {
        V squashed = SimdMath.Tanh(c);
        V input = s0;
        V forget = s1;
        dc += dh * s3 * (V.One - (squashed * squashed));
        s3 = dh * squashed * s3 * (V.One - s3);
        s0 = dc * s2 * input * (V.One - input);
        s1 = dc * cBefore * forget * (V.One - forget);
        s2 = dc * input * (V.One - (s2 * s2));
        dc *= forget;
        dh = V.Zero;
    }
}

/// <summary>See <see cref="RecurrentMode.Gru"/>; slots r, z, the recurrent part of n, n.</summary>
internal readonly struct GruCell : IRecurrentCell
{
    public static int Slots => 4;

    public static bool HasCell => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<V>(ref V s0, ref V s1, ref V s2, ref V s3, ref V h, ref V c)
        where V : struct, ISimd<V>
    {
        s0 = SimdMath.Sigmoid(s0);
        s1 = SimdMath.Sigmoid(s1);
        s3 = SimdMath.Tanh(s3 + (s0 * s2));
        h = s3 + (s1 * (h - s3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<V>(
        ref V s0,
        ref V s1,
        ref V s2,
        ref V s3,
        V hBefore,
        V cBefore,
        V c,
        ref V dh,
        ref V dc
    )
        where V : struct, ISimd<V>
    {
        V reset = s0;
        V update = s1;
        V candidate = s3;
        s3 = dh * (V.One - update) * (V.One - (candidate * candidate));
        s1 = dh * (hBefore - candidate) * update * (V.One - update);
        s0 = s3 * s2 * reset * (V.One - reset);
        s2 = s3 * reset;
        dh *= update;
    }
}
