using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CoreEngine.Kernels;

/// <summary>Which operands of a binary operator are arrays.</summary>
internal enum BinaryForm
{
    Arrays,
    ScalarRight,
    ScalarLeft,
}

/// <summary>
/// One thread's share of an element-wise operator. Where the element type is computed in itself and the output is simply
/// written, the innermost loop runs over the arrays; otherwise (half precision, integers through float64, accumulation)
/// it runs over blocks that stay in the first-level cache.
/// </summary>
[SkipLocalsInit]
internal static unsafe class ElementwiseBlocks
{
    /// <summary>Elements per block: three blocks of float64 fill three quarters of a 32 KB cache.</summary>
    private const int Block = 1024;

    /// <summary>
    /// Bytes of arrays from which results pass by the caches. A machine has tens of megabytes of cache, which the next
    /// operator should still find smaller results in.
    /// </summary>
    internal const long StreamFrom = 48L << 20;

    /// <summary>Whether results should pass by the caches; what is read anyway, as in accumulation, should not.</summary>
    internal static bool Streams(DType dtype, long count, int arrays, bool inPlace) =>
        !inPlace && Sse.IsSupported && count * dtype.ItemSize() * arrays >= StreamFrom;

    /// <summary>
    /// Streaming stores are not ordered with others: they must be visible before this thread says that it is done.
    /// </summary>
    internal static void Fence(bool stream)
    {
        if (stream && Sse.IsSupported)
            Sse.StoreFence();
    }

