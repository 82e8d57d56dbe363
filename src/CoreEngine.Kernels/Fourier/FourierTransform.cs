using System.Numerics;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>
/// The discrete Fourier transform of real rows, and its adjoint: the real part of the inverse transform of complex rows.
/// Neither is divided by the length. Complex numbers are interleaved: real, imaginary, real, ...
/// </summary>
/// <remarks>
/// Rows of even length are transformed as complex rows of half the length. Lengths whose prime factors are small take
/// time n log n by themselves, others as a convolution of such a length (Bluestein, "A linear filtering approach to the
/// computation of the discrete Fourier transform", 1970). No row influences another.
/// </remarks>
/// <param name="Rows">Number of rows.</param>
/// <param name="Length">Numbers of a real row and of a complex one, at least 1.</param>
public readonly unsafe record struct FourierTransform(long Rows, long Length)
{
    /// <summary>Rows from which on registers hold one element of each.</summary>
    private const long RowsForLanes = 3;

    private readonly long _slots = Math.Min(Math.Max(Rows, 1), KernelTeam.Default.Size);

    /// <summary>Bytes of scratch memory that a transform needs.</summary>
    /// <param name="dtype">float32 or float64.</param>
    public long Scratch(DType dtype) =>
        checked((FourierPlan.Elements(Length) + (_slots * SlotElements)) * dtype.ItemSize());

    // Two complex rows to work in, a result, and what the transposition may write behind it.
    private long SlotElements =>
        checked(
            ((4 * FourierPlan.WorkLength(Length)) + (2 * Length) + FourierRows.Slack)
            * (Rows < RowsForLanes ? 1 : FourierRows.MostLanes)
        );

    /// <summary><c>y[k] = sum over n of x[n] exp(-2 pi i k n / length)</c>: real rows to complex rows.</summary>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="x">Rows of real numbers.</param>
    /// <param name="y">Out: rows of complex numbers.</param>
    /// <param name="scratch"><see cref="Scratch"/> bytes, aligned to 64.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type is not float32 or float64.</exception>
    public void Forward(DType dtype, void* x, void* y, void* scratch) => Start(dtype, x, y, scratch, inverse: false);

    /// <summary><c>y[n] = real part of sum over k of x[k] exp(2 pi i k n / length)</c>: complex rows to real rows.</summary>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="x">Rows of complex numbers.</param>
    /// <param name="y">Out: rows of real numbers.</param>
    /// <param name="scratch"><see cref="Scratch"/> bytes, aligned to 64.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type is not float32 or float64.</exception>
    public void Inverse(DType dtype, void* x, void* y, void* scratch) => Start(dtype, x, y, scratch, inverse: true);

    private void Start(DType dtype, void* x, void* y, void* scratch, bool inverse)
    {
        switch (dtype)
        {
            case DType.Float32:
                Run((float*)x, (float*)y, (float*)scratch, inverse);
                break;
            case DType.Float64:
                Run((double*)x, (double*)y, (double*)scratch, inverse);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Only float32 and float64 are computed.");
        }
    }

    private void Run<T>(T* x, T* y, T* scratch, bool inverse)
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        if (Rows == 0)
            return;
        T* slots = scratch + FourierPlan.Elements(Length);
        var call = new Call<T>
        {
            Plan = FourierPlan<T>.Make(Length, scratch, slots),
            Sizes = this,
            X = x,
            Y = y,
            Slots = slots,
            Inverse = inverse,
        };
        KernelTeam.Default.For(_slots, 1, &Slots<T>, &call);
    }

    private static void Slots<T>(void* state, long first, long last)
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        var call = (Call<T>*)state;
        if (call->Sizes.Rows < RowsForLanes)
            Slots<SimdScalar<T>, T>(call, first, last);
        else if (Vector256.IsHardwareAccelerated)
            Slots<Simd256<T>, T>(call, first, last);
        else
            Slots<Simd128<T>, T>(call, first, last);
    }

    /// <summary>A slot has memory for as many rows as a register has lanes, and takes every slots-th such group.</summary>
    private static void Slots<V, T>(Call<T>* call, long first, long last)
        where V : struct, ISimd<V>
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        FourierTransform sizes = call->Sizes;
        long groups = (sizes.Rows + V.Count - 1) / V.Count;
        for (long slot = first; slot < last; slot++)
        {
            var rows = new FourierRows<V, T>(&call->Plan, call->Slots + (slot * sizes.SlotElements));
            for (long group = slot; group < groups; group += sizes._slots)
            {
                long row = group * V.Count;
                int count = (int)Math.Min(V.Count, sizes.Rows - row);
                if (call->Inverse)
                    rows.Inverse(call->X + (row * 2 * sizes.Length), call->Y + (row * sizes.Length), count);
                else
                    rows.Forward(call->X + (row * sizes.Length), call->Y + (row * 2 * sizes.Length), count);
            }
        }
    }

    private struct Call<T>
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        internal FourierPlan<T> Plan;
        internal FourierTransform Sizes;
        internal T* X;
        internal T* Y;
        internal T* Slots;
        internal bool Inverse;
    }
}
