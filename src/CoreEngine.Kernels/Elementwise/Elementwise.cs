using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace CoreEngine.Kernels;

/// <summary>
/// Drives element-wise operators over whole arrays: picks the widest vectors of this processor, shares large arrays among
/// the <see cref="KernelTeam"/>, and converts where an element type is not computed in itself (float16 is computed in
/// float32 and rounded once; integers as <see cref="IUnaryOp.KeepsIntegers"/> says).
/// </summary>
/// <remarks>
/// Pointers need no alignment. The output may be an input (the same pointer), but must not overlap one otherwise. With
/// <c>accumulate</c> results are added to the output, else they replace it. Results do not depend on the number of threads.
/// </remarks>
public static unsafe class Elementwise
{
    /// <summary>Elements that are worth a thread; smaller arrays run on the caller's.</summary>
    internal const long Grain = 16384;

    /// <summary><c>y = op(x)</c> over <paramref name="n"/> elements.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such element type, or a negative length.</exception>
    public static void Unary<TOp>(DType dtype, void* x, void* y, long n, bool accumulate = false)
        where TOp : struct, IUnaryOp => Unary(default(StaticBody<TOp>), dtype, x, y, n, accumulate);

    /// <summary><c>y = op(x)</c> over <paramref name="n"/> elements, for an operator with parameters.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such element type, or a negative length.</exception>
    public static void Unary<TOp>(TOp op, DType dtype, void* x, void* y, long n, bool accumulate = false)
        where TOp : struct, IUnaryBody
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        if (n <= Grain)
        {
            ElementwiseBlocks.Unary(op, dtype, (byte*)x, (byte*)y, n, accumulate);
            return;
        }

