using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>A right operand that <see cref="GemmLoops{T, TLeft, TRight}.PackRight"/> has packed, for many multiplications.</summary>
internal readonly unsafe struct PackedRight<T> : IRightOperand<T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    private readonly T* _data;
    private readonly long _depth;
    private readonly long _slices;
    private readonly long _paddedColumns;
    private readonly int _width;

    /// <param name="kernels">The kernels for which it was packed.</param>
    /// <param name="data">The panels.</param>
    /// <param name="columns">Columns of the operand.</param>
    /// <param name="depth">Rows of the operand.</param>
    internal PackedRight(GemmKernels<T> kernels, T* data, long columns, long depth)
    {
        _data = data;
        _depth = depth;
        _slices = ((depth - 1) / kernels.Depth) + 1;
        _width = kernels.Columns;
        _paddedColumns = (((columns - 1) / _width) + 1) * _width;
    }

    /// <inheritdoc/>
    public static bool IsPacked => true;

    /// <inheritdoc/>
    public bool IsDirect => true;

    /// <inheritdoc/>
    public long DepthStride => _width;

    /// <summary>Elements that an operand takes when it is packed.</summary>
    internal static long Length(GemmKernels<T> kernels, long columns, long depth) =>
        (((columns - 1) / kernels.Columns) + 1) * kernels.Columns * depth;

    /// <inheritdoc/>
    /// <remarks>The depth must be where a slice begins, the column where a panel begins.</remarks>
    public T* At(long depth, long column)
    {
        // Slice s begins at depth * s / slices, rounded down: the number is found by rounding up.
        long slice = ((depth * _slices) + _depth - 1) / _depth;
        long count = (_depth * (slice + 1) / _slices) - depth;
        return _data + (_paddedColumns * depth) + (column * count);
    }

    /// <inheritdoc/>
    void IRightOperand<T>.Pack(long depth, int count, long column, int columns, int width, T* target) { }
}
