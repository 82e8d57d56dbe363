using System.Numerics;
using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>Sums of square cells of images: the gradient of repeating each pixel along both axes.</summary>
public static unsafe class CellSums
{
    /// <summary>
    /// y[p, h, w] is the sum of x over the cell of <paramref name="scale"/> times scale elements at (h, w) of plane p, row by
    /// row; x is (planes, height * scale, width * scale).
    /// </summary>
    /// <param name="dtype">Element type of both arrays: float32 or float64.</param>
    /// <param name="x">The images.</param>
    /// <param name="planes">How many there are.</param>
    /// <param name="height">Height of the result.</param>
    /// <param name="width">Width of the result.</param>
    /// <param name="scale">Elements of a cell along each axis.</param>
    /// <param name="y">The result.</param>
    /// <param name="accumulate">Adds to the result instead of replacing it.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type is another one.</exception>
    public static void Run(
        DType dtype,
        void* x,
        long planes,
        long height,
        long width,
        long scale,
        void* y,
        bool accumulate
    )
    {
        var call = new Call
        {
            X = x,
            Y = y,
            Width = width,
            Scale = scale,
            Accumulate = accumulate,
        };
        long grain = Math.Max(1, Elementwise.Grain / (width * scale * scale));
        switch (dtype)
        {
            case DType.Float32:
                KernelTeam.Default.For(planes * height, grain, &Rows<float>, &call);
                break;
            case DType.Float64:
                KernelTeam.Default.For(planes * height, grain, &Rows<double>, &call);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Only float32 and float64 are computed.");
        }
    }

    private static void Rows<T>(void* state, long start, long end)
        where T : unmanaged, INumber<T>
    {
        var call = (Call*)state;
        (long width, long scale) = (call->Width, call->Scale);
        for (long row = start; row < end; row++)
        {
            T* y = (T*)call->Y + (row * width);
            T* x = (T*)call->X + (row * scale * width * scale);
            if (!call->Accumulate)
                new Span<T>(y, checked((int)width)).Clear();
            for (long line = 0; line < scale; line++, x += width * scale)
            {
                if (scale == 2)
                    AddPairs(x, y, width);
                else
                    AddCells(x, y, width, scale);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddPairs<T>(T* x, T* y, long width)
        where T : unmanaged, INumber<T>
    {
        for (long w = 0; w < width; w++)
        {
            y[w] += x[2 * w] + x[(2 * w) + 1];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddCells<T>(T* x, T* y, long width, long scale)
        where T : unmanaged, INumber<T>
    {
        for (long w = 0; w < width; w++, x += scale)
        {
            T sum = x[0];
            for (long i = 1; i < scale; i++)
            {
                sum += x[i];
            }

            y[w] += sum;
        }
    }

    private struct Call
    {
        internal void* X;
        internal void* Y;
        internal long Width;
        internal long Scale;
        internal bool Accumulate;
    }
}
