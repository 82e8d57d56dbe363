using System.Numerics;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>One direction of one layer while its steps are run. Arrays are (Steps, Batch, ...) unless said.</summary>
internal unsafe struct RecurrentDirection<T>
    where T : unmanaged
{
    /// <summary>Slots of all steps, see <see cref="RecurrentShape.Slots"/>.</summary>
    public T* Gates;

    /// <summary>One value for each slot.</summary>
    public T* Bias;

    /// <summary>The recurrent weights, packed by <see cref="RecurrentWeights"/>.</summary>
    public T* Weights;

    /// <summary>Two packed left operands: what the step before has written, and what this one writes.</summary>
    public T* Packed;

    /// <summary>This direction's part of the layer's result.</summary>
    public T* Out;

    /// <summary>The state before the first step, (Batch, Units).</summary>
    public T* Initial;

    /// <summary>The LSTM's cells.</summary>
    public T* Cells;

    /// <summary>The cells before the first step, (Batch, Units).</summary>
    public T* InitialCell;

    /// <summary>Backward: gradient of <see cref="Out"/>, or null for zeros.</summary>
    public T* OutGradient;

    /// <summary>Backward: gradients of <see cref="Gates"/> before their functions.</summary>
    public T* GateGradients;

    /// <summary>Backward: running gradient of the state, (Batch, Units).</summary>
    public T* StateGradient;

    /// <summary>Backward: running gradient of the cell, (Batch, Units).</summary>
    public T* CellGradient;
}

