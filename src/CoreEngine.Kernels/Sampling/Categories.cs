namespace CoreEngine.Kernels;

/// <summary>Draws categories by their probabilities. What is drawn depends on the seed, the stream and the place alone.</summary>
public static unsafe class Categories
{
    /// <summary>Draws categories with given probabilities, for each row of probabilities.</summary>
    /// <param name="dtype">Element type of the probabilities.</param>
    /// <param name="probabilities">Rows of weights that are not negative; they need not sum to 1.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="categories">Length of a row.</param>
    /// <param name="seed">Chosen by the user.</param>
    /// <param name="stream">Different for every call.</param>
    /// <param name="yType">Element type of the output.</param>
    /// <param name="y">The output, rows by draws: numbers of categories.</param>
    /// <param name="draws">Draws per row.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such element type, or a length below 1.</exception>
    public static void Draw(
        DType dtype,
        void* probabilities,
        long rows,
        long categories,
        ulong seed,
        ulong stream,
        DType yType,
        void* y,
        long draws
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(categories);
        ArgumentOutOfRangeException.ThrowIfNegative(draws);
        var call = new Call
        {
            DType = dtype,
            Weights = (byte*)probabilities,
            Categories = categories,
            Seed = seed,
            Stream = stream,
            YType = yType,
            Y = (byte*)y,
            Draws = draws,
        };
        long grain = Math.Max(1, 4096 / Math.Max(categories, draws));
        KernelTeam.Default.For(rows, grain, &DrawRows, &call);
    }

    private static void DrawRows(void* state, long start, long end)
    {
        var call = (Call*)state;
        long categories = call->Categories;
        int size = call->DType.ItemSize();
        int ySize = call->YType.ItemSize();
        var sums = (double*)PackArena.Get(PackArena.Slot.Result, categories * sizeof(double));
        for (long row = start; row < end; row++)
        {
            byte* weights = call->Weights + (row * categories * size);
            CastLoops.Convert(call->DType, weights, DType.Float64, (byte*)sums, (nint)categories);
            long last = Accumulate(sums, categories);
            double total = sums[categories - 1];
            for (long draw = 0; draw < call->Draws; draw++)
            {
                long place = (row * call->Draws) + draw;
                double sought = new Philox(call->Seed, call->Stream, (ulong)place).NextDouble() * total;
                // Rounding may lead beyond the last category that can be drawn.
                long category = Math.Min(FirstAbove(sums, categories, sought), last);
                CastLoops.Convert(DType.Int64, (byte*)&category, call->YType, call->Y + (place * ySize), 1);
            }
        }
    }

    /// <summary>Replaces weights by their running sums; those below zero, and NaN, count as zero.</summary>
    /// <returns>The last category with a weight; 0 when none has one.</returns>
    private static long Accumulate(double* weights, long categories)
    {
        double sum = 0;
        long last = 0;
        for (long c = 0; c < categories; c++)
        {
            if (weights[c] > 0)
            {
                sum += weights[c];
                last = c;
            }

            weights[c] = sum;
        }

        return last;
    }

    private static long FirstAbove(double* sums, long count, double sought)
    {
        long first = 0;
        while (count > 0)
        {
            long half = count / 2;
            if (sums[first + half] > sought)
            {
                count = half;
            }
            else
            {
                first += half + 1;
                count -= half + 1;
            }
        }

        return first;
    }

    private struct Call
    {
        internal DType DType;
        internal byte* Weights;
        internal long Categories;
        internal ulong Seed;
        internal ulong Stream;
        internal DType YType;
        internal byte* Y;
        internal long Draws;
    }
}
