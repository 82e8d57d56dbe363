using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>The arguments of a call, as the threads of a team see them.</summary>
internal unsafe struct UnaryCall<TOp>
    where TOp : struct, IUnaryBody
{
    internal TOp Op;
    internal DType DType;
    internal int Size;
    internal byte* X;
    internal byte* Y;
    internal bool Accumulate;
    internal bool Stream;

    internal static void Run(void* state, long start, long end)
    {
        ref UnaryCall<TOp> call = ref Unsafe.AsRef<UnaryCall<TOp>>(state);
        long offset = start * call.Size;
        byte* x = call.X + offset;
        byte* y = call.Y + offset;
        ElementwiseBlocks.Unary(call.Op, call.DType, x, y, end - start, call.Accumulate, call.Stream);
        ElementwiseBlocks.Fence(call.Stream);
    }
}

/// <inheritdoc cref="UnaryCall{TOp}"/>
internal unsafe struct BinaryCall<TOp>
    where TOp : struct, IBinaryBody
{
    internal TOp Op;
    internal BinaryForm Form;
    internal DType DType;
    internal DType ScalarType;
    internal int Size;
    internal byte* A;
    internal byte* B;
    internal byte* Y;
    internal bool Accumulate;
    internal bool Stream;

    internal static void Run(void* state, long start, long end)
    {
        ref BinaryCall<TOp> call = ref Unsafe.AsRef<BinaryCall<TOp>>(state);
        long offset = start * call.Size;
        byte* a = call.Form == BinaryForm.ScalarLeft ? call.A : call.A + offset;
        byte* b = call.Form == BinaryForm.ScalarRight ? call.B : call.B + offset;
        byte* y = call.Y + offset;
        ElementwiseBlocks.Binary(
            call.Op,
            call.Form,
            call.DType,
            call.ScalarType,
            a,
            b,
            y,
            end - start,
            call.Accumulate,
            call.Stream
        );
        ElementwiseBlocks.Fence(call.Stream);
    }
}

/// <inheritdoc cref="UnaryCall{TOp}"/>
internal unsafe struct TernaryCall<TOp>
    where TOp : struct, ITernaryOp
{
    internal DType DType;
    internal int Size;
    internal byte* A;
    internal byte* B;
    internal byte* C;
    internal byte* Y;
    internal bool Accumulate;
    internal bool Stream;

    internal static void Run(void* state, long start, long end)
    {
        ref TernaryCall<TOp> call = ref Unsafe.AsRef<TernaryCall<TOp>>(state);
        long offset = start * call.Size;
        ElementwiseBlocks.Ternary<TOp>(
            call.DType,
            call.A + offset,
            call.B + offset,
            call.C + offset,
            call.Y + offset,
            end - start,
            call.Accumulate,
            call.Stream
        );
        ElementwiseBlocks.Fence(call.Stream);
    }
}

/// <inheritdoc cref="UnaryCall{TOp}"/>
internal unsafe struct FillCall
{
    internal byte* Element;
    internal byte* Y;
    internal int Size;

    internal static void Run(void* state, long start, long end)
    {
        var call = (FillCall*)state;
        byte* y = call->Y + (start * call->Size);
        nint count = (nint)(end - start);
        switch (call->Size)
        {
            case 1:
                Fill<byte>(call->Element, y, count);
                break;
            case 2:
                // Two elements as one of four bytes, and the odd one by itself.
                ushort element = *(ushort*)call->Element;
                int pair = (element << 16) | element;
                Fill<int>((byte*)&pair, y, count / 2);
                if ((count & 1) != 0)
                    *(ushort*)(y + (2 * (count - 1))) = element;
                break;
            case 4:
                Fill<int>(call->Element, y, count);
                break;
            default:
                Fill<long>(call->Element, y, count);
                break;
        }
    }

    private static void Fill<T>(byte* element, byte* y, nint count)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        if (Vector512.IsHardwareAccelerated)
            ElementwiseLoops.Fill<Simd512<T>>(element, y, count);
        else if (Vector256.IsHardwareAccelerated)
            ElementwiseLoops.Fill<Simd256<T>>(element, y, count);
        else if (Vector128.IsHardwareAccelerated)
            ElementwiseLoops.Fill<Simd128<T>>(element, y, count);
        else
            ElementwiseLoops.Fill<SimdScalar<T>>(element, y, count);
    }
}
