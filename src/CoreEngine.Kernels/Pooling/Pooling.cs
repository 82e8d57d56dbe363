namespace CoreEngine.Kernels;

/// <summary>Pooling in one to three dimensions, forward and backward; by the team, one plane after the other.</summary>
/// <remarks>float16 is computed in float32. Integers are pooled too; an average of integers is truncated.</remarks>
public static unsafe class Pooling
{
    /// <summary>y = pooling(x), or y += that. A NaN counts only in a window that holds nothing else.</summary>
    /// <param name="dtype">Type of both arrays.</param>
    /// <param name="kind">What a window makes of its values.</param>
    /// <param name="shape">The geometry.</param>
    /// <param name="x">Data, Planes x In.</param>
    /// <param name="y">Result, Planes x Out.</param>
    /// <param name="accumulate">Add to what the result holds.</param>
    /// <exception cref="ArgumentException">The shape is impossible.</exception>
    public static void Forward(DType dtype, PoolingKind kind, in PoolingShape shape, void* x, void* y, bool accumulate)
    {
        shape.Validate();
        switch (dtype)
        {
            case DType.Float32:
                PoolingLoops<float, float>.Forward(kind, shape, (float*)x, (float*)y, accumulate);
                break;
            case DType.Float64:
                PoolingLoops<double, double>.Forward(kind, shape, (double*)x, (double*)y, accumulate);
                break;
            case DType.Float16:
                PoolingLoops<Half, float>.Forward(kind, shape, (Half*)x, (Half*)y, accumulate);
                break;
            case DType.UInt8:
                PoolingLoops<byte, long>.Forward(kind, shape, (byte*)x, (byte*)y, accumulate);
                break;
            case DType.Int8:
                PoolingLoops<sbyte, long>.Forward(kind, shape, (sbyte*)x, (sbyte*)y, accumulate);
                break;
            case DType.Int32:
                PoolingLoops<int, long>.Forward(kind, shape, (int*)x, (int*)y, accumulate);
                break;
            case DType.Int64:
                PoolingLoops<long, long>.Forward(kind, shape, (long*)x, (long*)y, accumulate);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "This is not an element type.");
        }
    }

    /// <summary>dx = gradient of the data, or dx += that.</summary>
    /// <param name="dtype">Type of all arrays: float32, float64 or float16.</param>
    /// <param name="kind">What a window made of its values.</param>
    /// <param name="shape">The geometry.</param>
    /// <param name="x">The data; read for <see cref="PoolingKind.Max"/> only, else may be null.</param>
    /// <param name="dy">Gradient of the result.</param>
    /// <param name="dx">Gradient of the data.</param>
    /// <param name="accumulate">Add to what dx holds.</param>
    /// <exception cref="ArgumentException">The shape is impossible or the type has no gradients.</exception>
    public static void Backward(
        DType dtype,
        PoolingKind kind,
        in PoolingShape shape,
        void* x,
        void* dy,
        void* dx,
        bool accumulate
    )
    {
        shape.Validate();
        switch (dtype)
        {
            case DType.Float32:
                PoolingLoops<float, float>.Backward(kind, shape, (float*)x, (float*)dy, (float*)dx, accumulate);
                break;
            case DType.Float64:
                PoolingLoops<double, double>.Backward(kind, shape, (double*)x, (double*)dy, (double*)dx, accumulate);
                break;
            case DType.Float16:
                PoolingLoops<Half, float>.Backward(kind, shape, (Half*)x, (Half*)dy, (Half*)dx, accumulate);
                break;
            default:
                throw new ArgumentException($"Arrays of {dtype.Name()} have no gradient.", nameof(dtype));
        }
    }
}
