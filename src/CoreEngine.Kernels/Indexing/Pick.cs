using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>Reads or writes one element of each line along an axis.</summary>
public static unsafe class Pick
{
    /// <summary>
    /// Reads: y[o, i] = x[o, indices[o, i], i] for x of (<paramref name="outer"/>, <paramref name="length"/>,
    /// <paramref name="inner"/>); indices are cut off to what exists.
    /// </summary>
    /// <param name="dtype">Element type of both arrays.</param>
    /// <param name="x">The input.</param>
    /// <param name="indices">Places along the axis, (outer, inner).</param>
    /// <param name="outer">Arrays before the axis.</param>
    /// <param name="length">Length of the axis, at least 1.</param>
    /// <param name="inner">Elements behind the axis.</param>
    /// <param name="y">The output, (outer, inner); it must not overlap the input.</param>
    public static void Read(DType dtype, void* x, long* indices, long outer, long length, long inner, void* y) =>
        Start(dtype, x, indices, outer, length, inner, y, isWrite: false);

    /// <summary>
    /// Writes: x[o, indices[o, i], i] = y[o, i] for x of (<paramref name="outer"/>, <paramref name="length"/>,
    /// <paramref name="inner"/>); indices are cut off to what exists.
    /// </summary>
    /// <param name="dtype">Element type of both arrays.</param>
    /// <param name="y">What is written, (outer, inner).</param>
    /// <param name="indices">Places along the axis, (outer, inner).</param>
    /// <param name="outer">Arrays before the axis.</param>
    /// <param name="length">Length of the axis, at least 1.</param>
    /// <param name="inner">Elements behind the axis.</param>
    /// <param name="x">The array that is written to; the rest of it stays.</param>
    public static void Write(DType dtype, void* y, long* indices, long outer, long length, long inner, void* x) =>
        Start(dtype, x, indices, outer, length, inner, y, isWrite: true);

    private static void Start(
        DType dtype,
        void* x,
        long* indices,
        long outer,
        long length,
        long inner,
        void* y,
        bool isWrite
    )
    {
        var call = new Call
        {
            Size = dtype.ItemSize(),
            X = (byte*)x,
            Y = (byte*)y,
            Indices = indices,
            Length = length,
            Inner = inner,
            IsWrite = isWrite,
        };
        KernelTeam.Default.For(outer, Math.Max(1, Elementwise.Grain / Math.Max(1, inner)), &Run, &call);
    }

    private static void Run(void* state, long start, long end)
    {
        var call = (Call*)state;
        switch (call->Size)
        {
            case 1:
                Lines<byte>(call, start, end);
                break;
            case 2:
                Lines<short>(call, start, end);
                break;
            case 4:
                Lines<int>(call, start, end);
                break;
            default:
                Lines<long>(call, start, end);
                break;
        }
    }

    private static void Lines<T>(Call* call, long start, long end)
        where T : unmanaged
    {
        long inner = call->Inner;
        long block = inner * call->Length;
        T* x = (T*)call->X + (start * block);
        T* y = (T*)call->Y + (start * inner);
        long* indices = call->Indices + (start * inner);
        long lines = end - start;
        long last = call->Length - 1;
        if (call->IsWrite)
            WriteLines(x, indices, y, lines, last, inner, block);
        else if (inner == 1)
            ReadRows(x, indices, y, lines, last, block);
        else
            ReadLines(x, indices, y, lines, last, inner, block);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ReadRows<T>(T* x, long* indices, T* y, long rows, long last, long block)
        where T : unmanaged
    {
        for (long i = 0; i < rows; i++, x += block)
        {
            y[i] = x[Cut(indices[i], last)];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ReadLines<T>(T* x, long* indices, T* y, long lines, long last, long inner, long block)
        where T : unmanaged
    {
        for (; lines > 0; lines--, x += block, y += inner, indices += inner)
        {
            for (long i = 0; i < inner; i++)
            {
                y[i] = x[(Cut(indices[i], last) * inner) + i];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WriteLines<T>(T* x, long* indices, T* y, long lines, long last, long inner, long block)
        where T : unmanaged
    {
        for (; lines > 0; lines--, x += block, y += inner, indices += inner)
        {
            for (long i = 0; i < inner; i++)
            {
                x[(Cut(indices[i], last) * inner) + i] = y[i];
            }
        }
    }

    /// <summary>One test for what hardly ever happens: four times as fast as the larger and the smaller of two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Cut(long index, long last) =>
        (ulong)index <= (ulong)last ? index
        : index < 0 ? 0
        : last;

    private struct Call
    {
        internal int Size;
        internal byte* X;
        internal byte* Y;
        internal long* Indices;
        internal long Length;
        internal long Inner;
        internal bool IsWrite;
    }
}