        SharedUnary(op, dtype, x, y, n, accumulate);
    }

    // What threads share is kept out of the way of short arrays.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SharedUnary<TOp>(TOp op, DType dtype, void* x, void* y, long n, bool accumulate)
        where TOp : struct, IUnaryBody
    {
        var call = new UnaryCall<TOp>
        {
            Op = op,
            DType = dtype,
            Size = dtype.ItemSize(),
            X = (byte*)x,
            Y = (byte*)y,
            Accumulate = accumulate,
            Stream = ElementwiseBlocks.Streams(dtype, n, 2, accumulate || x == y),
        };
        KernelTeam.Default.For(n, Grain, &UnaryCall<TOp>.Run, Unsafe.AsPointer(ref call));
    }

    /// <summary><c>y = op(a, b)</c> over <paramref name="n"/> elements.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such element type, or a negative length.</exception>
    public static void Binary<TOp>(DType dtype, void* a, void* b, void* y, long n, bool accumulate = false)
        where TOp : struct, IBinaryOp =>
        Binary(default(StaticBinaryBody<TOp>), BinaryForm.Arrays, dtype, a, b, y, n, accumulate);

    /// <summary><c>y = op(a, b)</c> over <paramref name="n"/> elements, for an operator with parameters.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such element type, or a negative length.</exception>
    public static void Binary<TOp>(TOp op, DType dtype, void* a, void* b, void* y, long n, bool accumulate = false)
        where TOp : struct, IBinaryBody => Binary(op, BinaryForm.Arrays, dtype, a, b, y, n, accumulate);

    /// <summary>
    /// <c>y = op(a, scalar)</c> over <paramref name="n"/> elements. The scalar is first converted to the type that is
    /// computed in.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">No such element type, or a negative length.</exception>
    public static void BinaryScalar<TOp>(DType dtype, void* a, double scalar, void* y, long n, bool accumulate = false)
        where TOp : struct, IBinaryOp =>
        Binary(default(StaticBinaryBody<TOp>), BinaryForm.ScalarRight, dtype, a, &scalar, y, n, accumulate);

    /// <summary>
    /// <c>y = op(scalar, b)</c> over <paramref name="n"/> elements. The scalar is first converted to the type that is
    /// computed in.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">No such element type, or a negative length.</exception>
    public static void ScalarBinary<TOp>(DType dtype, double scalar, void* b, void* y, long n, bool accumulate = false)
        where TOp : struct, IBinaryOp =>
        Binary(default(StaticBinaryBody<TOp>), BinaryForm.ScalarLeft, dtype, &scalar, b, y, n, accumulate);

    /// <summary><c>y = op(a, b, c)</c> over <paramref name="n"/> elements.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such element type, or a negative length.</exception>
    public static void Ternary<TOp>(DType dtype, void* a, void* b, void* c, void* y, long n, bool accumulate = false)
        where TOp : struct, ITernaryOp
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        if (n <= Grain)
        {
            ElementwiseBlocks.Ternary<TOp>(dtype, (byte*)a, (byte*)b, (byte*)c, (byte*)y, n, accumulate);
            return;
        }

        SharedTernary<TOp>(dtype, a, b, c, y, n, accumulate);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SharedTernary<TOp>(DType dtype, void* a, void* b, void* c, void* y, long n, bool accumulate)
        where TOp : struct, ITernaryOp
    {
        var call = new TernaryCall<TOp>
        {
            DType = dtype,
            Size = dtype.ItemSize(),
            A = (byte*)a,
            B = (byte*)b,
            C = (byte*)c,
            Y = (byte*)y,
            Accumulate = accumulate,
            Stream = ElementwiseBlocks.Streams(dtype, n, 4, accumulate || a == y || b == y || c == y),
        };
        KernelTeam.Default.For(n, Grain, &TernaryCall<TOp>.Run, Unsafe.AsPointer(ref call));
    }

    /// <summary>
    /// Whether arrays of so many bytes together are so large that results should pass by the caches, so that the next
    /// operator still finds smaller ones there.
    /// </summary>
    public static bool IsLarge(long bytes) => bytes >= ElementwiseBlocks.StreamFrom && Sse.IsSupported;

    /// <summary>
    /// Copies bytes past the caches, on the calling thread. <see cref="Fence"/> must follow the last of such copies before
    /// the thread says that it is done.
    /// </summary>
    public static void CopyPastCaches(void* x, void* y, long bytes)
    {
        ElementwiseBlocks.Unary(
            default(CopyBody),
            DType.UInt8,
            (byte*)x,
            (byte*)y,
            bytes,
            accumulate: false,
            stream: Sse.IsSupported
        );
    }

    /// <summary>Makes what this thread has copied past the caches visible to others.</summary>
    public static void Fence() => ElementwiseBlocks.Fence(Sse.IsSupported);

    /// <summary>Every element becomes <paramref name="value"/>, converted as <see cref="Cast"/> does.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such element type, or a negative length.</exception>
    public static void Fill(DType dtype, double value, void* y, long n)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        long element = 0;
        CastLoops.Convert(DType.Float64, (byte*)&value, dtype, (byte*)&element, 1);
        Fill(dtype, &element, y, n);
    }

    /// <summary>Every element becomes the one that <paramref name="element"/> points to.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such element type, or a negative length.</exception>
    public static void Fill(DType dtype, void* element, void* y, long n)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        var call = new FillCall
        {
            Element = (byte*)element,
            Y = (byte*)y,
            Size = dtype.ItemSize(),
        };
        KernelTeam.Default.For(n, Grain * 4, &FillCall.Run, &call);
    }

    private static void Binary<TOp>(
        TOp op,
        BinaryForm form,
        DType dtype,
        void* a,
        void* b,
        void* y,
        long n,
        bool accumulate
    )
        where TOp : struct, IBinaryBody
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        if (n <= Grain)
        {
            ElementwiseBlocks.Binary(op, form, dtype, DType.Float64, (byte*)a, (byte*)b, (byte*)y, n, accumulate);
            return;
        }

        SharedBinary(op, form, dtype, a, b, y, n, accumulate);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SharedBinary<TOp>(
        TOp op,
        BinaryForm form,
        DType dtype,
        void* a,
        void* b,
        void* y,
        long n,
        bool accumulate
    )
        where TOp : struct, IBinaryBody
    {
        var call = new BinaryCall<TOp>
        {
            Op = op,
            Form = form,
            DType = dtype,
            ScalarType = DType.Float64,
            Size = dtype.ItemSize(),
            A = (byte*)a,
            B = (byte*)b,
            Y = (byte*)y,
            Accumulate = accumulate,
            Stream = ElementwiseBlocks.Streams(
                dtype,
                n,
                form == BinaryForm.Arrays ? 3 : 2,
                accumulate || a == y || b == y
            ),
        };
        KernelTeam.Default.For(n, Grain, &BinaryCall<TOp>.Run, Unsafe.AsPointer(ref call));
    }
}
