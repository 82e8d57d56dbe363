using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace CoreEngine.Kernels;

/// <summary>Reads rows in any order.</summary>
public static unsafe class Gather
{
    /// <summary>Row i of the output is row <c>indices[i]</c> of the input, or a constant where that is negative.</summary>
    /// <param name="dtype">Element type of both arrays.</param>
    /// <param name="x">The rows, one after the other.</param>
    /// <param name="rowLength">Elements of a row.</param>
    /// <param name="indices">Row numbers; the caller has checked that they exist.</param>
    /// <param name="count">How many.</param>
    /// <param name="y">The output; must not overlap the input.</param>
    /// <param name="constant">What rows with a negative number are filled with.</param>
    /// <exception cref="ArgumentOutOfRangeException">A length is negative, or no such element type.</exception>
    public static void Rows(
        DType dtype,
        void* x,
        long rowLength,
        long* indices,
        long count,
        void* y,
        double constant = 0
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rowLength);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (rowLength == 0)
            return;
        var call = new Call
        {
            Size = dtype.ItemSize(),
            DType = dtype,
            X = (byte*)x,
            Y = (byte*)y,
            RowLength = rowLength,
            Indices = indices,
            Constant = constant,
            Stream = ElementwiseBlocks.Streams(dtype, count * rowLength, 2, inPlace: false),
        };
        Elementwise.Fill(dtype, constant, &call.Element, 1);
        KernelTeam.Default.For(count, Math.Max(1, Elementwise.Grain / rowLength), &Run, &call);
    }

    private static void Run(void* state, long start, long end)
    {
        var call = (Call*)state;
        if (call->RowLength > 1)
        {
            CopyRows(call, start, end);
            return;
        }

        switch (call->Size)
        {
            case 1:
                CopyElements<byte>(call, start, end);
                break;
            case 2:
                CopyElements<short>(call, start, end);
                break;
            case 4:
                CopyElements<int>(call, start, end);
                break;
            default:
                CopyElements<long>(call, start, end);
                break;
        }
    }

    /// <summary>Rows that are asked for ahead: their places are known, but no prefetcher can guess them.</summary>
    private const long Ahead = 8;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyRows(Call* call, long start, long end)
    {
        long* indices = call->Indices;
        byte* x = call->X;
        long bytes = call->RowLength * call->Size;
        long asked = Math.Min(bytes, 1024);
        byte* y = call->Y + (start * bytes);
        bool stream = call->Stream && ((bytes | (nint)y) & 31) == 0;
        for (long i = start; i < end; i++, y += bytes)
        {
            if (Sse.IsSupported && i + Ahead < end && indices[i + Ahead] is var next && next >= 0)
            {
                for (long line = 0; line < asked; line += 64)
                {
                    Sse.Prefetch0(x + (next * bytes) + line);
                }
            }

            long row = indices[i];
            if (row >= 0 && stream)
                RunCopy.CopyStreaming(x + (row * bytes), y, (nint)bytes);
            else if (row >= 0)
                RunCopy.Copy(x + (row * bytes), y, (nint)bytes);
            else
                Elementwise.Fill(call->DType, call->Constant, y, call->RowLength);
        }

        ElementwiseBlocks.Fence(stream);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyElements<T>(Call* call, long start, long end)
        where T : unmanaged
    {
        long* indices = call->Indices;
        var x = (T*)call->X;
        var y = (T*)call->Y;
        T constant = *(T*)&call->Element;
        for (long i = start; i < end; i++)
        {
            long index = indices[i];
            y[i] = index >= 0 ? x[index] : constant;
        }
    }

    private struct Call
    {
        internal DType DType;
        internal int Size;
        internal byte* X;
        internal byte* Y;
        internal long RowLength;
        internal long* Indices;
        internal double Constant;
        internal long Element;
        internal bool Stream;
    }
}
