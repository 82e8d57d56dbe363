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

    /// <summary>Where the walk enters the row; 0 after the first one.</summary>
    internal long Column;

    /// <param name="plan">The axes.</param>
    /// <param name="start">The element of the output, in row-major order, at which to begin.</param>
    internal RowWalk(StridedPlan* plan, long start)
    {
        Unsafe.SkipInit(out this); // Only the indices of the plan's axes are read.
        A = 0;
        B = 0;
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
        }
    }

    /// <summary>Goes to the beginning of the next row.</summary>
    internal void Next(StridedPlan* plan)
    {
        Column = 0;
        for (int axis = plan->Rank - 2; axis >= 0; axis--)
        {
            A += plan->A[axis];
            B += plan->B[axis];
            if (++_index[axis] < plan->Extents[axis])
                return;
            _index[axis] = 0;
            A -= plan->A[axis] * plan->Extents[axis];
            B -= plan->B[axis] * plan->Extents[axis];
        }
    }
}
