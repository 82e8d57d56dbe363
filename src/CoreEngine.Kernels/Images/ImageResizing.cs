using System.Runtime.InteropServices;

namespace CoreEngine.Kernels;

/// <summary>Resizes images that lie as (height, width, channels).</summary>
public static unsafe class ImageResizing
{
    /// <summary>True when images of this type can be resized.</summary>
    public static bool Takes(DType dtype) => dtype is DType.UInt8 or DType.Int32 or DType.Float32 or DType.Float64;

    /// <summary>Resizes an image into memory of its own.</summary>
    /// <param name="dtype">Type of the channels.</param>
    /// <param name="source">The image.</param>
    /// <param name="height">Its rows.</param>
    /// <param name="width">Its columns.</param>
    /// <param name="rowStride">Elements from one of its rows to the next.</param>
    /// <param name="channels">Values of a pixel.</param>
    /// <param name="target">Takes the resized image, without gaps.</param>
    /// <param name="newHeight">Its rows.</param>
    /// <param name="newWidth">Its columns.</param>
    /// <param name="method">How values between pixels are found.</param>
    public static void Resize(
        DType dtype,
        void* source,
        int height,
        int width,
        long rowStride,
        int channels,
        void* target,
        int newHeight,
        int newWidth,
        Interpolation method
    )
    {
        // Half the size exactly is a mean over four pixels, which OpenCV's linear interpolation takes for what it is.
        if (method == Interpolation.Linear && height == 2 * newHeight && width == 2 * newWidth)
            method = Interpolation.Area;
        switch (dtype)
        {
            case DType.UInt8:
                Resize<byte, BytePixel>(
                    source,
                    height,
                    width,
                    rowStride,
                    channels,
                    target,
                    newHeight,
                    newWidth,
                    method
                );
                break;
            case DType.Int32:
                Resize<int, IntPixel>(source, height, width, rowStride, channels, target, newHeight, newWidth, method);
                break;
            case DType.Float32:
                Resize<float, FloatPixel>(
                    source,
                    height,
                    width,
                    rowStride,
                    channels,
                    target,
                    newHeight,
                    newWidth,
                    method
                );
                break;
            case DType.Float64:
                Resize<double, DoublePixel>(
                    source,
                    height,
                    width,
                    rowStride,
                    channels,
                    target,
                    newHeight,
                    newWidth,
                    method
                );
                break;
        }
    }

    private static void Resize<T, P>(
        void* source,
        int height,
        int width,
        long rowStride,
        int channels,
        void* target,
        int newHeight,
        int newWidth,
        Interpolation method
    )
        where T : unmanaged
        where P : struct, IPixel<T>
    {
        bool isArea = method == Interpolation.Area && height >= newHeight && width >= newWidth;
        if (method == Interpolation.Area && !isArea && (height > newHeight || width > newWidth))
            method = Interpolation.Linear;
        var columns = new ResampleTable(width, newWidth, method, P.IsQuantized);
        var rows = new ResampleTable(height, newHeight, method, P.IsQuantized);
        nuint length = (nuint)newWidth * (nuint)channels;
        // Rows of the source, resized along the row, in a ring of as many as count for a row of the target.
        double* ring = (double*)NativeMemory.Alloc((nuint)rows.Taps * length * sizeof(double));
        Span<int> held = rows.Taps <= 64 ? stackalloc int[rows.Taps] : new int[rows.Taps];
        held.Fill(-1);
        try
        {
            for (int y = 0; y < newHeight; y++)
            {
                ReadOnlySpan<int> places = rows.Places(y);
                foreach (int row in places)
                {
                    if (held[row % rows.Taps] == row)
                        continue;
                    held[row % rows.Taps] = row;
                    double* wide = ring + ((nuint)(row % rows.Taps) * length);
                    ResizeRow<T, P>((T*)source + (row * rowStride), wide, channels, newWidth, columns);
                }

                Blend<T, P>(ring, (int)length, places, rows.Weights(y), (T*)target + (y * (long)length));
            }
        }
        finally
        {
            NativeMemory.Free(ring);
        }
    }

    private static void ResizeRow<T, P>(T* source, double* target, int channels, int newWidth, ResampleTable columns)
        where T : unmanaged
        where P : struct, IPixel<T>
    {
        for (int x = 0; x < newWidth; x++)
        {
            ReadOnlySpan<int> places = columns.Places(x);
            ReadOnlySpan<float> weights = columns.Weights(x);
            for (int c = 0; c < channels; c++)
            {
                double sum = 0;
                for (int k = 0; k < places.Length; k++)
                {
                    sum += P.From(source[(places[k] * channels) + c]) * weights[k];
                }

                target[c] = sum;
            }

            target += channels;
        }
    }

    private static void Blend<T, P>(
        double* ring,
        int length,
        ReadOnlySpan<int> places,
        ReadOnlySpan<float> weights,
        T* target
    )
        where T : unmanaged
        where P : struct, IPixel<T>
    {
        int taps = places.Length;
        for (int i = 0; i < length; i++)
        {
            double sum = 0;
            for (int k = 0; k < taps; k++)
            {
                sum += ring[((long)(places[k] % taps) * length) + i] * weights[k];
            }

            target[i] = P.To(sum);
        }
    }
}
