using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>Products of a compressed sparse row matrix and a dense one.</summary>
/// <remarks>
/// Every element of a result is summed in the order of the stored values, in its own type, by one thread: results depend
/// neither on the number of threads nor on the algorithm that is chosen.
/// </remarks>
public static unsafe class CsrProduct
{
    /// <summary>From so many products on, and only with several threads, a matrix is worth transposing.</summary>
    private const long TransposeFrom = 8 * Elementwise.Grain;

    /// <summary>Columns of the dense factor below which transposing takes as long as the product itself.</summary>
    private const long TransposeColumns = 8;

    /// <summary><c>y = a * b</c>, or <c>y += a * b</c>.</summary>
    /// <param name="a">The sparse factor, of float32 or float64.</param>
    /// <param name="b">The dense factor, (columns of a) x <paramref name="n"/>.</param>
    /// <param name="n">Columns of b and y.</param>
    /// <param name="y">(rows of a) x n.</param>
    /// <param name="accumulate">Adds to what y holds.</param>
    public static void Multiply(in CsrMatrix a, void* b, long n, void* y, bool accumulate)
    {
        if (a.DType == DType.Float32)
            Multiply<float>(a, b, n, y, accumulate);
        else
            Multiply<double>(a, b, n, y, accumulate);
    }

    /// <summary>Scratch memory for <see cref="MultiplyTransposed"/>, in bytes.</summary>
    public static long TransposedScratch(in CsrMatrix a, long n) =>
        IsWorthTransposing(a, n) ? CsrTransposition.Bytes(a) : 0;

    /// <summary><c>y = transpose(a) * b</c>, or <c>y += transpose(a) * b</c>.</summary>
    /// <param name="a">The sparse factor, of float32 or float64.</param>
    /// <param name="b">The dense factor, (rows of a) x <paramref name="n"/>.</param>
    /// <param name="n">Columns of b and y.</param>
    /// <param name="y">(columns of a) x n.</param>
    /// <param name="accumulate">Adds to what y holds.</param>
    /// <param name="scratch"><see cref="TransposedScratch"/> bytes.</param>
    public static void MultiplyTransposed(in CsrMatrix a, void* b, long n, void* y, bool accumulate, void* scratch)
    {
        if (IsWorthTransposing(a, n))
        {
            Multiply(CsrTransposition.Run(a, scratch), b, n, y, accumulate);
            return;
        }

        if (!accumulate)
            Elementwise.Fill(a.DType, 0, y, a.Columns * n);
        if (a.DType == DType.Float32)
            AddTransposed<float>(a, b, n, y);
        else
            AddTransposed<double>(a, b, n, y);
    }

    private static bool IsWorthTransposing(in CsrMatrix a, long n) =>
        KernelTeam.Default.Size > 1 && n >= TransposeColumns && a.Stored * n >= TransposeFrom;

    private static void Multiply<T>(in CsrMatrix a, void* b, long n, void* y, bool accumulate)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        var call = new CsrProductCall<T>
        {
            A = a,
            B = (T*)b,
            N = n,
            Y = (T*)y,
            Accumulate = accumulate,
        };
        long grain = Math.Max(1, Elementwise.Grain / Math.Max(1, n));
        KernelTeam.Default.For(a.Work, grain, Range<T>(), &call);
    }

    private static delegate* <void*, long, long, void> Range<T>()
        where T : unmanaged, INumber<T>, IMinMaxValue<T> =>
        Vector512.IsHardwareAccelerated ? &CsrProductCall<T>.Run<Simd512<T>>
        : Vector256.IsHardwareAccelerated ? &CsrProductCall<T>.Run<Simd256<T>>
        : &CsrProductCall<T>.Run<Simd128<T>>;

    private static void AddTransposed<T>(in CsrMatrix a, void* b, long n, void* y)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        var call = new CsrProductCall<T>
        {
            A = a,
            B = (T*)b,
            N = n,
            Y = (T*)y,
        };
        if (Vector512.IsHardwareAccelerated)
            call.AddTransposed<Simd512<T>>();
        else if (Vector256.IsHardwareAccelerated)
            call.AddTransposed<Simd256<T>>();
        else
            call.AddTransposed<Simd128<T>>();
    }
}
