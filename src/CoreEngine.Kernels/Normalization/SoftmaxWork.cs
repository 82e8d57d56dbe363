using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>
/// One softmax call, cut into blocks: one row where classes are adjacent, else some columns of one outer index. Blocks
/// that are not of the computed type, or are added to the result, go through buffers of the thread.
/// </summary>
internal unsafe struct SoftmaxWork
{
    /// <summary>Columns handled together where classes are not adjacent.</summary>
    private const long BlockColumns = 256;

    private const long ElementsPerThread = 4096;

    public byte* X;
    public byte* Dy;
    public byte* Y;
    public double Scale;
    public bool Logarithm;
    public bool Accumulate;

    private readonly DType _dtype;
    private readonly long _outer;
    private readonly long _classes;
    private readonly long _inner;
    private readonly long _blocks;
    private bool _backward;

    internal SoftmaxWork(DType dtype, long outer, long classes, long inner)
    {
        Softmax.Check(dtype, outer, classes, inner);
        _dtype = dtype;
        _outer = outer;
        _classes = classes;
        _inner = inner;
        _blocks = (inner + BlockColumns - 1) / BlockColumns;
    }

    internal void Run(bool backward)
    {
        if (_outer == 0 || _classes == 0 || _inner == 0)
        {
            return;
        }

        _backward = backward;
        SoftmaxWork copy = this;
        long perBlock = _classes * Math.Min(_inner, BlockColumns);
        KernelTeam.Default.For(_outer * _blocks, Math.Max(1, ElementsPerThread / perBlock), &Range, &copy);
    }

    private static void Range(void* state, long first, long last)
    {
        var work = (SoftmaxWork*)state;
        bool wide = work->_dtype == DType.Float64;
        if (Vector512.IsHardwareAccelerated)
        {
            if (wide)
                Blocks<Simd512<double>, double>(work, first, last);
            else
                Blocks<Simd512<float>, float>(work, first, last);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            if (wide)
                Blocks<Simd256<double>, double>(work, first, last);
            else
                Blocks<Simd256<float>, float>(work, first, last);
        }
        else
        {
            if (wide)
                Blocks<Simd128<double>, double>(work, first, last);
            else
                Blocks<Simd128<float>, float>(work, first, last);
        }
    }

    private static void Blocks<V, T>(SoftmaxWork* work, long first, long last)
        where V : struct, ISimd<V>
        where T : unmanaged, System.Numerics.INumber<T>, System.Numerics.IMinMaxValue<T>
    {
        DType computed = DTypes.Of<T>();
        bool direct = work->_dtype == computed && !work->Accumulate;
        long classes = work->_classes;
        long inner = work->_inner;
        T scale = T.CreateTruncating(work->Scale);
        for (long item = first; item < last; item++)
        {
            long column = item % work->_blocks * BlockColumns;
            long columns = Math.Min(BlockColumns, inner - column);
            long start = (item / work->_blocks * classes * inner) + column;
            if (direct)
            {
                T* x = (T*)work->X + start;
                T* y = (T*)work->Y + start;
                if (work->_backward)
                    SoftmaxLoops<V, T>.Backward(
                        x,
                        (T*)work->Dy + start,
                        y,
                        classes,
                        columns,
                        inner,
                        scale,
                        work->Logarithm
                    );
                else
                    SoftmaxLoops<V, T>.Forward(x, y, classes, columns, inner, scale, work->Logarithm);
                continue;
            }

            long size = classes * columns;
            T* a = (T*)PackArena.Get(PackArena.Slot.Result, 2 * size * sizeof(T));
            T* b = a + size;
            Gather(work->_dtype, work->X, start, classes, columns, inner, computed, a);
            if (work->_backward)
            {
                Gather(work->_dtype, work->Dy, start, classes, columns, inner, computed, b);
                SoftmaxLoops<V, T>.Backward(a, b, b, classes, columns, columns, scale, work->Logarithm);
            }
            else
            {
                SoftmaxLoops<V, T>.Forward(a, b, classes, columns, columns, scale, work->Logarithm);
            }

            if (work->Accumulate)
            {
                Gather(work->_dtype, work->Y, start, classes, columns, inner, computed, a);
                for (long i = 0; i < size; i++)
                {
                    b[i] += a[i];
                }
            }

            long lines = inner == 1 ? 1 : classes;
            long length = inner == 1 ? classes : columns;
            int itemSize = work->_dtype.ItemSize();
            for (long line = 0; line < lines; line++)
            {
                byte* target = work->Y + ((start + (line * inner)) * itemSize);
                Cast.Convert(computed, b + (line * length), work->_dtype, target, length);
            }
        }
    }

    /// <summary>Brings a block together and to the computed type.</summary>
    private static void Gather(
        DType from,
        byte* source,
        long start,
        long classes,
        long columns,
        long inner,
        DType to,
        void* target
    )
    {
        int itemSize = from.ItemSize();
        if (inner == 1)
        {
            Cast.Convert(from, source + (start * itemSize), to, target, classes);
            return;
        }

        for (long c = 0; c < classes; c++)
        {
            Cast.Convert(
                from,
                source + ((start + (c * inner)) * itemSize),
                to,
                (byte*)target + (c * columns * to.ItemSize()),
                columns
            );
        }
    }
}
