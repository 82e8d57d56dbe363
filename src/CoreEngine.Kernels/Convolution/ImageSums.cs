using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>The adjoint of <see cref="ImageColumns{T}"/>: window matrices added back into the image they belong to.</summary>
internal static unsafe class ImageSums<T>
    where T : unmanaged, INumber<T>
{
    /// <summary>Adds <paramref name="taps"/> rows of <paramref name="count"/> positions each to the window's image.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Add(in ImageWindow<T> window, T* columns, long taps, long position, int count)
    {
        const int Batch = 64;
        ImageWindow<T>.Run* runs = stackalloc ImageWindow<T>.Run[Batch];
        int runCount;
        for (int done = 0; done < count; done += Covered(runs, runCount))
        {
            // As many whole runs as the buffer holds; at least one position each.
            int some = (int)Math.Min(count - done, Math.Max(1, (Batch - 2) * window.Out.W));
            runCount = window.Runs(position + done, some, runs);
            var tap = new ImageWindow<T>.Tap(0, window.Kernel);
            for (long t = 0; t < taps; t++)
            {
                T* from = columns + (t * count) + done;
                for (int r = 0; r < runCount; r++)
                {
                    AddRun(window, runs[r], tap, from + runs[r].Start);
                }

                tap.Advance(window.Kernel);
            }
        }
    }

    private static int Covered(ImageWindow<T>.Run* runs, int count) => runs[count - 1].Start + runs[count - 1].Length;

    private static void AddRun(
        in ImageWindow<T> window,
        in ImageWindow<T>.Run run,
        in ImageWindow<T>.Tap tap,
        T* source
    )
    {
        T* row = window.Row(run, tap);
        if (row == null)
        {
            return;
        }

        long w = run.W + (tap.W * window.Dilate.W);
        int j = 0;
        if (window.Stride.W == 1 && w >= 0 && w + run.Length <= window.In.W)
        {
            T* to = row + w;
            for (; j + Vector256<T>.Count <= run.Length; j += Vector256<T>.Count)
            {
                (Vector256.Load(to + j) + Vector256.Load(source + j)).Store(to + j);
            }

            for (; j < run.Length; j++)
            {
                to[j] += source[j];
            }

            return;
        }

        for (; j < run.Length; j++)
        {
            if ((ulong)w < (ulong)window.In.W)
            {
                row[w] += source[j];
            }

            w += window.Stride.W;
        }
    }
}
