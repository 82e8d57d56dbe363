using System.Numerics;

namespace CoreEngine.Operators;

/// <summary>
/// How a <see cref="PointwiseProgram"/> runs on arrays of certain shapes and types: how long its tiles are, and in which
/// slot of a thread's scratch memory each value of a tile lies.
/// </summary>
/// <remarks>
/// Inputs of other shapes are repeated. Where one of them has a single element for a whole row of the result (a factor per
/// channel), no tile goes beyond a row, and the steps get that one element; others are repeated into a slot, tile by tile.
/// </remarks>
internal sealed class PointwisePlan
{
    /// <summary>Bytes that the slots and the parts of arrays that belong to one tile should not exceed together.</summary>
    private const int TileBytes = 128 * 1024;

    private const int ShortestTile = 512;
    private const int LongestTile = 4096;

    /// <summary>Where memory limits, longer tiles interrupt what it streams less often.</summary>
    private const int LongestLargeTile = 8192;

    /// <summary>Slots do not lie a multiple of a page apart, where stores and loads would be mistaken for each other.</summary>
    private const int SlotGap = 192;

    private readonly DType[] _types;
    private readonly Shape[] _inputs;
    private readonly bool[] _isNumber;
    private readonly int[] _slots;

    internal PointwisePlan(PointwiseProgram program, ref KernelContext context)
    {
        Full = context.Output(0).Shape;
        long size = Full.Size;
        _inputs = new Shape[program.InputCount];
        _types = new DType[program.ValueCount];
        Array.Fill(_types, DType.None);
        for (int i = 0; i < _inputs.Length; i++)
        {
            _inputs[i] = context.Input(i).Shape;
            _types[i] = context.Input(i).DType;
        }

        program.InferTypes(_types);
        RowLength = size;
        _isNumber = FindNumbers(program);
        Repeated =
        [
            .. Enumerable.Range(0, _inputs.Length).Where(i => _inputs[i] != Full && !_isNumber[i] && program.IsRead(i)),
        ];
        _slots = new int[program.ValueCount];
        SlotCount = AssignSlots(program);
        int itemSize = _types.Max(type => type.ItemSize());
        long elements = _inputs.Sum(shape => shape.Size) + (size * program.Outputs.Length);
        IsLarge = Kernels.Elementwise.IsLarge(elements * itemSize);
        int arrays = SlotCount + program.InputCount + program.Outputs.Length;
        int longest = 1 << BitOperations.Log2((uint)(TileBytes / (itemSize * arrays)));
        longest = Math.Clamp(longest, ShortestTile, IsLarge ? LongestLargeTile : LongestTile);
        TilesPerRow = ((RowLength - 1) / longest) + 1;
        // Tiles of a row are as even as whole cache lines allow.
        long length = (((RowLength - 1) / TilesPerRow / 64) + 1) * 64;
        TileLength = (int)Math.Min(RowLength, length);
        TilesPerRow = ((RowLength - 1) / TileLength) + 1;
        TileCount = TilesPerRow * (size / RowLength);
        SlotBytes = (TileLength * itemSize) + SlotGap;
        TileShape = new Shape(TileLength);
        long rest = RowLength % TileLength;
        LastTileShape = rest == 0 ? TileShape : new Shape(rest);
    }

    /// <summary>The shape of a single element.</summary>
    internal static Shape NumberShape { get; } = new(1);

    /// <summary>The shape that the program works on.</summary>
    internal Shape Full { get; }

    /// <summary>Elements of a row: no tile goes beyond one.</summary>
    internal long RowLength { get; private set; }

    /// <summary>Tiles of a row; the last one may be shorter.</summary>
    internal long TilesPerRow { get; }

    /// <summary>Number of tiles.</summary>
    internal long TileCount { get; }

    /// <summary>Elements of a tile.</summary>
    internal int TileLength { get; }

    /// <summary>The shape of a tile.</summary>
    internal Shape TileShape { get; }

    /// <summary>The shape of the last tile of a row.</summary>
    internal Shape LastTileShape { get; }

    /// <summary>The inputs that are repeated into a slot, tile by tile.</summary>
    internal int[] Repeated { get; }

    /// <summary>Number of slots that a thread needs.</summary>
    internal int SlotCount { get; }

    /// <summary>Bytes from one slot to the next.</summary>
    internal int SlotBytes { get; }

    /// <summary>Bytes of all slots of a thread.</summary>
    internal long LaneBytes => (long)SlotCount * SlotBytes;

    /// <summary>Whether results should pass by the caches.</summary>
    internal bool IsLarge { get; }

    /// <summary>The shape of an input.</summary>
    internal Shape InputShape(int input) => _inputs[input];

    /// <summary>Whether an input has one element for a whole row.</summary>
    internal bool IsNumber(int value) => value < _isNumber.Length && _isNumber[value];

