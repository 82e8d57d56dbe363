using System.Numerics;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>
/// Drives reductions over any axes of an array. The order in which elements are combined depends on the shape alone, never
/// on the number of threads, and is a tree: rounding errors of a sum grow with the logarithm of its length.
/// </summary>
public static unsafe partial class Reduce
{
    /// <summary>Reduces <paramref name="x"/> over <paramref name="axes"/>.</summary>
    /// <param name="dtype">Element type of both arrays.</param>
    /// <param name="x">The input, row-major.</param>
    /// <param name="xShape">Its shape.</param>
    /// <param name="axes">The axes to reduce, in any order, negative ones counted from the end; none means all.</param>
    /// <param name="y">The output: the kept axes in order.</param>
    /// <param name="accumulate">Adds to the output instead of replacing it.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such axis or element type.</exception>
    /// <exception cref="ArgumentException">An axis is named twice, or the array has more than 32 axes.</exception>
    public static void Run<TReducer>(
        DType dtype,
        void* x,
        ShapeView xShape,
        ReadOnlySpan<int> axes,
        void* y,
        bool accumulate = false
    )
        where TReducer : struct, IReducer
    {
        var plan = new ReducePlan(xShape, axes);
        if (xShape.Size == 0)
            return;
        switch (dtype)
        {
            case DType.Float32:
            case DType.Float16:
                Run<TReducer, float>(ref plan, dtype, (byte*)x, (byte*)y, accumulate);
                break;
            case DType.Float64:
                Run<TReducer, double>(ref plan, dtype, (byte*)x, (byte*)y, accumulate);
                break;
            case DType.UInt8:
            case DType.Int8:
            case DType.Int32:
            case DType.Int64:
                Run<TReducer, long>(ref plan, dtype, (byte*)x, (byte*)y, accumulate);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "This is not an element type.");
        }
    }

    /// <summary>
    /// Sums <paramref name="x"/> down to a shape that broadcasts to its own: the gradient of broadcasting.
    /// </summary>
    /// <param name="dtype">Element type of both arrays.</param>
    /// <param name="x">The input, row-major.</param>
    /// <param name="xShape">Its shape.</param>
    /// <param name="y">The output.</param>
    /// <param name="yShape">Its shape: aligned at the last axis, each extent is that of x or 1.</param>
    /// <param name="accumulate">Adds to the output instead of replacing it.</param>
    /// <exception cref="ArgumentException"><paramref name="yShape"/> does not broadcast to <paramref name="xShape"/>.</exception>
    public static void SumTo(DType dtype, void* x, ShapeView xShape, void* y, ShapeView yShape, bool accumulate = false)
    {
        int missing = xShape.Rank - yShape.Rank;
        Span<int> axes = stackalloc int[ReducePlan.MaxRank];
        int count = 0;
        for (int axis = 0; axis < xShape.Rank && axis < axes.Length; axis++)
        {
            long extent =
                axis < missing ? 1
                : missing < 0 ? -1
                : yShape[axis - missing];
            if (extent != xShape[axis] && extent != 1)
                throw new ArgumentException(
                    $"The shape {yShape.ToString()} does not broadcast to {xShape.ToString()}.",
                    nameof(yShape)
                );
            if (extent != xShape[axis])
                axes[count++] = axis;
        }

        if (missing < 0)
            throw new ArgumentException(
                $"The shape {yShape.ToString()} does not broadcast to {xShape.ToString()}.",
                nameof(yShape)
            );
        if (count > 0)
            Run<SumReducer>(dtype, x, xShape, axes[..count], y, accumulate);
        else
            Broadcast.Copy(dtype, x, xShape, y, xShape, accumulate);
    }

    private static void Run<TReducer, T>(ref ReducePlan plan, DType dtype, byte* x, byte* y, bool accumulate)
        where TReducer : struct, IReducer
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        if (Vector512.IsHardwareAccelerated)
            ReduceDriver<TReducer, Simd512<T>, T>.Run(ref plan, dtype, x, y, accumulate);
        else if (Vector256.IsHardwareAccelerated)
            ReduceDriver<TReducer, Simd256<T>, T>.Run(ref plan, dtype, x, y, accumulate);
        else if (Vector128.IsHardwareAccelerated)
            ReduceDriver<TReducer, Simd128<T>, T>.Run(ref plan, dtype, x, y, accumulate);
        else
            ReduceDriver<TReducer, SimdScalar<T>, T>.Run(ref plan, dtype, x, y, accumulate);
    }
}
