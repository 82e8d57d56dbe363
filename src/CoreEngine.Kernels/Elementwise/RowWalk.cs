using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>Walks the rows of a <see cref="StridedPlan"/> in the output's order, without a division per row.</summary>
internal unsafe struct RowWalk
{
    private fixed long _index[ReducePlan.MaxRank];

    /// <summary>Where the row begins in the first input.</summary>
    internal long A;

    /// <summary>Where the row begins in the second input.</summary>
    internal long B;

    /// <summary>Where the row begins in the output.</summary>
    internal long Y;

    /// <summary>Where the walk enters the row; 0 after the first one.</summary>
    internal long Column;

    /// <param name="plan">The axes.</param>
    /// <param name="start">The element of the output, in row-major order, at which to begin.</param>
    internal RowWalk(StridedPlan* plan, long start)
    {
        Unsafe.SkipInit(out this); // Only the indices of the plan's axes are read.
        A = 0;
        B = 0;
        Y = 0;
        Column = start;
        for (int axis = plan->Rank - 1; axis >= 0; axis--)
        {
            (start, long index) = Math.DivRem(start, plan->Extents[axis]);
            if (axis == plan->Rank - 1)
            {
                Column = index;
                continue;
            }

            _index[axis] = index;
            A += index * plan->A[axis];
            B += index * plan->B[axis];
            Y += index * plan->Y[axis];
        }
    }

    /// <summary>Rows from here to the end of the axis that is next to the last one.</summary>
    internal readonly long RowsLeft(StridedPlan* plan) =>
        plan->Rank < 2 ? 1 : plan->Extents[plan->Rank - 2] - _index[plan->Rank - 2];

    /// <summary>Goes to the beginning of a row that is at most <see cref="RowsLeft"/> rows further.</summary>
    internal void Advance(StridedPlan* plan, long rows)
    {
        if (plan->Rank >= 2)
        {
            int axis = plan->Rank - 2;
            _index[axis] += rows - 1;
            A += (rows - 1) * plan->A[axis];
            B += (rows - 1) * plan->B[axis];
            Y += (rows - 1) * plan->Y[axis];
        }

        Next(plan);
    }

    /// <summary>Goes to the beginning of the next row.</summary>
    internal void Next(StridedPlan* plan)
    {
        Column = 0;
        for (int axis = plan->Rank - 2; axis >= 0; axis--)
        {
            A += plan->A[axis];
            B += plan->B[axis];
            Y += plan->Y[axis];
            if (++_index[axis] < plan->Extents[axis])
                return;
            _index[axis] = 0;
            A -= plan->A[axis] * plan->Extents[axis];
            B -= plan->B[axis] * plan->Extents[axis];
            Y -= plan->Y[axis] * plan->Extents[axis];
        }
    }
}
