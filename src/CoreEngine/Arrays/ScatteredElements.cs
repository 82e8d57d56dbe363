using CoreEngine.Kernels;
using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine;

/// <summary>Elements of a matrix in any order, sorted by their places.</summary>
internal readonly unsafe struct ScatteredElements
{
    private readonly long* _rows;
    private readonly long* _columns;
    private readonly Shape _shape;

    // Places of the elements among those given, by row and column; those of one place in the order in which they were given.
    private readonly long[] _order;

    // Where the elements of each row begin in that order.
    private readonly long[] _starts;

    /// <summary>Sorts elements.</summary>
    /// <exception cref="EngineException">A row or column does not exist.</exception>
    internal ScatteredElements(long* rows, long* columns, long count, Shape shape)
    {
        _rows = rows;
        _columns = columns;
        _shape = shape;
        _order = new long[count];
        _starts = new long[shape[0] + 1];
        for (long i = 0; i < count; i++)
        {
            if ((ulong)rows[i] >= (ulong)shape[0] || (ulong)columns[i] >= (ulong)shape[1])
            {
                throw new EngineException(
                    $"A CSR matrix {shape} was given an element at ({rows[i]}, {columns[i]}), number {i}; row numbers must "
                        + $"lie from 0 up to, not including, {shape[0]}, column numbers {shape[1]}."
                );
            }

            _starts[rows[i] + 1]++;
        }

        for (long row = 0; row < shape[0]; row++)
        {
            _starts[row + 1] += _starts[row];
        }

        long[] next = _starts.AsSpan(0, checked((int)shape[0])).ToArray();
        for (long i = 0; i < count; i++)
        {
            _order[next[rows[i]]++] = i;
        }

        for (long row = 0; row < shape[0]; row++)
        {
            SortRow(_order.AsSpan(checked((int)_starts[row]), (int)(_starts[row + 1] - _starts[row])));
        }
    }

    /// <summary>Stores the elements in a CSR matrix; those at one place are added up.</summary>
    internal void Store(void* values, SparseStorage storage)
    {
        DType dtype = storage.DType;
        int itemSize = dtype.ItemSize();
        TensorView stored = storage.Allocate(CountPlaces());
        Shape one = [1];
        long place = -1;
        stored.RowPointers[0] = 0;
        for (long row = 0; row < _shape[0]; row++)
        {
            for (long i = _starts[row]; i < _starts[row + 1]; i++)
            {
                byte* element = (byte*)values + (_order[i] * itemSize);
                bool isAdded = IsRepeated(row, i);
                place += isAdded ? 0 : 1;
                byte* target = (byte*)stored.Data + (place * itemSize);
                stored.Indices[place] = _columns[_order[i]];
                if (isAdded)
                    Broadcast.Copy(dtype, element, one, target, one, accumulate: true);
                else
                    System.Buffer.MemoryCopy(element, target, itemSize, itemSize);
            }

            stored.RowPointers[row + 1] = place + 1;
        }
    }

    private void SortRow(Span<long> elements)
    {
        long* columns = _columns;
        elements.Sort((x, y) => columns[x] == columns[y] ? x.CompareTo(y) : columns[x].CompareTo(columns[y]));
    }

    private long CountPlaces()
    {
        long count = 0;
        for (long row = 0; row < _shape[0]; row++)
        {
            for (long i = _starts[row]; i < _starts[row + 1]; i++)
            {
                count += IsRepeated(row, i) ? 0 : 1;
            }
        }

        return count;
    }

    private bool IsRepeated(long row, long i) => i > _starts[row] && _columns[_order[i]] == _columns[_order[i - 1]];
}