    /// <summary>The type of a value.</summary>
    internal DType TypeOf(int value) => _types[value];

    /// <summary>The slot of a value that lies in no array; -1 when it has none.</summary>
    internal int SlotOf(int value) => _slots[value];

    /// <summary>The element that an input has for a row which begins at some element of the result.</summary>
    internal long NumberAt(int input, long start)
    {
        Shape shape = _inputs[input];
        int missing = Full.Rank - shape.Rank;
        long offset = 0;
        long stride = 1;
        for (int axis = Full.Rank - 1; axis >= missing && start > 0; axis--)
        {
            (start, long index) = Math.DivRem(start, Full[axis]);
            long extent = shape[axis - missing];
            offset += extent == 1 ? 0 : index * stride;
            stride *= extent;
        }

        return offset;
    }

    /// <summary>Whether this plan is for arrays like those of a call.</summary>
    internal bool Fits(ref KernelContext context)
    {
        for (int i = 0; i < _inputs.Length; i++)
        {
            TensorView input = context.Input(i);
            if (input.DType != _types[i] || input.Shape != _inputs[i])
                return false;
        }

        // The attributes and the inputs decide everything else, but for results that only repeat what comes in.
        return context.Output(0).Shape == Full;
    }

    /// <summary>Finds the inputs that have one element for a whole row, and how long rows can be then.</summary>
    private bool[] FindNumbers(PointwiseProgram program)
    {
        bool[] isNumber = new bool[_inputs.Length];
        long rowLength = RowLength;
        for (int i = 0; i < _inputs.Length; i++)
        {
            long run = ConstantRun(_inputs[i]);
            isNumber[i] = _inputs[i] != Full && run >= ShortestTile && program.IsRead(i);
            if (isNumber[i])
                rowLength = Math.Min(rowLength, run);
        }

        // A call of single elements alone would not know how many results it has.
        foreach (PointwiseStep step in program.Steps)
        {
            bool allNumbers = true;
            foreach (int argument in step.Arguments)
            {
                allNumbers &= argument < isNumber.Length && isNumber[argument];
            }

            if (allNumbers)
                isNumber[step.Arguments[0]] = false;
        }

        RowLength = rowLength;
        return isNumber;
    }

    /// <summary>Over how many elements of the full shape an input stays at one of its own.</summary>
    private long ConstantRun(Shape shape)
    {
        long run = 1;
        for (int i = 1; i <= Full.Rank; i++)
        {
            if (i <= shape.Rank && shape[^i] != 1)
                return run;
            run *= Full[^i];
        }

        return run;
    }

    /// <summary>
    /// Every value gets a slot, also one that comes out: nobody may want it, or it may have to wait there until an input
    /// that shares its memory has been read.
    /// </summary>
    private int AssignSlots(PointwiseProgram program)
    {
        int count = 0;
        var free = new Stack<int>();
        bool[] isOver = new bool[_slots.Length];
        Array.Fill(_slots, -1);
        foreach (int input in Repeated)
        {
            _slots[input] = count++;
        }

        for (int i = 0; i < program.Steps.Length; i++)
        {
            PointwiseStep step = program.Steps[i];
            for (int j = 0; j < step.Operator.OutputCount; j++)
            {
                int value = program.FirstValueOf(i) + j;
                if (program.LastReaderOf(value) < 0 && !program.IsOutput(value))
                    continue;
                int replaced = FindReplaced(program, i, j, isOver);
                if (replaced >= 0)
                    isOver[replaced] = true;
                _slots[value] =
                    replaced >= 0 ? _slots[replaced]
                    : free.TryPop(out int slot) ? slot
                    : count++;
            }

            foreach (int argument in step.Arguments)
            {
                if (EndsAt(program, argument, i) && !isOver[argument])
                {
                    isOver[argument] = true;
                    free.Push(_slots[argument]);
                }
            }
        }

        return count;
    }

    /// <summary>A value that ends with a step and whose slot the step may write an output to; -1 when there is none.</summary>
    private int FindReplaced(PointwiseProgram program, int step, int output, bool[] isOver)
    {
        PointwiseStep call = program.Steps[step];
        int itemSize = _types[program.FirstValueOf(step) + output].ItemSize();
        foreach (int argument in call.Arguments)
        {
            if (
                EndsAt(program, argument, step)
                && !isOver[argument]
                && _types[argument].ItemSize() == itemSize
                && call.MayReplace(argument, output)
            )
            {
                return argument;
            }
        }

        return -1;
    }

    /// <summary>Whether nothing but the slot holds a value, and nobody takes it after this step.</summary>
    private static bool EndsAt(PointwiseProgram program, int value, int step) =>
        value >= program.InputCount && program.LastReaderOf(value) == step && !program.IsOutput(value);
}