    /// <summary>The type that an operator computes in.</summary>
    internal static DType ComputeType(DType dtype, bool keepsIntegers) =>
        dtype switch
        {
            DType.Float32 or DType.Float16 => DType.Float32,
            DType.Float64 => DType.Float64,
            DType.Int8 or DType.UInt8 or DType.Int32 or DType.Int64 => keepsIntegers ? dtype : DType.Float64,
            _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "This is not an element type."),
        };

    /// <summary>With <paramref name="stream"/> the caller must call <see cref="Fence"/> afterwards.</summary>
    internal static void Unary<TOp>(
        TOp op,
        DType dtype,
        byte* x,
        byte* y,
        long count,
        bool accumulate,
        bool stream = false
    )
        where TOp : struct, IUnaryBody
    {
        DType compute = ComputeType(dtype, TOp.KeepsIntegers);
        if (compute == dtype && !accumulate)
            Unary(op, dtype, x, y, (nint)count, stream);
        else
            ConvertedUnary(op, dtype, compute, x, y, count, accumulate);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ConvertedUnary<TOp>(
        TOp op,
        DType dtype,
        DType compute,
        byte* x,
        byte* y,
        long count,
        bool accumulate
    )
        where TOp : struct, IUnaryBody
    {
        byte* input = stackalloc byte[Block * sizeof(double)];
        byte* output = stackalloc byte[Block * sizeof(double)];
        int size = dtype.ItemSize();
        for (long i = 0; i < count; i += Block)
        {
            nint length = (nint)Math.Min(Block, count - i);
            byte* source = Read(dtype, x + (i * size), compute, input, length);
            Unary(op, compute, source, output, length, stream: false);
            Write(compute, output, dtype, y + (i * size), input, length, accumulate);
        }
    }

    /// <summary>With <paramref name="stream"/> the caller must call <see cref="Fence"/> afterwards.</summary>
    internal static void Binary<TOp>(
        TOp op,
        BinaryForm form,
        DType dtype,
        DType scalarType,
        byte* a,
        byte* b,
        byte* y,
        long count,
        bool accumulate,
        bool stream = false
    )
        where TOp : struct, IBinaryBody
    {
        DType compute = ComputeType(dtype, TOp.KeepsIntegers);
        double scalar;
        if (form == BinaryForm.ScalarLeft)
            a = ReadScalar(scalarType, a, compute, &scalar);
        else if (form == BinaryForm.ScalarRight)
            b = ReadScalar(scalarType, b, compute, &scalar);

        if (compute == dtype && !accumulate)
            Binary(op, form, dtype, a, b, y, (nint)count, stream);
        else
            ConvertedBinary(op, form, dtype, compute, a, b, y, count, accumulate);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ConvertedBinary<TOp>(
        TOp op,
        BinaryForm form,
        DType dtype,
        DType compute,
        byte* a,
        byte* b,
        byte* y,
        long count,
        bool accumulate
    )
        where TOp : struct, IBinaryBody
    {
        byte* left = stackalloc byte[Block * sizeof(double)];
        byte* right = stackalloc byte[Block * sizeof(double)];
        byte* output = stackalloc byte[Block * sizeof(double)];
        int size = dtype.ItemSize();
        for (long i = 0; i < count; i += Block)
        {
            nint length = (nint)Math.Min(Block, count - i);
            byte* x0 = form == BinaryForm.ScalarLeft ? a : Read(dtype, a + (i * size), compute, left, length);
            byte* x1 = form == BinaryForm.ScalarRight ? b : Read(dtype, b + (i * size), compute, right, length);
            Binary(op, form, compute, x0, x1, output, length, stream: false);
            Write(compute, output, dtype, y + (i * size), left, length, accumulate);
        }
    }

    /// <summary>With <paramref name="stream"/> the caller must call <see cref="Fence"/> afterwards.</summary>
    internal static void Ternary<TOp>(
        DType dtype,
        byte* a,
        byte* b,
        byte* c,
        byte* y,
        long count,
        bool accumulate,
        bool stream = false
    )
        where TOp : struct, ITernaryOp
    {
        DType compute = ComputeType(dtype, TOp.KeepsIntegers);
        if (compute == dtype && !accumulate)
            Ternary<TOp>(dtype, a, b, c, y, (nint)count, stream);
        else
            ConvertedTernary<TOp>(dtype, compute, a, b, c, y, count, accumulate);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ConvertedTernary<TOp>(
        DType dtype,
        DType compute,
        byte* a,
        byte* b,
        byte* c,
        byte* y,
        long count,
        bool accumulate
    )
        where TOp : struct, ITernaryOp
    {
        byte* first = stackalloc byte[Block * sizeof(double)];
        byte* second = stackalloc byte[Block * sizeof(double)];
        byte* third = stackalloc byte[Block * sizeof(double)];
        byte* output = stackalloc byte[Block * sizeof(double)];
        int size = dtype.ItemSize();
        for (long i = 0; i < count; i += Block)
        {
            nint length = (nint)Math.Min(Block, count - i);
            byte* x0 = Read(dtype, a + (i * size), compute, first, length);
            byte* x1 = Read(dtype, b + (i * size), compute, second, length);
            byte* x2 = Read(dtype, c + (i * size), compute, third, length);
            Ternary<TOp>(compute, x0, x1, x2, output, length, stream: false);
            Write(compute, output, dtype, y + (i * size), first, length, accumulate);
        }
    }

    /// <summary>Elements in the compute type: the array itself, or a converted copy in <paramref name="block"/>.</summary>
    private static byte* Read(DType dtype, byte* x, DType compute, byte* block, nint length)
    {
        if (dtype == compute)
            return x;
        CastLoops.Convert(dtype, x, compute, block, length);
        return block;
    }

    private static byte* ReadScalar(DType dtype, byte* number, DType compute, double* scalar)
    {
        if (dtype != DType.Float64 || compute != DType.Float32)
            return Read(dtype, number, compute, (byte*)scalar, 1);
        *(float*)scalar = (float)*(double*)number;
        return (byte*)scalar;
    }

    /// <summary>Stores or adds a block of results; the sum is taken in the compute type and rounded once.</summary>
    internal static void Write(
        DType compute,
        byte* results,
        DType dtype,
        byte* y,
        byte* block,
        nint length,
        bool accumulate
    )
    {
        if (!accumulate)
        {
            CastLoops.Convert(compute, results, dtype, y, length);
        }
        else if (compute == dtype)
        {
            Binary(default(AddBody), BinaryForm.Arrays, dtype, y, results, y, length, stream: false);
        }
        else if (dtype.IsFloat())
        {
            CastLoops.Convert(dtype, y, compute, block, length);
            Binary(default(AddBody), BinaryForm.Arrays, compute, block, results, block, length, stream: false);
            CastLoops.Convert(compute, block, dtype, y, length);
        }
        else
        {
            // Integers truncate before they are added: a float64 sum could not hold every int64.
            CastLoops.Convert(compute, results, dtype, block, length);
            Binary(default(AddBody), BinaryForm.Arrays, dtype, y, block, y, length, stream: false);
        }
    }

    private static void Unary<TOp>(TOp op, DType compute, byte* x, byte* y, nint count, bool stream)
        where TOp : struct, IUnaryBody
    {
        if (compute == DType.Float32)
            Unary<TOp, float>(op, x, y, count, stream);
        else if (compute == DType.Float64)
            Unary<TOp, double>(op, x, y, count, stream);
        else if (TOp.KeepsIntegers)
        {
            if (compute == DType.Int32)
                Unary<TOp, int>(op, x, y, count, stream);
            else if (compute == DType.Int64)
                Unary<TOp, long>(op, x, y, count, stream);
            else if (compute == DType.Int8)
                Unary<TOp, sbyte>(op, x, y, count, stream);
            else
                Unary<TOp, byte>(op, x, y, count, stream);
        }
    }

    private static void Binary<TOp>(
        TOp op,
        BinaryForm form,
        DType compute,
        byte* a,
        byte* b,
        byte* y,
        nint count,
        bool stream
    )
        where TOp : struct, IBinaryBody
    {
        if (compute == DType.Float32)
            Binary<TOp, float>(op, form, a, b, y, count, stream);
        else if (compute == DType.Float64)
            Binary<TOp, double>(op, form, a, b, y, count, stream);
        else if (TOp.KeepsIntegers)
        {
            if (compute == DType.Int32)
                Binary<TOp, int>(op, form, a, b, y, count, stream);
            else if (compute == DType.Int64)
                Binary<TOp, long>(op, form, a, b, y, count, stream);
            else if (compute == DType.Int8)
                Binary<TOp, sbyte>(op, form, a, b, y, count, stream);
            else
                Binary<TOp, byte>(op, form, a, b, y, count, stream);
        }
    }

    private static void Ternary<TOp>(DType compute, byte* a, byte* b, byte* c, byte* y, nint count, bool stream)
        where TOp : struct, ITernaryOp
    {
        if (compute == DType.Float32)
            Ternary<TOp, float>(a, b, c, y, count, stream);
        else if (compute == DType.Float64)
            Ternary<TOp, double>(a, b, c, y, count, stream);
        else if (TOp.KeepsIntegers)
        {
            if (compute == DType.Int32)
                Ternary<TOp, int>(a, b, c, y, count, stream);
            else if (compute == DType.Int64)
                Ternary<TOp, long>(a, b, c, y, count, stream);
            else if (compute == DType.Int8)
                Ternary<TOp, sbyte>(a, b, c, y, count, stream);
            else
                Ternary<TOp, byte>(a, b, c, y, count, stream);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Unary<TOp, T>(TOp op, byte* x, byte* y, nint count, bool stream)
        where TOp : struct, IUnaryBody
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        if (Vector512.IsHardwareAccelerated)
            Run<TOp, Simd512<T>>(op, x, y, count, stream);
        else if (Vector256.IsHardwareAccelerated)
            Run<TOp, Simd256<T>>(op, x, y, count, stream);
        else if (Vector128.IsHardwareAccelerated)
            Run<TOp, Simd128<T>>(op, x, y, count, stream);
        else
            Run<TOp, SimdScalar<T>>(op, x, y, count, stream);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Run<TOp, V>(TOp op, byte* x, byte* y, nint count, bool stream)
        where TOp : struct, IUnaryBody
        where V : struct, ISimd<V> =>
        ElementwiseLoops.Run<UnarySource<TOp, V>, V>(new(op, x), y, count, TOp.IsLight, stream);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Binary<TOp, T>(TOp op, BinaryForm form, byte* a, byte* b, byte* y, nint count, bool stream)
        where TOp : struct, IBinaryBody
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        if (Vector512.IsHardwareAccelerated)
            Run<TOp, Simd512<T>>(op, form, a, b, y, count, stream);
        else if (Vector256.IsHardwareAccelerated)
            Run<TOp, Simd256<T>>(op, form, a, b, y, count, stream);
        else if (Vector128.IsHardwareAccelerated)
            Run<TOp, Simd128<T>>(op, form, a, b, y, count, stream);
        else
            Run<TOp, SimdScalar<T>>(op, form, a, b, y, count, stream);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Run<TOp, V>(TOp op, BinaryForm form, byte* a, byte* b, byte* y, nint count, bool stream)
        where TOp : struct, IBinaryBody
        where V : struct, ISimd<V>
    {
        bool isLight = TOp.IsLight;
        if (form == BinaryForm.Arrays)
            ElementwiseLoops.Run<BinarySource<TOp, V>, V>(new(op, a, b), y, count, isLight, stream);
        else if (form == BinaryForm.ScalarRight)
            ElementwiseLoops.Run<RightScalarSource<TOp, V>, V>(new(op, a, V.Broadcast(b)), y, count, isLight, stream);
        else
            ElementwiseLoops.Run<LeftScalarSource<TOp, V>, V>(new(op, V.Broadcast(a), b), y, count, isLight, stream);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Ternary<TOp, T>(byte* a, byte* b, byte* c, byte* y, nint count, bool stream)
        where TOp : struct, ITernaryOp
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        if (Vector512.IsHardwareAccelerated)
            Run<TOp, Simd512<T>>(a, b, c, y, count, stream);
        else if (Vector256.IsHardwareAccelerated)
            Run<TOp, Simd256<T>>(a, b, c, y, count, stream);
        else if (Vector128.IsHardwareAccelerated)
            Run<TOp, Simd128<T>>(a, b, c, y, count, stream);
        else
            Run<TOp, SimdScalar<T>>(a, b, c, y, count, stream);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Run<TOp, V>(byte* a, byte* b, byte* c, byte* y, nint count, bool stream)
        where TOp : struct, ITernaryOp
        where V : struct, ISimd<V> =>
        ElementwiseLoops.Run<TernarySource<TOp, V>, V>(new(a, b, c), y, count, TOp.IsLight, stream);
}
