using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>A region (image, left, top, right, bottom; borders included) on the grid of a feature map.</summary>
internal readonly unsafe struct RegionFrame<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>The image, or -1 when there is no such image.</summary>
    internal readonly long Image;

    /// <summary>Where the region starts, in pixels of the feature map.</summary>
    internal readonly T Left;

    /// <inheritdoc cref="Left"/>
    internal readonly T Top;

    /// <summary>Its size in such pixels, at least 0.1.</summary>
    internal readonly T Width;

    /// <inheritdoc cref="Width"/>
    internal readonly T Height;

    /// <summary>The region that five numbers hold, its borders rounded to whole numbers, then scaled and shifted.</summary>
    /// <param name="numbers">Image, left, top, right, bottom.</param>
    /// <param name="images">Number of images.</param>
    /// <param name="scale">Pixels of the feature map per unit of the borders.</param>
    /// <param name="shift">What is taken off both starts.</param>
    internal RegionFrame(T* numbers, long images, T scale, T shift)
    {
        T least = T.CreateTruncating(0.1);
        Image =
            numbers[0] > T.NegativeOne && numbers[0] < T.CreateTruncating(images)
                ? long.CreateTruncating(numbers[0])
                : -1;
        Left = (Whole(numbers[1]) * scale) - shift;
        Top = (Whole(numbers[2]) * scale) - shift;
        T width = ((Whole(numbers[3]) + T.One) * scale) - shift - Left;
        T height = ((Whole(numbers[4]) + T.One) * scale) - shift - Top;
        Width = width > least ? width : least;
        Height = height > least ? height : least;
    }

    private static T Whole(T x) => T.Round(x, MidpointRounding.AwayFromZero);
}
