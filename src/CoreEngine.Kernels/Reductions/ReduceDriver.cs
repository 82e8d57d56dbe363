using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CoreEngine.Kernels;

/// <summary>Runs a <see cref="ReducePlan"/>: which thread reduces what, and in which order partial results join.</summary>
[SkipLocalsInit]
internal static unsafe class ReduceDriver<TReducer, V, T>
    where TReducer : struct, IReducer
    where V : struct, ISimd<V>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    /// <summary>Results that are gathered before they are written.</summary>
    private const int Batch = 256;

    /// <summary>Columns that narrow rows are put together to.</summary>
    private const long WideRow = 256;

    /// <summary>Columns and rows up to which outputs are reduced one register after the other.</summary>
    private const int NarrowColumns = 32;

    private const int FewRows = 32;

    /// <summary>Room for the partial results of 2^40 blocks.</summary>
    private const int MaxLevels = 40;

    internal static void Run(ref ReducePlan plan, DType dtype, byte* x, byte* y, bool accumulate)
    {
        var call = new Call
        {
            Plan = (ReducePlan*)Unsafe.AsPointer(ref plan),
            DType = dtype,
            X = x,
            Y = y,
            Accumulate = accumulate,
            Tiles = (plan.Columns + ReduceLoops.Tile - 1) / ReduceLoops.Tile,
            IsSimple = plan.HasSingleRuns && plan.Count <= ReduceLoops.Block && DTypes.Of<T>() == dtype,
        };
        long columns = Math.Min(plan.Columns, ReduceLoops.Tile);
        long work = Math.Max(1, plan.Count / plan.Pieces * columns);
        long grain = Math.Max(1, Elementwise.Grain / work);
        if (plan.Pieces == 1)
        {
            KernelTeam.Default.For(
                plan.Outputs * call.Tiles,
                grain,
                plan.IsColumns ? &ReduceColumns : &ReduceRuns,
                &call
            );
            return;
        }

        call.PartialBytes = ((columns * sizeof(T)) + Lanes.MaxBytes - 1) / Lanes.MaxBytes * Lanes.MaxBytes;
        long partials = plan.Outputs * call.Tiles * plan.Pieces;
        call.Partials = (byte*)NativeMemory.AlignedAlloc((nuint)(partials * call.PartialBytes), Lanes.MaxBytes);
        try
        {
            NativeMemory.Clear(call.Partials, (nuint)(partials * call.PartialBytes));
            KernelTeam.Default.For(partials, grain, &ReducePieces, &call);
            JoinPieces(&call);
        }
        finally
        {
            NativeMemory.AlignedFree(call.Partials);
        }
    }

    private static void ReduceRuns(void* state, long start, long end)
    {
        var call = (Call*)state;
        T* results = stackalloc T[Batch];
        byte* totals = stackalloc byte[8 * Lanes.MaxBytes];
        for (long first = start; first < end; first += Batch)
        {
            int count = (int)Math.Min(Batch, end - first);
            int i = 0;
            if (Lanes.CanTurn<V>() && call->IsSimple && call->Plan->HasEvenOutputs && IsShort(call))
            {
                nint stride = (nint)(call->Plan->OutputOffset(1) * sizeof(T));
                for (; i <= count - 8; i += 8)
                {
                    byte* x = call->X + ((first + i) * stride);
                    ReduceLoops<TReducer, V, T>.EightRuns(x, stride, (nint)call->Plan->Count, results + i);
                }
            }
            else if (Lanes.CanTurn<V>())
            {
                for (; i <= count - 8; i += 8)
                {
                    for (int j = 0; j < 8; j++)
                    {
                        V.Store(Total(call, first + i + j), totals + (j * Unsafe.SizeOf<V>()));
                    }

                    ReduceLoops<TReducer, V, T>.EightLanes(totals, results + i);
                }
            }

            for (; i < count; i++)
            {
                results[i] = ReduceLoops<TReducer, V, T>.Lane(Total(call, first + i));
            }

            Write(call, (byte*)results, first, count);
        }
    }

    private static bool IsShort(Call* call) => ReduceLoops<TReducer, V, T>.IsShort(call->Plan->Count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Total(Call* call, long output)
    {
        ReducePlan* plan = call->Plan;
        if (!call->IsSimple)
            return FoldRuns(call, output, 0, plan->Units);
        return ReduceLoops<TReducer, V, T>.Run(call->X + (plan->OutputOffset(output) * sizeof(T)), (nint)plan->Count);
    }

    private static void ReduceColumns(void* state, long start, long end)
    {
        var call = (Call*)state;
        if (call->Plan->Columns <= NarrowColumns && call->Plan->Units <= FewRows && DTypes.Of<T>() == call->DType)
        {
            ReduceNarrow(call, start, end);
            return;
        }

        byte* totals = stackalloc byte[ReduceLoops.Tile * sizeof(double)];
        for (long task = start; task < end; task++)
        {
            (long output, long tile) = Math.DivRem(task, call->Tiles);
            nint count = FoldColumns(call, output, tile, 0, call->Plan->Units, totals);
            Write(call, totals, (output * call->Plan->Columns) + (tile * ReduceLoops.Tile), count);
        }
    }

    /// <summary>A few narrow rows for each output: to enter the loops for rows would take longer than to add them up.</summary>
    private static void ReduceNarrow(Call* call, long start, long end)
    {
        ReducePlan* plan = call->Plan;
        long columns = plan->Columns;
        long group = ReduceLoops.Tile / columns;
        // The last output's registers may reach beyond its columns.
        byte* totals = stackalloc byte[(ReduceLoops.Tile * sizeof(double)) + Lanes.MaxBytes];
        nint* rows = stackalloc nint[FewRows];
        for (int i = 0; i < plan->Units; i++)
        {
            rows[i] = (nint)(plan->UnitOffset(i) * sizeof(T));
        }

        for (long first = start; first < end; first += group)
        {
            long count = Math.Min(group, end - first);
            for (long i = 0; i < count; i++)
            {
                byte* x = call->X + (plan->OutputOffset(first + i) * sizeof(T));
                byte* target = totals + (i * columns * sizeof(T));
                ReduceLoops<TReducer, V, T>.AddNarrow(target, x, rows, (int)plan->Units, (nint)columns);
            }

            Write(call, totals, first * columns, (nint)(count * columns));
        }
    }

    private static void ReducePieces(void* state, long start, long end)
    {
        var call = (Call*)state;
        for (long task = start; task < end; task++)
        {
            (long place, long piece) = Math.DivRem(task, call->Plan->Pieces);
            (long output, long tile) = Math.DivRem(place, call->Tiles);
            (long first, long last) = call->Plan->PieceUnits(piece);
            byte* partial = call->Partials + (task * call->PartialBytes);
            if (call->Plan->IsColumns)
                FoldColumns(call, output, tile, first, last, partial);
            else
                *(T*)partial = ReduceLoops<TReducer, V, T>.Lane(FoldRuns(call, output, first, last));
        }
    }

    private static void JoinPieces(Call* call)
    {
        long pieces = call->Plan->Pieces;
        for (long place = 0; place < call->Plan->Outputs * call->Tiles; place++)
        {
            (long output, long tile) = Math.DivRem(place, call->Tiles);
            nint count = (nint)Math.Min(ReduceLoops.Tile, call->Plan->Columns - (tile * ReduceLoops.Tile));
            byte* partials = call->Partials + (place * pieces * call->PartialBytes);
            for (long step = 1; step < pieces; step *= 2)
            {
                for (long piece = 0; piece + step < pieces; piece += 2 * step)
                {
                    byte* left = partials + (piece * call->PartialBytes);
                    ReduceLoops<TReducer, V, T>.Merge(left, left + (step * call->PartialBytes), count);
                }
            }

            Write(call, partials, (output * call->Plan->Columns) + (tile * ReduceLoops.Tile), count);
        }
    }

    /// <summary>Reduces runs: blocks of them join as a binary tree, which keeps rounding errors small.</summary>
    private static V FoldRuns(Call* call, long output, long firstUnit, long endUnit)
    {
        byte* levels = stackalloc byte[MaxLevels * Lanes.MaxBytes];
        byte* converted = stackalloc byte[ReduceLoops.Block * sizeof(double)];
        int size = call->DType.ItemSize();
        DType compute = DTypes.Of<T>();
        byte* x = call->X + (call->Plan->OutputOffset(output) * size);
        var tree = new Tree { Levels = levels };
        for (long unit = firstUnit; unit < endUnit; unit++)
        {
            byte* run = x + (call->Plan->UnitOffset(unit) * size);
            long length = call->Plan->UnitLength(unit);
            long i = 0;
            if (length >= ReduceLoops.LongRun && compute == call->DType)
            {
                const int Part = ReduceLoops.Block / 4;
                long quarter = length / ReduceLoops.Block * Part;
                for (; i < quarter; i += Part)
                {
                    tree.Add(ReduceLoops<TReducer, V, T>.RunFour(run + (i * size), (nint)(quarter * size), Part));
                }

                i = 4 * quarter;
            }

            for (; i < length; i += ReduceLoops.Block)
            {
                nint count = (nint)Math.Min(ReduceLoops.Block, length - i);
                byte* block = run + (i * size);
                if (compute != call->DType)
                {
                    CastLoops.Convert(call->DType, block, compute, converted, count);
                    block = converted;
                }

                tree.Add(ReduceLoops<TReducer, V, T>.Run(block, count));
            }
        }

        return tree.Total();
    }

    /// <summary>Partial results that join as a binary tree, like the digits of a number that is counted up.</summary>
    private struct Tree
    {
        internal byte* Levels;
        private long _count;
        private int _depth;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal void Add(V total)
        {
            for (long carry = _count; (carry & 1) != 0; carry >>= 1)
            {
                _depth--;
                total = TReducer.Merge(V.Load(Levels + (_depth * Lanes.MaxBytes)), total);
            }

            V.Store(total, Levels + (_depth++ * Lanes.MaxBytes));
            _count++;
        }

        internal readonly V Total()
        {
            if (_depth == 0)
                return TReducer.Start<V>();
            V total = V.Load(Levels + ((_depth - 1) * Lanes.MaxBytes));
            for (int i = _depth - 2; i >= 0; i--)
            {
                total = TReducer.Merge(V.Load(Levels + (i * Lanes.MaxBytes)), total);
            }

            return total;
        }
    }

    /// <summary>
    /// Reduces rows of up to a tile's columns: blocks of rows first, then the blocks. Narrow rows without gaps are taken
    /// several at a time, as one wide row, whose parts join at the end.
    /// </summary>
    private static nint FoldColumns(Call* call, long output, long tile, long firstUnit, long endUnit, byte* totals)
    {
        ReducePlan* plan = call->Plan;
        byte* wide = stackalloc byte[(ReduceLoops.Tile * sizeof(double)) + Lanes.MaxBytes];
        long column = tile * ReduceLoops.Tile;
        nint count = (nint)Math.Min(ReduceLoops.Tile, plan->Columns - column);
        byte* x = call->X + ((plan->OutputOffset(output) + column) * call->DType.ItemSize());
        bool isNarrow = plan->Columns == ReduceLoops<TReducer, V, T>.NarrowRow;
        long group = plan->HasAdjacentRows && !isNarrow ? Math.Max(1, WideRow / plan->Columns) : 1;
        if (group == 1 || endUnit - firstUnit < 2 * group)
        {
            FoldRows(call, x, firstUnit, endUnit, 1, count, totals);
            return count;
        }

        long groups = (endUnit - firstUnit) / group;
        byte* start = x + (plan->UnitOffset(firstUnit) * call->DType.ItemSize());
        FoldRows(call, start, 0, groups, group, (nint)(group * count), wide);
        FoldRows(call, x, firstUnit + (groups * group), endUnit, 1, count, totals);
        for (long i = group - 1; i >= 0; i--)
        {
            ReduceLoops<TReducer, V, T>.Merge(totals, wide + (i * count * sizeof(T)), count);
        }

        return count;
    }

    /// <summary>Reduces rows that consist of so many units each.</summary>
    private static void FoldRows(Call* call, byte* x, long first, long end, long units, nint count, byte* totals)
    {
        byte* ownBlock = stackalloc byte[ReduceLoops.Tile * sizeof(double)];
        byte* converted = stackalloc byte[4 * ReduceLoops.Tile * sizeof(double)];
        byte** rows = stackalloc byte*[4];
        int size = call->DType.ItemSize();
        DType compute = DTypes.Of<T>();
        bool isNarrow =
            units == 1
            && compute == call->DType
            && call->Plan->HasAdjacentRows
            && call->Plan->Columns == ReduceLoops<TReducer, V, T>.NarrowRow;
        long rowsPerBlock = 64;
        while (rowsPerBlock * rowsPerBlock < end - first)
        {
            rowsPerBlock *= 2;
        }

        ReduceLoops<TReducer, V, T>.Start(totals, count);
        bool isOneBlock = end - first <= rowsPerBlock;
        byte* block = isOneBlock ? totals : ownBlock;
        for (long blockStart = first; blockStart < end; blockStart += rowsPerBlock)
        {
            if (!isOneBlock)
                ReduceLoops<TReducer, V, T>.Start(block, count);
            long blockEnd = Math.Min(end, blockStart + rowsPerBlock);
            if (isNarrow)
            {
                byte* start = x + (call->Plan->UnitOffset(blockStart) * size);
                ReduceLoops<TReducer, V, T>.AddNarrowRows(block, start, (nint)(blockEnd - blockStart));
            }

            for (long row = blockStart; !isNarrow && row < blockEnd; row += 4)
            {
                int group = (int)Math.Min(4, blockEnd - row);
                for (int i = 0; i < group; i++)
                {
                    rows[i] = x + (call->Plan->UnitOffset((row + i) * units) * size);
                    if (compute != call->DType)
                    {
                        byte* copy = converted + (i * ReduceLoops.Tile * sizeof(double));
                        CastLoops.Convert(call->DType, rows[i], compute, copy, count);
                        rows[i] = copy;
                    }
                }

                if (group == 4)
                {
                    ReduceLoops<TReducer, V, T>.AddRows(block, rows[0], rows[1], rows[2], rows[3], count);
                    continue;
                }

                for (int i = 0; i < group; i++)
                {
                    ReduceLoops<TReducer, V, T>.AddRow(block, rows[i], count);
                }
            }

            if (!isOneBlock)
                ReduceLoops<TReducer, V, T>.Merge(totals, block, count);
        }
    }

    /// <summary>Finishes totals, which have room for whole registers, and writes them.</summary>
    private static void Write(Call* call, byte* totals, long position, nint count)
    {
        byte* scratch = stackalloc byte[ReduceLoops.Tile * sizeof(double)];
        ReduceLoops<TReducer, V, T>.Finish(totals, count, call->Plan->Count);
        byte* y = call->Y + (position * call->DType.ItemSize());
        ElementwiseBlocks.Write(DTypes.Of<T>(), totals, call->DType, y, scratch, count, call->Accumulate);
    }

    private struct Call
    {
        internal ReducePlan* Plan;
        internal DType DType;
        internal byte* X;
        internal byte* Y;
        internal bool Accumulate;
        internal bool IsSimple;
        internal long Tiles;
        internal byte* Partials;
        internal long PartialBytes;
    }
}
