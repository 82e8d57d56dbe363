using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

public static unsafe partial class Reduce
{
    /// <summary>Columns that are searched together where the axis is not the innermost.</summary>
    private const int ArgTile = 512;

    /// <summary>Elements up to which a run is searched one by one.</summary>
    private const long ShortRun = 32;

    /// <summary>
    /// Where the largest element stands along an axis, as a number of the array's own element type. The first of equal ones
    /// wins, NaN is skipped, and where all are NaN the place is 0.
    /// </summary>
    /// <param name="dtype">Element type of both arrays.</param>
    /// <param name="x">The input, row-major.</param>
    /// <param name="xShape">Its shape.</param>
    /// <param name="axis">The axis to search; negative counts from the end.</param>
    /// <param name="y">The output: the other axes in order.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such axis or element type.</exception>
    public static void ArgMax(DType dtype, void* x, ShapeView xShape, int axis, void* y) =>
        ArgExtreme<MaxReducer>(dtype, x, xShape, axis, y);

    /// <summary>Where the smallest element stands along an axis; see <see cref="ArgMax"/>.</summary>
    /// <param name="dtype">Element type of both arrays.</param>
    /// <param name="x">The input, row-major.</param>
    /// <param name="xShape">Its shape.</param>
    /// <param name="axis">The axis to search; negative counts from the end.</param>
    /// <param name="y">The output: the other axes in order.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such axis or element type.</exception>
    public static void ArgMin(DType dtype, void* x, ShapeView xShape, int axis, void* y) =>
        ArgExtreme<MinReducer>(dtype, x, xShape, axis, y);

