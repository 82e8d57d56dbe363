using System.Numerics;
using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>
/// The places where a cell of a region is sampled. A place at most half a pixel beyond an image counts as one at its
/// border; places further out are left out.
/// </summary>
internal readonly unsafe struct CellSamples<T>(T left, T top, T stepX, T stepY, long samples, long width, long height)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>How many places count.</summary>
    internal long Count()
    {
        long rows = 0;
        long columns = 0;
        for (long i = 0; i < samples; i++)
        {
            rows += TryPlace(top, stepY, i, height, out _) ? 1 : 0;
            columns += TryPlace(left, stepX, i, width, out _) ? 1 : 0;
        }

        return rows * columns;
    }

    /// <summary>The sum of what a plane is at these places.</summary>
    internal T Sum(T* plane)
    {
        T sum = T.Zero;
        for (long i = 0; i < samples; i++)
        {
            if (!TryPlace(top, stepY, i, height, out Between y))
                continue;
            for (long j = 0; j < samples; j++)
            {
                if (!TryPlace(left, stepX, j, width, out Between x))
                    continue;
                T* upper = plane + (y.First * width);
                T* lower = plane + (y.Second * width);
                sum +=
                    (y.Near * ((x.Near * upper[x.First]) + (x.Far * upper[x.Second])))
                    + (y.Far * ((x.Near * lower[x.First]) + (x.Far * lower[x.Second])));
            }
        }

        return sum;
    }

    /// <summary>Adds a value to a plane at each of these places, in parts to the pixels around it.</summary>
    internal void Spread(T* plane, T value)
    {
        for (long i = 0; i < samples; i++)
        {
            if (!TryPlace(top, stepY, i, height, out Between y))
                continue;
            for (long j = 0; j < samples; j++)
            {
                if (!TryPlace(left, stepX, j, width, out Between x))
                    continue;
                T* upper = plane + (y.First * width);
                T* lower = plane + (y.Second * width);
                upper[x.First] += y.Near * x.Near * value;
                upper[x.Second] += y.Near * x.Far * value;
                lower[x.First] += y.Far * x.Near * value;
                lower[x.Second] += y.Far * x.Far * value;
            }
        }
    }

    /// <summary>The derivatives of <see cref="Sum"/> when all places move to the right, and downwards.</summary>
    internal (T X, T Y) Slopes(T* plane)
    {
        (T slopeX, T slopeY) = (T.Zero, T.Zero);
        for (long i = 0; i < samples; i++)
        {
            if (!TryPlace(top, stepY, i, height, out Between y))
                continue;
            for (long j = 0; j < samples; j++)
            {
                if (!TryPlace(left, stepX, j, width, out Between x))
                    continue;
                T* upper = plane + (y.First * width);
                T* lower = plane + (y.Second * width);
                slopeX += (y.Near * (upper[x.Second] - upper[x.First])) + (y.Far * (lower[x.Second] - lower[x.First]));
                slopeY += (x.Near * (lower[x.First] - upper[x.First])) + (x.Far * (lower[x.Second] - upper[x.Second]));
            }
        }

        return (slopeX, slopeY);
    }

    /// <summary>The pixels before and behind a place along an axis; false when the place does not count.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryPlace(T start, T step, long index, long extent, out Between pixels)
    {
        T half = T.CreateTruncating(0.5);
        T place = start + (T.CreateTruncating(index) * step);
        pixels = default;
        if (!(place >= -half && place <= T.CreateTruncating(extent) - half))
            return false;
        T last = T.CreateTruncating(extent - 1);
        place =
            place < T.Zero ? T.Zero
            : place > last ? last
            : place;
        T first = T.Floor(place);
        pixels.Far = place - first;
        pixels.Near = T.One - pixels.Far;
        pixels.First = long.CreateTruncating(first);
        pixels.Second = long.CreateTruncating(T.Ceiling(place));
        return true;
    }

    private struct Between
    {
        internal long First;
        internal long Second;
        internal T Near;
        internal T Far;
    }
}
