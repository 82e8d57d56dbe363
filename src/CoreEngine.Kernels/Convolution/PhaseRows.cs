using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CoreEngine.Kernels;

/// <summary>A row of elements that were computed phase by phase (place modulo step), put together.</summary>
internal static unsafe class PhaseRows<T>
    where T : unmanaged, INumber<T>
{
    /// <summary>
    /// Element w is <c>rows[(w + phase) % step][(w + phase) / step]</c>; it is written, or added to what is there.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Interleave(T** rows, long step, long phase, T* row, long count, bool add)
    {
        long w = 0;
        if (step == 2 && Sse2.IsSupported && sizeof(T) >= 4)
        {
            T* a = rows[phase];
            T* b = rows[1 - phase] + phase;
            int lanes = Vector128<T>.Count;
            for (; w + (2 * lanes) <= count; w += 2 * lanes)
            {
                Vector128<T> x = Vector128.Load(a);
                Vector128<T> y = Vector128.Load(b);
                Vector128<T> low;
                Vector128<T> high;
                if (sizeof(T) == 4)
                {
                    low = Sse.UnpackLow(x.AsSingle(), y.AsSingle()).As<float, T>();
                    high = Sse.UnpackHigh(x.AsSingle(), y.AsSingle()).As<float, T>();
                }
                else
                {
                    low = Sse2.UnpackLow(x.AsDouble(), y.AsDouble()).As<double, T>();
                    high = Sse2.UnpackHigh(x.AsDouble(), y.AsDouble()).As<double, T>();
                }

                if (add)
                {
                    low += Vector128.Load(row + w);
                    high += Vector128.Load(row + w + lanes);
                }

                low.Store(row + w);
                high.Store(row + w + lanes);
                a += lanes;
                b += lanes;
            }
        }

        for (; w < count; w++)
        {
            (long place, long own) = Math.DivRem(w + phase, step);
            T value = rows[own][place];
            row[w] = add ? row[w] + value : value;
        }
    }
}
