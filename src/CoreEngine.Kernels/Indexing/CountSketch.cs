using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>Adds the elements of rows, with signs, to the places that a hash gives them; and the adjoint of that.</summary>
public static unsafe class CountSketch
{
    /// <summary><c>y[places[i]] += signs[i] x[i]</c> for each row, starting from 0 unless accumulating.</summary>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="length">Elements of a row of x.</param>
    /// <param name="width">Elements of a row of y.</param>
    /// <param name="x">The rows.</param>
    /// <param name="places">For each element its place, below the width.</param>
    /// <param name="signs">For each element its factor.</param>
    /// <param name="y">Result.</param>
    /// <param name="accumulate">Add to what the result holds.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type is not float32 or float64.</exception>
    public static void Project(
        DType dtype,
        long rows,
        long length,
        long width,
        void* x,
        long* places,
        void* signs,
        void* y,
        bool accumulate
    )
    {
        var call = new Call
        {
            Length = length,
            Width = width,
            X = x,
            Places = places,
            Signs = signs,
            Y = y,
            Accumulate = accumulate,
            Spreads = true,
        };
        Start(dtype, rows, &call);
    }

    /// <summary><c>dx[i] = signs[i] dy[places[i]]</c> for each row, or dx += that.</summary>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="length">Elements of a row of dx.</param>
    /// <param name="width">Elements of a row of dy.</param>
    /// <param name="dy">The rows.</param>
    /// <param name="places">For each element its place, below the width.</param>
    /// <param name="signs">For each element its factor.</param>
    /// <param name="dx">Result.</param>
    /// <param name="accumulate">Add to what the result holds.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type is not float32 or float64.</exception>
    public static void Collect(
        DType dtype,
        long rows,
        long length,
        long width,
        void* dy,
        long* places,
        void* signs,
        void* dx,
        bool accumulate
    )
    {
        var call = new Call
        {
            Length = length,
            Width = width,
            X = dy,
            Places = places,
            Signs = signs,
            Y = dx,
            Accumulate = accumulate,
        };
        Start(dtype, rows, &call);
    }

    private static void Start(DType dtype, long rows, Call* call)
    {
        long grain = Math.Max(1, Elementwise.Grain / Math.Max(call->Length, call->Width));
        switch (dtype)
        {
            case DType.Float32:
                KernelTeam.Default.For(rows, grain, &Run<float>, call);
                break;
            case DType.Float64:
                KernelTeam.Default.For(rows, grain, &Run<double>, call);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Only float32 and float64 are computed.");
        }
    }

    private static void Run<T>(void* state, long first, long last)
        where T : unmanaged, INumber<T>
    {
        var call = (Call*)state;
        (long length, long width) = (call->Length, call->Width);
        long* places = call->Places;
        var signs = (T*)call->Signs;
        for (long row = first; row < last; row++)
        {
            if (call->Spreads)
            {
                T* x = (T*)call->X + (row * length);
                T* y = (T*)call->Y + (row * width);
                if (!call->Accumulate)
                    Elementwise.Fill(DTypes.Of<T>(), 0, y, width);
                for (long i = 0; i < length; i++)
                {
                    y[places[i]] += signs[i] * x[i];
                }
            }
            else
            {
                T* dy = (T*)call->X + (row * width);
                T* dx = (T*)call->Y + (row * length);
                for (long i = 0; i < length; i++)
                {
                    T value = signs[i] * dy[places[i]];
                    dx[i] = call->Accumulate ? dx[i] + value : value;
                }
            }
        }
    }

    private struct Call
    {
        internal long Length;
        internal long Width;
        internal void* X;
        internal long* Places;
        internal void* Signs;
        internal void* Y;
        internal bool Accumulate;
        internal bool Spreads;
    }
}
