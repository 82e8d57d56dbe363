using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>One multiplication as the threads of a team see it: a grid of rectangles, one for each.</summary>
internal unsafe struct GemmWork<T, TLeft, TRight>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
    where TLeft : unmanaged, ILeftOperand<T>
    where TRight : unmanaged, IRightOperand<T>
{
    public GemmKernels<T> Kernels;
    public TLeft* Left;
    public TRight* Right;
    public long M;
    public long N;
    public long K;
    public T Alpha;
    public T* C;
    public long Ldc;
    public bool Accumulate;
    public long Down;
    public long Across;

    /// <summary>The body for <see cref="KernelTeam.For"/>: items are the grid's rectangles.</summary>
    internal static void Run(void* state, long first, long last)
    {
        var work = (GemmWork<T, TLeft, TRight>*)state;
        int width = work->Kernels.Columns;
        long panels = ((work->N - 1) / width) + 1;
        for (long cell = first; cell < last; cell++)
        {
            long down = cell / work->Across;
            long across = cell % work->Across;
            var rectangle = new Rectangle(
                work->M * down / work->Down,
                work->M * (down + 1) / work->Down,
                panels * across / work->Across * width,
                Math.Min(panels * (across + 1) / work->Across * width, work->N)
            );
            GemmLoops<T, TLeft, TRight>.Run(
                work->Kernels,
                *work->Left,
                *work->Right,
                rectangle,
                work->K,
                work->Alpha,
                work->C,
                work->Ldc,
                work->Accumulate
            );
        }
    }
}

/// <summary>How a result is divided between threads.</summary>
internal static class GemmGrid
{
    /// <summary>The grid (down, across) whose slowest rectangle has the least to compute and to pack.</summary>
    internal static (long Down, long Across) Choose(int threads, long m, long n, int rows, int columns)
    {
        long rowPanels = ((m - 1) / rows) + 1;
        long columnPanels = ((n - 1) / columns) + 1;
        (long Down, long Across) best = (1, 1);
        double least = double.MaxValue;
        for (long down = 1; down <= Math.Min(threads, rowPanels); down++)
        {
            long across = Math.Min(threads / down, columnPanels);
            double height = Math.Ceiling((double)rowPanels / down) * rows;
            double width = Math.Ceiling((double)columnPanels / across) * columns;

            // Packing an element costs about as much as 16 products.
            double cost = (height * width) + (16 * (height + width));
            if (cost < least)
            {
                least = cost;
                best = (down, across);
            }
        }

        return best;
    }
}
