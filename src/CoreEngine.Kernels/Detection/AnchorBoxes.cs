using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>
/// Boxes of given sizes and aspect ratios around every cell of a feature map (Liu et al., "SSD: Single Shot MultiBox
/// Detector", 2016): each size with the first ratio taken as 1, then the first size with each further ratio.
/// </summary>
/// <param name="Height">Rows of cells.</param>
/// <param name="Width">Cells in a row.</param>
/// <param name="StepY">Distance of rows in fractions of the image; 0 or less divides the image evenly.</param>
/// <param name="StepX">Distance of columns in fractions of the image; 0 or less divides the image evenly.</param>
/// <param name="OffsetY">Where in its cell a box has its centre, from top (0) to bottom (1).</param>
/// <param name="OffsetX">Where in its cell a box has its centre, from left (0) to right (1).</param>
/// <param name="Clip">Cut off what reaches beyond the image.</param>
public readonly unsafe record struct AnchorBoxes(
    long Height,
    long Width,
    float StepY,
    float StepX,
    float OffsetY,
    float OffsetX,
    bool Clip
)
{
    /// <summary>Writes the boxes (left, top, right, bottom), cell by cell.</summary>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="sizes">Heights of boxes in fractions of the image, at least one.</param>
    /// <param name="ratios">Widths over heights, at least one.</param>
    /// <param name="boxes">4 numbers for each of (sizes + ratios - 1) boxes of each cell.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type is not float32 or float64.</exception>
    public void Write(DType dtype, ReadOnlySpan<float> sizes, ReadOnlySpan<float> ratios, void* boxes)
    {
        switch (dtype)
        {
            case DType.Float32:
                Write(sizes, ratios, (float*)boxes);
                break;
            case DType.Float64:
                Write(sizes, ratios, (double*)boxes);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Only float32 and float64 are computed.");
        }
    }

    private void Write<T>(ReadOnlySpan<float> sizes, ReadOnlySpan<float> ratios, T* boxes)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T stepY = StepY > 0 ? T.CreateChecked(StepY) : T.One / T.CreateChecked(Height);
        T stepX = StepX > 0 ? T.CreateChecked(StepX) : T.One / T.CreateChecked(Width);
        for (long row = 0; row < Height; row++)
        {
            T y = (T.CreateChecked(row) + T.CreateChecked(OffsetY)) * stepY;
            for (long column = 0; column < Width; column++)
            {
                T x = (T.CreateChecked(column) + T.CreateChecked(OffsetX)) * stepX;
                foreach (float size in sizes)
                {
                    Write(x, y, T.CreateChecked(size), T.One, boxes);
                    boxes += 4;
                }

                foreach (float ratio in ratios[1..])
                {
                    Write(x, y, T.CreateChecked(sizes[0]), T.Sqrt(T.CreateChecked(ratio)), boxes);
                    boxes += 4;
                }
            }
        }
    }

    private void Write<T>(T x, T y, T size, T root, T* box)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T two = T.CreateChecked(2);
        T width = size * T.CreateChecked(Height) / T.CreateChecked(Width) * root / two;
        Box<T> around = Box<T>.Around(x, y, width, size / root / two);
        (Clip ? around.Clipped : around).Store(box);
    }
}
