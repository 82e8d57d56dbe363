using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>
/// An operand of a broadcast whose rows are short, laid out like the output: as it stands where it is dense, once for all
/// where it repeats itself within a block, and block by block otherwise.
/// </summary>
internal readonly unsafe struct ShortOperand
{
    /// <summary>Elements that <see cref="At"/> gives at most; a copy has room for twice as many.</summary>
    private const int Block = 1024;

    private readonly StridedPlan* _plan;
    private readonly long* _strides;
    private readonly byte* _data;
    private readonly byte* _copy;
    private readonly int _size;
    private readonly bool _isDense;
    private readonly long _period;

    internal ShortOperand(StridedPlan* plan, long* strides, byte* data, byte* copy, int size)
    {
        _plan = plan;
        _strides = strides;
        _data = data;
        _copy = copy;
        _size = size;
        _isDense = true;
        long extent = 1;
        long period = 1;
        for (int axis = plan->Rank - 1; axis >= 0; axis--)
        {
            _isDense &= strides[axis] == extent;
            extent *= plan->Extents[axis];
            if (strides[axis] != 0)
                period = extent;
        }

        if (_isDense || period > Block)
            return;
        _period = period;
        Gather(0, (int)period);
        for (long filled = period; filled < Block + period; )
        {
            // What is there is whole periods: it may be repeated as often as there is room.
            long bytes = Math.Min(filled, Block + period - filled) * size;
            Buffer.MemoryCopy(copy, copy + (filled * size), bytes, bytes);
            filled += bytes / size;
        }
    }

    /// <summary>The elements that belong to the output's from a place on.</summary>
    internal byte* At(long start, int count)
    {
        if (_isDense)
            return _data + (start * _size);
        if (_period > 0)
            return _copy + (start % _period * _size);
        Gather(start, count);
        return _copy;
    }

    private void Gather(long start, int count)
    {
        switch (_size)
        {
            case 1:
                Gather<byte>(start, count);
                break;
            case 2:
                Gather<short>(start, count);
                break;
            case 4:
                Gather<int>(start, count);
                break;
            default:
                Gather<long>(start, count);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Gather<T>(long start, int count)
        where T : unmanaged
    {
        int last = _plan->Rank - 1;
        long inner = _plan->Extents[last];
        bool repeats = _strides[last] == 0;
        var walk = new RowWalk(_plan, start);
        bool isLeft = _strides == _plan->A;
        T* y = (T*)_copy;
        T* stop = y + count;
        while (y < stop)
        {
            T* x = (T*)_data + (isLeft ? walk.A : walk.B);
            long length = Math.Min(inner - walk.Column, stop - y);
            if (repeats)
            {
                // Whole registers: what is too much is overwritten by the next row, or not looked at.
                var values = Vector256.Create(*x);
                for (long i = 0; i < length; i += Vector256<T>.Count)
                {
                    values.Store(y + i);
                }
            }
            else
            {
                x += walk.Column;
                for (long i = 0; i < length; i++)
                {
                    y[i] = x[i];
                }
            }

            y += length;
            walk.Next(_plan);
        }
    }
}
