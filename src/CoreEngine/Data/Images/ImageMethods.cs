using CoreEngine.Kernels;
using CoreEngine.Operators;

namespace CoreEngine.Data;

/// <summary>The iterators' parameter <c>inter_method</c>: OpenCV's numbers, and two more.</summary>
internal static class ImageMethods
{
    private const int Automatic = 9;
    private const int Random = 10;

    internal static void Read(AttributeReader reader, ref int method)
    {
        reader.Optional("inter_method", ref method);
        reader.Check(
            method is (>= 0 and <= (int)Interpolation.Lanczos) or Automatic or Random,
            "inter_method",
            method,
            "0 (nearest), 1 (linear), 2 (cubic), 3 (area), 4 (Lanczos), 9 (by what is asked) or 10 (any)"
        );
    }

    /// <summary>Automatic is cubic to enlarge, area to shrink, linear when one side grows and one shrinks.</summary>
    internal static Interpolation Choose(
        int method,
        int height,
        int width,
        int newHeight,
        int newWidth,
        ref ImageRandom random
    ) =>
        method switch
        {
            Automatic when newWidth > width && newHeight > height => Interpolation.Cubic,
            Automatic when newWidth < width && newHeight < height => Interpolation.Area,
            Automatic => Interpolation.Linear,
            Random => (Interpolation)random.Whole(0, (int)Interpolation.Lanczos),
            _ => (Interpolation)method,
        };

    /// <summary>Gives the shorter edge a length, the longer one in proportion.</summary>
    internal static PixelImage ResizeShorter(PixelImage image, int edge, int method, ref ImageRandom random)
    {
        bool isTall = image.Height > image.Width;
        int height = isTall ? (int)((long)edge * image.Height / image.Width) : edge;
        int width = isTall ? edge : (int)((long)edge * image.Width / image.Height);
        return image.Resize(height, width, Choose(method, image.Height, image.Width, height, width, ref random));
    }
}