    private static void ArgExtreme<TReducer>(DType dtype, void* x, ShapeView xShape, int axis, void* y)
        where TReducer : struct, IReducer
    {
        axis = xShape.Axis(axis);
        if (xShape.Size == 0)
            return;
        long inner = xShape.Product(axis + 1, xShape.Rank);
        var call = new ArgCall
        {
            DType = dtype,
            X = (byte*)x,
            Y = (byte*)y,
            Extent = xShape[axis],
            Inner = inner,
            Tiles = (inner + ArgTile - 1) / ArgTile,
        };
        long tasks = xShape.Product(0, axis) * call.Tiles;
        long grain = Math.Max(1, Elementwise.Grain / (call.Extent * Math.Min(inner, ArgTile)));
        switch (dtype)
        {
            case DType.Float32:
            case DType.Float16:
                KernelTeam.Default.For(tasks, grain, &FindRange<TReducer, float>, &call);
                break;
            case DType.Float64:
                KernelTeam.Default.For(tasks, grain, &FindRange<TReducer, double>, &call);
                break;
            case DType.UInt8:
            case DType.Int8:
            case DType.Int32:
            case DType.Int64:
                KernelTeam.Default.For(tasks, grain, &FindRange<TReducer, long>, &call);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "This is not an element type.");
        }
    }

    private static void FindRange<TReducer, T>(void* state, long start, long end)
        where TReducer : struct, IReducer
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        var call = (ArgCall*)state;
        for (long task = start; task < end; task++)
        {
            if (call->Inner == 1 && call->Extent <= ShortRun && DTypes.Of<T>() == call->DType)
                FindInShortRun<TReducer, T>(call, task);
            else if (call->Inner > 1)
                FindInColumns<TReducer, T>(call, task);
            else if (Vector512.IsHardwareAccelerated)
                FindInRun<TReducer, Simd512<T>, T>(call, task);
            else if (Vector256.IsHardwareAccelerated)
                FindInRun<TReducer, Simd256<T>, T>(call, task);
            else if (Vector128.IsHardwareAccelerated)
                FindInRun<TReducer, Simd128<T>, T>(call, task);
            else
                FindInRun<TReducer, SimdScalar<T>, T>(call, task);
        }
    }

    /// <summary>Finds the block whose extreme is best, then the element in it.</summary>
    [SkipLocalsInit]
    private static void FindInRun<TReducer, V, T>(ArgCall* call, long row)
        where TReducer : struct, IReducer
        where V : struct, ISimd<V>
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        byte* converted = stackalloc byte[ReduceLoops.Block * sizeof(double)];
        int size = call->DType.ItemSize();
        byte* x = call->X + (row * call->Extent * size);
        T best = default;
        long bestBlock = -1;
        for (long i = 0; i < call->Extent; i += ReduceLoops.Block)
        {
            byte* block = ReadBlock<T>(call, x, i, converted, out nint count);
            T extreme = ReduceLoops<TReducer, V, T>.Lane(ReduceLoops<TReducer, V, T>.Run(block, count));
            if (!T.IsNaN(extreme) && (bestBlock < 0 || IsBetter<TReducer, T>(extreme, best)))
            {
                best = extreme;
                bestBlock = i;
            }
        }

        long index = 0;
        if (bestBlock >= 0)
        {
            T* block = (T*)ReadBlock<T>(call, x, bestBlock, converted, out nint count);
            index = bestBlock + ReduceLoops<TReducer, V, T>.IndexOf((byte*)block, count, best);
        }

        StoreIndex(call->DType, call->Y, row, index);
    }

    private static byte* ReadBlock<T>(ArgCall* call, byte* x, long start, byte* converted, out nint count)
        where T : unmanaged
    {
        count = (nint)Math.Min(ReduceLoops.Block, call->Extent - start);
        byte* block = x + (start * call->DType.ItemSize());
        DType compute = DTypes.Of<T>();
        if (compute == call->DType)
            return block;
        CastLoops.Convert(call->DType, block, compute, converted, count);
        return converted;
    }

    private static void FindInShortRun<TReducer, T>(ArgCall* call, long row)
        where TReducer : struct, IReducer
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        T* x = (T*)call->X + (row * call->Extent);
        T best = x[0];
        long index = 0;
        for (long i = 1; i < call->Extent; i++)
        {
            if (IsBetter<TReducer, T>(x[i], best) || (T.IsNaN(best) && !T.IsNaN(x[i])))
            {
                best = x[i];
                index = i;
            }
        }

        ((T*)call->Y)[row] = T.CreateTruncating(index);
    }

    private static void FindInColumns<TReducer, T>(ArgCall* call, long task)
        where TReducer : struct, IReducer
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        if (Vector512.IsHardwareAccelerated)
            FindInColumns<TReducer, Simd512<T>, T>(call, task);
        else if (Vector256.IsHardwareAccelerated)
            FindInColumns<TReducer, Simd256<T>, T>(call, task);
        else if (Vector128.IsHardwareAccelerated)
            FindInColumns<TReducer, Simd128<T>, T>(call, task);
        else
            FindInColumns<TReducer, SimdScalar<T>, T>(call, task);
    }

    [SkipLocalsInit]
    private static void FindInColumns<TReducer, V, T>(ArgCall* call, long task)
        where TReducer : struct, IReducer
        where V : struct, ISimd<V>
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        byte* best = stackalloc byte[ArgTile * sizeof(double)];
        byte* index = stackalloc byte[ArgTile * sizeof(double)];
        byte* converted = stackalloc byte[ArgTile * sizeof(double)];
        (long outer, long tile) = Math.DivRem(task, call->Tiles);
        long column = tile * ArgTile;
        int columns = (int)Math.Min(ArgTile, call->Inner - column);
        int size = call->DType.ItemSize();
        DType compute = DTypes.Of<T>();
        for (long i = 0; i < call->Extent; i++)
        {
            byte* row = call->X + ((((outer * call->Extent) + i) * call->Inner) + column) * size;
            if (compute != call->DType)
            {
                CastLoops.Convert(call->DType, row, compute, converted, columns);
                row = converted;
            }

            TakeRow<TReducer, V>(row, columns, i, best, index);
        }

        for (int c = 0; c < columns; c++)
        {
            // A column of NaN has kept its first.
            long place = sizeof(T) == sizeof(long) ? ((long*)index)[c] : ((int*)index)[c];
            StoreIndex(call->DType, call->Y, (outer * call->Inner) + column + c, place);
        }
    }

    /// <summary>Takes a row into the best elements so far and the rows that they are from, numbers of the elements' size.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TakeRow<TReducer, V>(byte* row, nint columns, long number, byte* best, byte* index)
        where TReducer : struct, IReducer
        where V : struct, ISimd<V>
    {
        nint width = V.Count * V.ElementSize;
        nint bytes = columns * V.ElementSize;
        V own = V.FromBits(number);
        for (nint i = 0; i < bytes; i += width)
        {
            V x = i <= bytes - width ? V.Load(row + i) : Lanes.LoadPart<V>(row + i, bytes - i);
            if (number == 0)
            {
                V.Store(x, best + i);
                V.Store(own, index + i);
                continue;
            }

            V old = V.Load(best + i);
            V better = typeof(TReducer) == typeof(MaxReducer) ? V.Greater(x, old) : V.Less(x, old);
            better |= V.IsNaN(old) & ~V.IsNaN(x);
            V.Store(V.Select(better, x, old), best + i);
            V.Store(V.Select(better, own, V.Load(index + i)), index + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsBetter<TReducer, T>(T value, T best)
        where TReducer : struct, IReducer
        where T : unmanaged, INumber<T> => typeof(TReducer) == typeof(MaxReducer) ? value > best : value < best;

    private static void StoreIndex(DType dtype, byte* y, long place, long index) =>
        CastLoops.Convert(DType.Int64, (byte*)&index, dtype, y + (place * dtype.ItemSize()), 1);

    private struct ArgCall
    {
        internal DType DType;
        internal byte* X;
        internal byte* Y;
        internal long Extent;
        internal long Inner;
        internal long Tiles;
    }
}