/// <summary>
/// The steps of one layer, both directions at once. A step is one fork of the team: each thread takes blocks of units
/// and does for them everything from the recurrent product to the new state, so that nothing else must be waited for.
/// </summary>
internal unsafe struct RecurrentSteps<TCell, T>
    where TCell : struct, IRecurrentCell
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    /// <summary>Multiply-adds that are worth a thread.</summary>
    private const long WorkPerThread = 200_000;

    public RecurrentShape Shape;
    public RecurrentDirection<T>* Directions;

    private PanelProduct<T> _product;
    private long _depth;
    private long _blocks;
    private long _step;

    /// <summary>Elements of one packed left operand.</summary>
    private readonly long PackedSize => Shape.Batch * _depth;

    /// <summary>Runs all steps in the order of each direction.</summary>
    internal void Forward()
    {
        Prepare(Shape.Units);
        for (long d = 0; d < Shape.Directions; d++)
        {
            RecurrentDirection<T>* direction = Directions + d;
            _product.PackLeft(direction->Initial, Shape.Units, 0, (int)Shape.Units, direction->Packed);
        }

        RecurrentSteps<TCell, T> copy = this;
        for (long step = 0; step < Shape.Steps; step++)
        {
            copy._step = step;
            copy.Fork(&ForwardRange, &copy);
        }
    }

    /// <summary>Runs all steps backwards, and back to the initial state.</summary>
    internal void Backward()
    {
        Prepare(Shape.Gates * Shape.Units);
        RecurrentSteps<TCell, T> copy = this;
        for (long step = Shape.Steps - 1; step >= 0; step--)
        {
            copy._step = step;
            copy.Fork(&BackwardRange, &copy);
        }

        copy.Fork(&InitialRange, &copy);
    }

    private void Prepare(long depth)
    {
        _depth = depth;
        _product = new PanelProduct<T>(Shape.Batch, depth);
        _blocks = RecurrentWeights.Blocks<T>(Shape.Units);
    }

    private readonly void Fork(delegate* <void*, long, long, void> range, void* state)
    {
        long work = Shape.Batch * Shape.Gates * Shape.Units * PanelProduct<T>.Width;
        KernelTeam.Default.For(_blocks * Shape.Directions, (WorkPerThread / work) + 1, range, state);
    }

    private static void ForwardRange(void* state, long first, long last)
    {
        var steps = (RecurrentSteps<TCell, T>*)state;
        for (long item = first; item < last; item++)
        {
            long blocks = steps->_blocks;
            steps->ForwardBlock(item / blocks, item % blocks);
        }
    }

    private void ForwardBlock(long d, long index)
    {
        RecurrentDirection<T>* direction = Directions + d;
        long units = Shape.Units;
        int width = PanelProduct<T>.Width;
        long unit = index * width;
        int count = (int)Math.Min(width, units - unit);
        RecurrentBlock<T> block = Block(direction, d, unit, count);
        T* left = direction->Packed + (_step % 2 * PackedSize);
        T* weights = direction->Weights + (index * Shape.Gates * _depth * width);
        for (long gate = 0; gate < Shape.Gates; gate++)
        {
            // A GRU's third slot holds nothing from the inputs.
            bool add = Shape.Mode != RecurrentMode.Gru || gate < 2;
            T* target = block.Gates + (gate * units);
            _product.Run(left, weights + (gate * _depth * width), target, TCell.Slots * units, count, add);
        }

        if (Vector512.IsHardwareAccelerated)
            RecurrentLoops<TCell, Simd512<T>, T>.Forward(&block);
        else if (Vector256.IsHardwareAccelerated)
            RecurrentLoops<TCell, Simd256<T>, T>.Forward(&block);
        else
            RecurrentLoops<TCell, Simd128<T>, T>.Forward(&block);
        T* next = direction->Packed + ((_step + 1) % 2 * PackedSize);
        _product.PackLeft(block.State, block.StateStride, unit, count, next);
    }

    private static void BackwardRange(void* state, long first, long last)
    {
        var steps = (RecurrentSteps<TCell, T>*)state;
        for (long item = first; item < last; item++)
        {
            long blocks = steps->_blocks;
            steps->BackwardBlock(item / blocks, item % blocks);
        }
    }

    private void BackwardBlock(long d, long index)
    {
        RecurrentDirection<T>* direction = Directions + d;
        long units = Shape.Units;
        int width = PanelProduct<T>.Width;
        long unit = index * width;
        int count = (int)Math.Min(width, units - unit);
        RecurrentBlock<T> block = Block(direction, d, unit, count);
        if (direction->OutGradient != null)
        {
            long stride = Shape.OutWidth;
            T* source = direction->OutGradient + (Time(d, _step) * Shape.Batch * stride) + unit;
            for (long row = 0; row < Shape.Batch; row++)
            {
                T* target = block.StateGradient + (row * units);
                for (int j = 0; j < count; j++)
                {
                    target[j] += source[(row * stride) + j];
                }
            }
        }

        if (_step < Shape.Steps - 1)
            AddFromStepAfter(direction, index, block.StateGradient, count, _step + 1);
        if (Vector512.IsHardwareAccelerated)
            RecurrentLoops<TCell, Simd512<T>, T>.Backward(&block);
        else if (Vector256.IsHardwareAccelerated)
            RecurrentLoops<TCell, Simd256<T>, T>.Backward(&block);
        else
            RecurrentLoops<TCell, Simd128<T>, T>.Backward(&block);
        T* packed = direction->Packed + (_step % 2 * PackedSize);
        for (long gate = 0; gate < Shape.Gates; gate++)
        {
            T* source = block.GateGradients + (gate * units);
            _product.PackLeft(source, TCell.Slots * units, (gate * units) + unit, count, packed);
        }
    }

    private static void InitialRange(void* state, long first, long last)
    {
        var steps = (RecurrentSteps<TCell, T>*)state;
        int width = PanelProduct<T>.Width;
        for (long item = first; item < last; item++)
        {
            RecurrentDirection<T>* direction = steps->Directions + (item / steps->_blocks);
            long index = item % steps->_blocks;
            long unit = index * width;
            int count = (int)Math.Min(width, steps->Shape.Units - unit);
            steps->AddFromStepAfter(direction, index, direction->StateGradient + unit, count, 0);
        }
    }

    /// <summary>What the gates of a step send back to the state before it.</summary>
    private readonly void AddFromStepAfter(
        RecurrentDirection<T>* direction,
        long index,
        T* gradient,
        int count,
        long step
    )
    {
        T* left = direction->Packed + (step % 2 * PackedSize);
        T* weights = direction->Weights + (index * _depth * PanelProduct<T>.Width);
        _product.Run(left, weights, gradient, Shape.Units, count, accumulate: true);
    }

    private readonly long Time(long direction, long step) => direction == 0 ? step : Shape.Steps - 1 - step;

    private readonly RecurrentBlock<T> Block(RecurrentDirection<T>* direction, long d, long unit, int count)
    {
        long batch = Shape.Batch;
        long units = Shape.Units;
        long slots = TCell.Slots;
        long stride = Shape.OutWidth;
        long time = Time(d, _step);
        bool isFirst = _step == 0;
        long before = isFirst ? 0 : Time(d, _step - 1);
        return new RecurrentBlock<T>
        {
            Gates = direction->Gates + (time * batch * slots * units) + unit,
            Bias = direction->Bias + unit,
            Before = isFirst ? direction->Initial + unit : direction->Out + (before * batch * stride) + unit,
            BeforeStride = isFirst ? units : stride,
            CellBefore = isFirst ? direction->InitialCell + unit : direction->Cells + (before * batch * units) + unit,
            Cell = direction->Cells + (time * batch * units) + unit,
            State = direction->Out + (time * batch * stride) + unit,
            StateStride = stride,
            StateGradient = direction->StateGradient + unit,
            CellGradient = direction->CellGradient + unit,
            GateGradients = direction->GateGradients + (time * batch * slots * units) + unit,
            Rows = batch,
            Units = units,
            Count = count,
        };
    }
}
