using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>The adjoint of <see cref="WindowMatrix{T}"/>: window matrices added back into the image they belong to.</summary>
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
            AddRuns(window, runs, runCount, columns + done, taps, count);
        }
    }

    /// <summary>
    /// One tap of the window after the other, each for all channels: what the next tap adds to lies near what this one
    /// has added to, and should have been stored by then.
    /// </summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddRuns(
        in ImageWindow<T> window,
        ImageWindow<T>.Run* runs,
        int runCount,
        T* columns,
        long taps,
        int count
    )
    {
        long size = window.Kernel.Product;
        long channels = taps / size;
        long channelSize = window.In.Product;
        bool plain = window.IsPlain;
        for (long place = 0; place < size; place++)
        {
            var tap = new ImageWindow<T>.Tap(place, window.Kernel);
            if (plain)
            {
                for (int r = 0; r < runCount; r++)
                {
                    T* to = window.Image + window.OffsetOf(runs[r]) + window.OffsetOf(tap);
                    T* from = columns + (place * count) + runs[r].Start;
                    int length = runs[r].Length;
                    for (long channel = 0; channel < channels; channel++)
                    {
                        AddAdjacent(to, from, length);
                        to += channelSize;
                        from += size * count;
                    }
                }

                continue;
            }

            for (long channel = 0; channel < channels; channel++)
            {
                tap.Channel = channel;
                T* from = columns + (((channel * size) + place) * count);
                for (int r = 0; r < runCount; r++)
                {
                    AddRun(window, runs[r], tap, from + runs[r].Start);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddAdjacent(T* to, T* from, int length)
    {
        int j = 0;
        for (; j + Vector256<T>.Count <= length; j += Vector256<T>.Count)
        {
            (Vector256.Load(to + j) + Vector256.Load(from + j)).Store(to + j);
        }

        for (; j < length; j++)
        {
            to[j] += from[j];
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
            AddAdjacent(row + w, source, run.Length);
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
