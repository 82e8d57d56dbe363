namespace CoreEngine.Kernels;

/// <summary>Converts arrays between element types.</summary>
public static unsafe class Cast
{
    /// <summary>
    /// <c>y = x</c> in another element type, as C converts: fractions are cut off on the way to integers, integers keep their
    /// low bits, and floating point rounds to nearest even.
    /// </summary>
    /// <remarks>
    /// What an integer type cannot hold has no meaning in C; here NaN, and numbers that do not fit, become the smallest value
    /// of int32 and int64, and int8 and uint8 take the low 8 bits of the int32 (so 300 gives 44 and -1 gives 255 in uint8).
    /// </remarks>
    /// <param name="from">Element type of <paramref name="x"/>.</param>
    /// <param name="x">The input.</param>
    /// <param name="to">Element type of <paramref name="y"/>.</param>
    /// <param name="y">The output; it may be the input when both types are the same, else it must not overlap it.</param>
    /// <param name="n">Number of elements.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such element type, or a negative length.</exception>
    public static void Convert(DType from, void* x, DType to, void* y, long n)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        var call = new Call
        {
            From = from,
            To = to,
            X = (byte*)x,
            Y = (byte*)y,
            FromSize = from.ItemSize(),
            ToSize = to.ItemSize(),
            Stream = from != to && ElementwiseBlocks.Streams(to, n, 2, inPlace: false),
        };
        if (n <= Elementwise.Grain)
            Run(&call, 0, n);
        else
            KernelTeam.Default.For(n, Elementwise.Grain, &Run, &call);
    }

    private static void Run(void* state, long start, long end)
    {
        var call = (Call*)state;
        CastLoops.Convert(
            call->From,
            call->X + (start * call->FromSize),
            call->To,
            call->Y + (start * call->ToSize),
            (nint)(end - start),
            call->Stream
        );
        ElementwiseBlocks.Fence(call->Stream);
    }

    private struct Call
    {
        internal DType From;
        internal DType To;
        internal int FromSize;
        internal int ToSize;
        internal byte* X;
        internal byte* Y;
        internal bool Stream;
    }
}
