using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>
/// The places where a cell of a region is sampled: rows and columns that cross. A place at most half a pixel beyond an image
/// counts as one at its border; places further out are left out.
/// </summary>
internal unsafe struct CellSamples<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Between* _rows;
    private readonly Between* _columns;
    private long _rowCount;
    private long _columnCount;

    /// <summary>No places yet.</summary>
    /// <param name="memory">Room for <see cref="DeformablePooling.MostSamples"/> rows and as many columns.</param>
    internal CellSamples(Between* memory)
    {
        _rows = memory;
        _columns = memory + DeformablePooling.MostSamples;
    }

    /// <summary>The pixels before and behind a place along an axis, and how near it is to each.</summary>
    internal struct Between
    {
        internal long First;
        internal long Second;
        internal T Near;
        internal T Far;
    }

    /// <summary>How many places count.</summary>
    internal readonly long Count => _rowCount * _columnCount;

    /// <summary>Takes so many rows and columns of places, from a corner on, in an image of this size.</summary>
    internal void Set(T left, T top, T stepX, T stepY, long samples, long width, long height)
    {
        _rowCount = Place(top, stepY, samples, height, width, _rows);
        _columnCount = Place(left, stepX, samples, width, 1, _columns);
    }

    /// <summary>The sum of what a plane is at these places.</summary>
    internal readonly T Sum(T* plane)
    {
        T sum = T.Zero;
        Between* end = _columns + _columnCount;
        for (Between* y = _rows; y < _rows + _rowCount; y++)
        {
            T* upper = plane + y->First;
            T* lower = plane + y->Second;
            for (Between* x = _columns; x < end; x++)
            {
                sum +=
                    (y->Near * ((x->Near * upper[x->First]) + (x->Far * upper[x->Second])))
                    + (y->Far * ((x->Near * lower[x->First]) + (x->Far * lower[x->Second])));
            }
        }

        return sum;
    }

    /// <summary>Adds a value to a plane at each of these places, in parts to the pixels around it.</summary>
    internal readonly void Spread(T* plane, T value)
    {
        Between* end = _columns + _columnCount;
        for (Between* y = _rows; y < _rows + _rowCount; y++)
        {
            T* upper = plane + y->First;
            T* lower = plane + y->Second;
            (T near, T far) = (y->Near * value, y->Far * value);
            for (Between* x = _columns; x < end; x++)
            {
                upper[x->First] += x->Near * near;
                upper[x->Second] += x->Far * near;
                lower[x->First] += x->Near * far;
                lower[x->Second] += x->Far * far;
            }
        }
    }

    /// <summary>The derivatives of <see cref="Sum"/> when all places move to the right, and downwards.</summary>
    internal readonly (T X, T Y) Slopes(T* plane)
    {
        (T slopeX, T slopeY) = (T.Zero, T.Zero);
        Between* end = _columns + _columnCount;
        for (Between* y = _rows; y < _rows + _rowCount; y++)
        {
            T* upper = plane + y->First;
            T* lower = plane + y->Second;
            for (Between* x = _columns; x < end; x++)
            {
                (T upperLeft, T upperRight) = (upper[x->First], upper[x->Second]);
                (T lowerLeft, T lowerRight) = (lower[x->First], lower[x->Second]);
                slopeX += (y->Near * (upperRight - upperLeft)) + (y->Far * (lowerRight - lowerLeft));
                slopeY += (x->Near * (lowerLeft - upperLeft)) + (x->Far * (lowerRight - upperRight));
            }
        }

        return (slopeX, slopeY);
    }

    /// <summary>Places along an axis whose pixels lie a stride apart in memory; gives how many count.</summary>
    private static long Place(T start, T step, long samples, long extent, long stride, Between* places)
    {
        T half = T.CreateTruncating(0.5);
        T last = T.CreateTruncating(extent - 1);
        long count = 0;
        for (long i = 0; i < samples; i++)
        {
            T place = start + (T.CreateTruncating(i) * step);
            if (!(place >= -half && place <= last + half))
                continue;
            place = place < T.Zero ? T.Zero : place;
            place = place > last ? last : place;
            T first = T.Floor(place);
            places[count++] = new Between
            {
                First = stride * long.CreateTruncating(first),
                Second = stride * long.CreateTruncating(T.Ceiling(place)),
                Far = place - first,
                Near = T.One - (place - first),
            };
        }

        return count;
    }
}
