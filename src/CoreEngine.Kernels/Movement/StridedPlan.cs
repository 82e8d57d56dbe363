using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>
/// The axes of up to two inputs and an output after axes of extent 1 have vanished and neighbours that lie evenly in all
/// arrays have been joined. The last axis is the innermost. Strides count elements.
/// </summary>
internal unsafe struct StridedPlan
{
    internal int Rank;
    internal fixed long Extents[ReducePlan.MaxRank];
    internal fixed long A[ReducePlan.MaxRank];
    internal fixed long B[ReducePlan.MaxRank];
    internal fixed long Y[ReducePlan.MaxRank];

    /// <summary>A plan without axes. Only its axes are ever read, so the room for more is not cleared.</summary>
    internal static void Begin(out StridedPlan plan)
    {
        Unsafe.SkipInit(out plan);
        plan.Rank = 0;
    }

    /// <summary>Adds an axis further out; it joins the one before where that walks the same elements.</summary>
    internal void AddOuter(long extent, long a, long b, long y)
    {
        if (extent == 1)
            return;
        if (Rank > 0)
        {
            // Axes are gathered innermost first and turned round by Finish.
            int last = Rank - 1;
            long inner = Extents[last];
            if (a == A[last] * inner && b == B[last] * inner && y == Y[last] * inner)
            {
                Extents[last] *= extent;
                return;
            }
        }

        if (Rank == ReducePlan.MaxRank)
            throw new ArgumentException(
                $"Arrays of more than {ReducePlan.MaxRank} axes cannot be walked.",
                nameof(extent)
            );
        Extents[Rank] = extent;
        A[Rank] = a;
        B[Rank] = b;
        Y[Rank++] = y;
    }

    /// <summary>Puts the innermost axis last, and makes sure there is one.</summary>
    internal void Finish()
    {
        if (Rank == 0)
        {
            Extents[0] = 1;
            A[0] = B[0] = Y[0] = 1;
            Rank = 1;
        }

        for (int i = 0, j = Rank - 1; i < j; i++, j--)
        {
            (Extents[i], Extents[j]) = (Extents[j], Extents[i]);
            (A[i], A[j]) = (A[j], A[i]);
            (B[i], B[j]) = (B[j], B[i]);
            (Y[i], Y[j]) = (Y[j], Y[i]);
        }
    }

    /// <summary>Number of elements.</summary>
    internal readonly long Size
    {
        get
        {
            long size = 1;
            for (int i = 0; i < Rank; i++)
            {
                size *= Extents[i];
            }

            return size;
        }
    }

    /// <summary>Splits a row's number into offsets of the arrays; rows run along the last axes, <paramref name="inner"/> of them.</summary>
    internal readonly void RowOffsets(long row, int inner, out long a, out long b, out long y)
    {
        a = 0;
        b = 0;
        y = 0;
        for (int i = Rank - inner - 1; i >= 0; i--)
        {
            long index = row;
            if (i > 0)
                (row, index) = Math.DivRem(row, Extents[i]);
            a += index * A[i];
            b += index * B[i];
            y += index * Y[i];
        }
    }
}
