using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CoreEngine.Kernels;

/// <summary>
/// Where the taps of a deformed window read an image: for every set of offsets, tap and position of a tile, which four
/// pixels lie around the place and how near it is to them. All channels that share the offsets read there.
/// </summary>
/// <remarks>
/// Beyond the border an image is 0, and up to one pixel behind its last row or column it is as it is there: such a place
/// has one row or one column of pixels around it.
/// </remarks>
internal unsafe struct DeformedPlaces<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>The upper left pixel in its plane; -1 for a place beyond the border.</summary>
    private int* _first;

    /// <summary>The lower left pixel: that below, or behind the last row the same.</summary>
    private int* _lower;

    /// <summary>Distance of the right pixels: 1, or 0 behind the last column and beyond the border.</summary>
    private int* _right;

    /// <summary>Share of the right pixels, from 0 to 1.</summary>
    private T* _x;

    /// <summary>Share of the lower pixels, from 0 to 1.</summary>
    private T* _y;

    /// <summary>Bytes that so many places take.</summary>
    internal static long Bytes(long places) => checked(places * ((3 * sizeof(int)) + (2 * sizeof(T))));

    /// <summary>Tables for so many places in <see cref="Bytes"/> of memory.</summary>
    internal DeformedPlaces(void* memory, long places)
    {
        _x = (T*)memory;
        _y = _x + places;
        _first = (int*)(_y + places);
        _lower = _first + places;
        _right = _lower + places;
    }

    /// <summary>Notes the place (<paramref name="x"/>, <paramref name="y"/>) in an image of this size.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly void Set(long index, T x, T y, long width, long height)
    {
        bool isInside = x >= T.Zero && y >= T.Zero && x < T.CreateTruncating(width) && y < T.CreateTruncating(height);
        long column = isInside ? long.CreateTruncating(x) : 0;
        long row = isInside ? long.CreateTruncating(y) : 0;
        bool hasRight = isInside && column < width - 1;
        bool hasLower = isInside && row < height - 1;
        int first = isInside ? (int)((row * width) + column) : -1;
        _first[index] = first;
        _lower[index] = hasLower ? first + (int)width : first;
        _right[index] = hasRight ? 1 : 0;
        _x[index] = hasRight ? x - T.CreateTruncating(column) : T.Zero;
        _y[index] = hasLower ? y - T.CreateTruncating(row) : T.Zero;
    }

    /// <summary>What a plane is at places from <paramref name="start"/> on.</summary>
    internal readonly void Sample(T* plane, long start, T* values, long count)
    {
        for (long i = 0; i < count; i++)
        {
            if (AreFourPlain(start + i, count - i))
            {
                Sample((float*)plane, start + i, (float*)values + i);
                i += 3;
                continue;
            }

            int first = _first[start + i];
            T value = T.Zero;
            if (first >= 0)
            {
                T* upper = plane + first;
                T* lower = plane + _lower[start + i];
                int right = _right[start + i];
                T x = _x[start + i];
                T above = upper[0] + (x * (upper[right] - upper[0]));
                T below = lower[0] + (x * (lower[right] - lower[0]));
                value = above + (_y[start + i] * (below - above));
            }

            values[i] = value;
        }
    }

    /// <summary>Adds values to a plane at these places, in parts to the pixels around each.</summary>
    internal readonly void Spread(T* plane, long start, T* values, long count)
    {
        for (long i = 0; i < count; i++)
        {
            int first = _first[start + i];
            if (first < 0)
                continue;
            T* upper = plane + first;
            T* lower = plane + _lower[start + i];
            int right = _right[start + i];
            T farther = values[i] * _y[start + i];
            T nearer = values[i] - farther;
            T x = _x[start + i];
            upper[right] += x * nearer;
            upper[0] += nearer - (x * nearer);
            lower[right] += x * farther;
            lower[0] += farther - (x * farther);
        }
    }

    /// <summary>
    /// Adds, for each place, the derivatives of a plane there (to the right, and downwards) times a value.
    /// </summary>
    internal readonly void AddSlopes(T* plane, long start, T* values, T* gradientX, T* gradientY, long count)
    {
        for (long i = 0; i < count; i++)
        {
            if (AreFourPlain(start + i, count - i))
            {
                float* x = (float*)gradientX + i;
                AddSlopes((float*)plane, start + i, (float*)values + i, x, (float*)gradientY + i);
                i += 3;
                continue;
            }

            int first = _first[start + i];
            if (first < 0)
                continue;
            T* upper = plane + first;
            T* lower = plane + _lower[start + i];
            int right = _right[start + i];
            T above = upper[right] - upper[0];
            T below = lower[right] - lower[0];
            T onLeft = lower[0] - upper[0];
            T onRight = lower[right] - upper[right];
            gradientX[i] += values[i] * (above + (_y[start + i] * (below - above)));
            gradientY[i] += values[i] * (onLeft + (_x[start + i] * (onRight - onLeft)));
        }
    }

    /// <summary>Whether four places from here on, in float32, all have pixels on their left and right.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool AreFourPlain(long place, long left) =>
        typeof(T) == typeof(float)
        && Sse.IsSupported
        && left >= 4
        && Vector128.EqualsAll(Vector128.Load(_right + place), Vector128<int>.One);

    /// <summary>Four places at once, with the same operations.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Sample(float* plane, long place, float* values)
    {
        (Vector128<float> upperLeft, Vector128<float> upperRight) = Pairs(plane, _first + place);
        (Vector128<float> lowerLeft, Vector128<float> lowerRight) = Pairs(plane, _lower + place);
        Vector128<float> x = Vector128.Load((float*)_x + place);
        Vector128<float> above = upperLeft + (x * (upperRight - upperLeft));
        Vector128<float> below = lowerLeft + (x * (lowerRight - lowerLeft));
        (above + (Vector128.Load((float*)_y + place) * (below - above))).Store(values);
    }

    /// <inheritdoc cref="Sample(float*, long, float*)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void AddSlopes(float* plane, long place, float* values, float* gradientX, float* gradientY)
    {
        (Vector128<float> upperLeft, Vector128<float> upperRight) = Pairs(plane, _first + place);
        (Vector128<float> lowerLeft, Vector128<float> lowerRight) = Pairs(plane, _lower + place);
        Vector128<float> above = upperRight - upperLeft;
        Vector128<float> below = lowerRight - lowerLeft;
        Vector128<float> onLeft = lowerLeft - upperLeft;
        Vector128<float> onRight = lowerRight - upperRight;
        Vector128<float> slopeX = above + (Vector128.Load((float*)_y + place) * (below - above));
        Vector128<float> slopeY = onLeft + (Vector128.Load((float*)_x + place) * (onRight - onLeft));
        Vector128<float> value = Vector128.Load(values);
        (Vector128.Load(gradientX) + (value * slopeX)).Store(gradientX);
        (Vector128.Load(gradientY) + (value * slopeY)).Store(gradientY);
    }

    /// <summary>Four pixels and those on their right: two neighbours are one load.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<float> Left, Vector128<float> Right) Pairs(float* plane, int* places)
    {
        Vector128<float> first = Vector128
            .Create(*(double*)(plane + places[0]), *(double*)(plane + places[1]))
            .AsSingle();
        Vector128<float> second = Vector128
            .Create(*(double*)(plane + places[2]), *(double*)(plane + places[3]))
            .AsSingle();
        const byte Even = 0b10_00_10_00;
        const byte Odd = 0b11_01_11_01;
        return (Sse.Shuffle(first, second, Even), Sse.Shuffle(first, second, Odd));
    }
}
