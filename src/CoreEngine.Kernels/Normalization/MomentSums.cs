using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CoreEngine.Kernels;

/// <summary>A number of values, their mean, and the sum of their squared distances from it.</summary>
internal struct RunningMoments
{
    public double Count;
    public double Mean;
    public double Squares;

    /// <summary>Takes in more values (Chan, Golub and LeVeque, "Updating formulae ... for computing sample variances", 1979).</summary>
    internal void Add(double count, double mean, double squares)
    {
        if (Count == 0)
        {
            (Count, Mean, Squares) = (count, mean, squares);
            return;
        }

        double total = Count + count;
        double distance = mean - Mean;
        Mean += distance * count / total;
        Squares += squares + (distance * distance * Count * count / total);
        Count = total;
    }
}

/// <summary>
/// Sums over rows of equal length in the element type, block by block: a block is read from memory once and stays in the
/// first cache for its second pass. Blocks are put together in float64, in a fixed order.
/// </summary>
internal static unsafe class MomentSums<V, T>
    where V : struct, ISimd<V>
    where T : unmanaged, INumber<T>
{
    private const long BlockElements = 2048;

    /// <summary>Takes the moments of rows into account.</summary>
    /// <param name="x">First row.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="stride">Elements from one row to the next.</param>
    /// <param name="length">Elements of a row.</param>
    /// <param name="moments">What came before.</param>
    internal static void Moments(T* x, long rows, long stride, long length, ref RunningMoments moments)
    {
        long together = rows == 1 ? 1 : Math.Max(1, BlockElements / length);
        for (long row = 0; row < rows; row += together)
        {
            long count = Math.Min(together, rows - row);
            for (long start = 0; start < length; start += BlockElements)
            {
                long columns = Math.Min(BlockElements, length - start);
                Block(x + (row * stride) + start, count, stride, columns, ref moments);
            }
        }
    }

    /// <summary>The sum of dy * (x - mean), and that of dy.</summary>
    internal static (double Products, double Values) Products(T* dy, T* x, long rows, long stride, long length, T mean)
    {
        double products = 0;
        double values = 0;
        long together = Math.Max(1, BlockElements / length);
        for (long row = 0; row < rows; row += together)
        {
            long count = Math.Min(together, rows - row);
            for (long start = 0; start < length; start += BlockElements)
            {
                long at = (row * stride) + start;
                long columns = Math.Min(BlockElements, length - start);
                ProductBlock(dy + at, x + at, count, stride, columns, mean, ref products, ref values);
            }
        }

        return (products, values);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block(T* x, long rows, long stride, long length, ref RunningMoments moments)
    {
        long whole = length / V.Count * V.Count;
        nint rest = (nint)(length - whole) * sizeof(T);
        V mask = rest > 0 ? Lanes.PartMask<V>(rest) : V.Zero;
        V a = V.Zero;
        V b = V.Zero;
        V c = V.Zero;
        V d = V.Zero;
        for (long row = 0; row < rows; row++)
        {
            T* from = x + (row * stride);
            long i = 0;
            for (; i + (4 * V.Count) <= whole; i += 4 * V.Count)
            {
                a += V.Load(from + i);
                b += V.Load(from + i + V.Count);
                c += V.Load(from + i + (2 * V.Count));
                d += V.Load(from + i + (3 * V.Count));
            }

            for (; i < whole; i += V.Count)
            {
                a += V.Load(from + i);
            }

            if (rest > 0)
                b += V.Select(mask, Lanes.LoadPart<V>((byte*)(from + i), rest), V.Zero);
        }

        double count = (double)rows * length;
        double share = 1 / count;
        T near = T.CreateTruncating(Total((a + b) + (c + d)) * share);
        V center = V.Broadcast(&near);
        a = b = c = d = V.Zero;
        for (long row = 0; row < rows; row++)
        {
            T* from = x + (row * stride);
            long i = 0;
            for (; i + (2 * V.Count) <= whole; i += 2 * V.Count)
            {
                V first = V.Load(from + i) - center;
                V second = V.Load(from + i + V.Count) - center;
                a += first;
                b += second;
                c = V.MultiplyAdd(first, first, c);
                d = V.MultiplyAdd(second, second, d);
            }

            for (; i < whole; i += V.Count)
            {
                V first = V.Load(from + i) - center;
                a += first;
                c = V.MultiplyAdd(first, first, c);
            }

            if (rest > 0)
            {
                V first = Lanes.LoadPart<V>((byte*)(from + i), rest) - center;
                first = V.Select(mask, first, V.Zero);
                b += first;
                d = V.MultiplyAdd(first, first, d);
            }
        }

        // The centre is the mean but for rounding; what is left of the distances makes up for that.
        double left = Total(a + b);
        double squares = Total(c + d);
        double shift = left * share;
        moments.Add(count, double.CreateTruncating(near) + shift, Math.Max(0, squares - (left * shift)));
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ProductBlock(
        T* dy,
        T* x,
        long rows,
        long stride,
        long length,
        T mean,
        ref double products,
        ref double values
    )
    {
        long whole = length / V.Count * V.Count;
        nint rest = (nint)(length - whole) * sizeof(T);
        V mask = rest > 0 ? Lanes.PartMask<V>(rest) : V.Zero;
        V center = V.Broadcast(&mean);
        V a = V.Zero;
        V b = V.Zero;
        V c = V.Zero;
        V d = V.Zero;
        for (long row = 0; row < rows; row++)
        {
            T* g = dy + (row * stride);
            T* from = x + (row * stride);
            long i = 0;
            for (; i + (2 * V.Count) <= whole; i += 2 * V.Count)
            {
                V first = V.Load(g + i);
                V second = V.Load(g + i + V.Count);
                a += first;
                b += second;
                c = V.MultiplyAdd(first, V.Load(from + i) - center, c);
                d = V.MultiplyAdd(second, V.Load(from + i + V.Count) - center, d);
            }

            for (; i < whole; i += V.Count)
            {
                V first = V.Load(g + i);
                a += first;
                c = V.MultiplyAdd(first, V.Load(from + i) - center, c);
            }

            if (rest > 0)
            {
                V first = V.Select(mask, Lanes.LoadPart<V>((byte*)(g + i), rest), V.Zero);
                V distance = Lanes.LoadPart<V>((byte*)(from + i), rest) - center;
                b += first;
                d = V.MultiplyAdd(first, V.Select(mask, distance, V.Zero), d);
            }
        }

        products += Total(c + d);
        values += Total(a + b);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double Total(V value)
    {
        if (Avx.IsSupported && typeof(V) == typeof(Simd256<float>))
        {
            Vector256<float> all = Unsafe.BitCast<V, Vector256<float>>(value);
            Vector256<double> four =
                Avx.ConvertToVector256Double(all.GetLower()) + Avx.ConvertToVector256Double(all.GetUpper());
            Vector128<double> two = four.GetLower() + four.GetUpper();
            return two.ToScalar() + two.GetElement(1);
        }

        T* lanes = stackalloc T[64 / sizeof(T)];
        V.Store(value, lanes);
        double even = 0;
        double odd = 0;
        for (int i = 0; i < V.Count; i += 2)
        {
            even += double.CreateTruncating(lanes[i]);
            odd += double.CreateTruncating(lanes[i + 1]);
        }

        return even + odd;
    }
}
