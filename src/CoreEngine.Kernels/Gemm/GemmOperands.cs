using System.Numerics;
using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>The left operand of a multiplication: hands out or packs panels of a few rows.</summary>
internal unsafe interface ILeftOperand<T>
    where T : unmanaged
{
    /// <summary>True when <see cref="At"/> may be used in place of packing.</summary>
    public bool IsDirect { get; }

    /// <summary>Elements from one row to the next, for direct use.</summary>
    public long RowStride { get; }

    /// <summary>Elements from one depth to the next, for direct use.</summary>
    public long DepthStride { get; }

    /// <summary>The element of a row and a depth, for direct use.</summary>
    public T* At(long row, long depth);

    /// <summary>Writes the panel so that (row r, depth p) lands at <c>p * rows + r</c>.</summary>
    public void Pack(long row, int rows, long depth, int count, T* target);
}

/// <summary>The right operand of a multiplication: hands out or packs panels of a few columns.</summary>
internal unsafe interface IRightOperand<T>
    where T : unmanaged
{
    /// <summary>True when <see cref="At"/> may be used in place of packing.</summary>
    public bool IsDirect { get; }

    /// <summary>Elements from one depth to the next, for direct use; columns are adjacent.</summary>
    public long DepthStride { get; }

    /// <summary>The element of a depth and a column, for direct use.</summary>
    public T* At(long depth, long column);

    /// <summary>
    /// Writes <paramref name="columns"/> columns as panels of <paramref name="width"/>: (depth p, column j) lands at
    /// <c>(j / width * count + p) * width + j % width</c>; missing columns of the last panel are 0.
    /// </summary>
    public void Pack(long depth, int count, long column, int columns, int width, T* target);
}

/// <summary>A matrix of the type that is computed with, in any of the two orders.</summary>
internal readonly unsafe struct Matrix<T> : ILeftOperand<T>, IRightOperand<T>
    where T : unmanaged
{
    /// <summary>Panels that are filled at the same time: 1 KiB of each stored row where a panel is 64 bytes wide.</summary>
    private const int PanelsTogether = 16;

    private readonly T* _data;
    private readonly long _outerStride;
    private readonly long _innerStride;

    /// <param name="data">The first element.</param>
    /// <param name="ld">Elements from one stored row to the next.</param>
    /// <param name="transposed">The operand is the transpose of what is stored.</param>
    internal Matrix(T* data, long ld, bool transposed)
    {
        _data = data;
        _outerStride = transposed ? 1 : ld;
        _innerStride = transposed ? ld : 1;
    }

    /// <inheritdoc/>
    bool ILeftOperand<T>.IsDirect => true;

    /// <inheritdoc/>
    long ILeftOperand<T>.RowStride => _outerStride;

    /// <inheritdoc/>
    long ILeftOperand<T>.DepthStride => _innerStride;

    /// <inheritdoc/>
    bool IRightOperand<T>.IsDirect => _innerStride == 1;

    /// <inheritdoc/>
    long IRightOperand<T>.DepthStride => _outerStride;

    /// <inheritdoc cref="ILeftOperand{T}.At"/>
    public T* At(long row, long column) => _data + (row * _outerStride) + (column * _innerStride);

    /// <inheritdoc/>
    void ILeftOperand<T>.Pack(long row, int rows, long depth, int count, T* target)
    {
        if (_innerStride == 1)
        {
            Packing.Transpose(At(row, depth), _outerStride, rows, count, target, rows);
        }
        else
        {
            Packing.Copy(At(row, depth), _innerStride, count, rows, target, rows);
        }
    }

    /// <inheritdoc/>
    void IRightOperand<T>.Pack(long depth, int count, long column, int columns, int width, T* target)
    {
        int start = 0;
        if (_innerStride == 1 && width * sizeof(T) % 16 == 0)
        {
            // Panels side by side are read together: long pieces of lines come faster from memory.
            while (start + width <= columns)
            {
                int panels = Math.Min((columns - start) / width, PanelsTogether);
                Packing.CopyPanels(At(depth, column + start), _outerStride, count, width, panels, target);
                target += (long)panels * count * width;
                start += panels * width;
            }
        }

        for (int done = start; done < columns; done += width)
        {
            int some = Math.Min(width, columns - done);
            if (some < width)
            {
                new Span<T>(target, count * width).Clear();
            }

            if (_innerStride == 1)
            {
                Packing.Copy(At(depth, column + done), _outerStride, count, some, target, width);
            }
            else
            {
                Packing.Transpose(At(depth, column + done), _innerStride, some, count, target, width);
            }

            target += (long)count * width;
        }
    }
}

/// <summary>A float16 matrix that is computed with in float32: converted while it is packed.</summary>
internal readonly unsafe struct HalfMatrix : ILeftOperand<float>, IRightOperand<float>
{
    private readonly Half* _data;
    private readonly long _outerStride;
    private readonly long _innerStride;

    internal HalfMatrix(Half* data, long ld, bool transposed)
    {
        _data = data;
        _outerStride = transposed ? 1 : ld;
        _innerStride = transposed ? ld : 1;
    }

    /// <inheritdoc/>
    bool ILeftOperand<float>.IsDirect => false;

    /// <inheritdoc/>
    long ILeftOperand<float>.RowStride => 0;

    /// <inheritdoc/>
    long ILeftOperand<float>.DepthStride => 0;

    /// <inheritdoc/>
    bool IRightOperand<float>.IsDirect => false;

    /// <inheritdoc/>
    long IRightOperand<float>.DepthStride => 0;

    /// <inheritdoc cref="ILeftOperand{T}.At"/>
    public float* At(long row, long column) => null;

    /// <inheritdoc/>
    void ILeftOperand<float>.Pack(long row, int rows, long depth, int count, float* target)
    {
        float* line = stackalloc float[Packing.LineLength];
        for (int r = 0; r < rows; r++)
        {
            for (int p = 0; p < count; p += Packing.LineLength)
            {
                int some = Math.Min(Packing.LineLength, count - p);
                Half* source = _data + ((row + r) * _outerStride) + ((depth + p) * _innerStride);
                Packing.ConvertLine(source, _innerStride, some, line);
                for (int i = 0; i < some; i++)
                {
                    target[((long)(p + i) * rows) + r] = line[i];
                }
            }
        }
    }

    /// <inheritdoc/>
    void IRightOperand<float>.Pack(long depth, int count, long column, int columns, int width, float* target)
    {
        for (int done = 0; done < columns; done += width)
        {
            int some = Math.Min(width, columns - done);
            for (int p = 0; p < count; p++)
            {
                Half* source = _data + ((depth + p) * _outerStride) + ((column + done) * _innerStride);
                Packing.ConvertLine(source, _innerStride, some, target);
                for (int j = some; j < width; j++)
                {
                    target[j] = 0;
                }

                target += width;
            }
        }
    }
}
