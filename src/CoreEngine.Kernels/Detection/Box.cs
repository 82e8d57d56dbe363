using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>A rectangle with sides along the axes, in fractions of an image.</summary>
internal readonly unsafe struct Box<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private static readonly T s_half = T.CreateChecked(0.5);

    private readonly T _left;
    private readonly T _top;
    private readonly T _right;
    private readonly T _bottom;

    /// <summary>The rectangle that four numbers hold: left, top, right, bottom.</summary>
    internal Box(T* corners)
        : this(corners[0], corners[1], corners[2], corners[3]) { }

    private Box(T left, T top, T right, T bottom)
    {
        _left = left;
        _top = top;
        _right = right;
        _bottom = bottom;
    }

    /// <summary>A rectangle from its centre and half its extents.</summary>
    internal static Box<T> Around(T x, T y, T halfWidth, T halfHeight) =>
        new(x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight);

    /// <summary>The part inside the image.</summary>
    internal Box<T> Clipped => new(Clip(_left), Clip(_top), Clip(_right), Clip(_bottom));

    internal void Store(T* corners)
    {
        corners[0] = _left;
        corners[1] = _top;
        corners[2] = _right;
        corners[3] = _bottom;
    }

    /// <summary>The area that two rectangles share over the area that they cover (Jaccard index); 0 where they cover none.</summary>
    internal static T Overlap(in Box<T> a, in Box<T> b)
    {
        T width = Extent(Larger(a._left, b._left), Smaller(a._right, b._right));
        T height = Extent(Larger(a._top, b._top), Smaller(a._bottom, b._bottom));
        T shared = width * height;
        T covered = a.Width * a.Height + b.Width * b.Height - shared;
        return covered > T.Zero ? shared / covered : T.Zero;
    }

    /// <summary>
    /// Where another rectangle lies, seen from this one: centre and logarithm of the extents, each over its variance.
    /// </summary>
    internal void Encode(in Box<T> other, in Variances<T> variances, T* offsets)
    {
        offsets[0] = (other.CentreX - CentreX) / Width / variances.X;
        offsets[1] = (other.CentreY - CentreY) / Height / variances.Y;
        offsets[2] = T.Log(other.Width / Width) / variances.Width;
        offsets[3] = T.Log(other.Height / Height) / variances.Height;
    }

    /// <summary>The rectangle that <see cref="Encode"/> made these offsets of.</summary>
    internal Box<T> Decode(T* offsets, in Variances<T> variances) =>
        Around(
            (offsets[0] * variances.X * Width) + CentreX,
            (offsets[1] * variances.Y * Height) + CentreY,
            T.Exp(offsets[2] * variances.Width) * Width * s_half,
            T.Exp(offsets[3] * variances.Height) * Height * s_half
        );

    private T Width => _right - _left;

    private T Height => _bottom - _top;

    private T CentreX => (_left + _right) * s_half;

    private T CentreY => (_top + _bottom) * s_half;

    private static T Extent(T first, T last) => last > first ? last - first : T.Zero;

    private static T Larger(T a, T b) => a > b ? a : b;

    private static T Smaller(T a, T b) => a < b ? a : b;

    private static T Clip(T x) => T.Max(T.Zero, T.Min(T.One, x));
}
