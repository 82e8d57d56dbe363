using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>
/// The shape of a reduction after adjacent axes of one kind have been joined: kept axes, reduced axes, and an innermost
/// run that is either reduced (each output sums runs) or kept (each output row sums rows).
/// </summary>
internal unsafe struct ReducePlan
{
    /// <summary>Axes that a shape may have.</summary>
    internal const int MaxRank = 32;

    /// <summary>Reduced elements from which the work on few outputs is cut into pieces.</summary>
    private const long CutFrom = 131072;

    /// <summary>A run longer than this is treated as several.</summary>
    private const long LongestRun = 65536;

    private const long MaxPieces = 256;

    /// <summary>Elements that a piece has at least.</summary>
    private const long SmallestPiece = 32768;

    private fixed long _keptExtents[MaxRank];
    private fixed long _keptStrides[MaxRank];
    private fixed long _reducedExtents[MaxRank];
    private fixed long _reducedStrides[MaxRank];
    private int _keptRank;
    private int _reducedRank;
    private long _run;

    /// <summary>True when the innermost run is kept: outputs are rows of <see cref="Columns"/>.</summary>
    internal bool IsColumns;

    /// <summary>Elements of an output row; 1 when the innermost run is reduced.</summary>
    internal long Columns;

    /// <summary>Output rows; with <see cref="Columns"/> 1 they are output elements.</summary>
    internal long Outputs;

    /// <summary>Reduced elements of one output.</summary>
    internal long Count;

    /// <summary>Runs (or rows) that one output reduces.</summary>
    internal long Units;

    /// <summary>Independent groups of units per output; their results are joined in order.</summary>
    internal long Pieces;

    /// <exception cref="ArgumentOutOfRangeException">An axis does not exist.</exception>
    /// <exception cref="ArgumentException">Too many axes, or one is named twice.</exception>
    [SkipLocalsInit]
    internal ReducePlan(ShapeView shape, ReadOnlySpan<int> axes)
    {
        Unsafe.SkipInit(out this); // Of the axes only those are read that there are.
        _keptRank = 0;
        _reducedRank = 0;
        IsColumns = false;
        int rank = shape.Rank;
        if (rank > MaxRank)
            throw new ArgumentException($"The shape {shape.ToString()} has more than {MaxRank} axes.", nameof(shape));
        Span<bool> reduced = stackalloc bool[MaxRank];
        reduced[..rank].Fill(axes.IsEmpty);
        foreach (int given in axes)
        {
            int axis = shape.Axis(given);
            if (reduced[axis])
                throw new ArgumentException(
                    $"Axis {given} of the shape {shape.ToString()} is named twice.",
                    nameof(axes)
                );
            reduced[axis] = true;
        }

        // From the innermost axis outwards; axes of extent 1 vanish, neighbours of one kind join.
        Columns = 1;
        Outputs = 1;
        Count = 1;
        Units = 1;
        Pieces = 1;
        _run = 1;
        long stride = 1;
        int previous = -1;
        for (int axis = rank - 1; axis >= 0; axis--)
        {
            long extent = shape[axis];
            if (extent != 1)
            {
                int kind = reduced[axis] ? 1 : 0;
                Take(extent, stride, reduced[axis], joins: kind == previous, innermost: previous < 0);
                previous = kind;
            }

            stride *= extent;
        }

        if (IsColumns)
        {
            Columns = _run;
            Units = Count;
        }
        else
        {
            Count *= _run;
            if (_reducedRank == 0 && _run > LongestRun)
            {
                _reducedExtents[0] = (_run + LongestRun - 1) / LongestRun;
                _reducedStrides[0] = LongestRun;
                _reducedRank = 1;
            }

            for (int i = 0; i < _reducedRank; i++)
            {
                Units *= _reducedExtents[i];
            }
        }

        for (int i = 0; i < _keptRank; i++)
        {
            Outputs *= _keptExtents[i];
        }

        long columns = Math.Min(Columns, ReduceLoops.Tile);
        long tasks = Outputs * ((Columns + ReduceLoops.Tile - 1) / ReduceLoops.Tile);
        if (Count >= CutFrom / columns && tasks < 64)
            Pieces = Math.Clamp(Count * columns / SmallestPiece, 1, Math.Min(MaxPieces / tasks, Units));
    }

    private void Take(long extent, long stride, bool reduced, bool joins, bool innermost)
    {
        if (innermost)
        {
            IsColumns = !reduced;
            _run = extent;
        }
        else if (joins && (reduced ? _reducedRank : _keptRank) == 0)
        {
            _run *= extent;
        }
        else if (reduced)
        {
            if (joins)
            {
                _reducedExtents[_reducedRank - 1] *= extent;
            }
            else
            {
                _reducedExtents[_reducedRank] = extent;
                _reducedStrides[_reducedRank++] = stride;
            }

            Count *= extent;
        }
        else if (joins)
        {
            _keptExtents[_keptRank - 1] *= extent;
        }
        else
        {
            _keptExtents[_keptRank] = extent;
            _keptStrides[_keptRank++] = stride;
        }
    }

    /// <summary>Where the elements of an output row begin.</summary>
    internal readonly long OutputOffset(long output)
    {
        long offset = 0;
        for (int i = 0; i < _keptRank; i++)
        {
            if (i == _keptRank - 1)
                return offset + (output * _keptStrides[i]);
            (output, long index) = Math.DivRem(output, _keptExtents[i]);
            offset += index * _keptStrides[i];
        }

        return offset;
    }

    /// <summary>Where a unit begins, from the output's beginning.</summary>
    internal readonly long UnitOffset(long unit)
    {
        long offset = 0;
        for (int i = 0; i < _reducedRank; i++)
        {
            if (i == _reducedRank - 1)
                return offset + (unit * _reducedStrides[i]);
            (unit, long index) = Math.DivRem(unit, _reducedExtents[i]);
            offset += index * _reducedStrides[i];
        }

        return offset;
    }

    /// <summary>True when the rows of an output follow one another without a gap.</summary>
    internal readonly bool HasAdjacentRows => IsColumns && _reducedRank == 1 && _reducedStrides[0] == Columns;

    /// <summary>True when each output reduces one run.</summary>
    internal readonly bool HasSingleRuns => !IsColumns && _reducedRank == 0;

    /// <summary>True when the outputs lie evenly in the input.</summary>
    internal readonly bool HasEvenOutputs => _keptRank == 1;

    /// <summary>Elements of a unit whose innermost run is reduced; only a cut run has a shorter last one.</summary>
    internal readonly long UnitLength(long unit) =>
        _reducedRank == 1 && _reducedStrides[0] == LongestRun && _run > LongestRun
            ? Math.Min(LongestRun, _run - (unit * LongestRun))
            : _run;

    /// <summary>The units of a piece.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly (long First, long End) PieceUnits(long piece) =>
        (Units * piece / Pieces, Units * (piece + 1) / Pieces);
}
