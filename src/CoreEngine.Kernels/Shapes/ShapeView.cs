using System.Runtime.CompilerServices;

namespace CoreEngine;

/// <summary>
/// The extents of an array as a kernel is told them: those of a <see cref="Shape"/>, or some on the stack, so that a view
/// of an array under another shape costs no memory.
/// </summary>
/// <example><code>
/// Broadcast.Binary&lt;Multiply&gt;(dtype, x, xShape, factors, [1, channels, 1], y, xShape);
/// </code></example>
[CollectionBuilder(typeof(ShapeViewBuilder), nameof(ShapeViewBuilder.Create))]
public readonly ref struct ShapeView
{
    /// <summary>A view of extents.</summary>
    public ShapeView(ReadOnlySpan<long> dims) => Dims = dims;

    /// <summary>The extents, outermost first.</summary>
    public ReadOnlySpan<long> Dims { get; }

    /// <summary>Number of dimensions.</summary>
    public int Rank => Dims.Length;

    /// <summary>Number of elements: the product of all extents; 0 without any.</summary>
    /// <exception cref="OverflowException">The product exceeds 64 bits.</exception>
    public long Size => Rank == 0 ? 0 : Product(0, Rank);

    /// <summary>The extent of one dimension.</summary>
    public long this[int axis] => Dims[axis];

    /// <summary>The extent of one dimension, counted from the end when the index is.</summary>
    public long this[Index axis] => Dims[axis];

    /// <summary>The extents of a shape.</summary>
    public static implicit operator ShapeView(Shape shape) => new(shape.Dims);

    /// <summary>Equal rank and extents.</summary>
    public static bool operator ==(ShapeView left, ShapeView right) => left.Dims.SequenceEqual(right.Dims);

    /// <summary>Different rank or extents.</summary>
    public static bool operator !=(ShapeView left, ShapeView right) => !(left == right);

    /// <summary>The product of the extents from <paramref name="start"/> up to, not including, <paramref name="end"/>.</summary>
    /// <exception cref="OverflowException">The product exceeds 64 bits.</exception>
    public long Product(int start, int end)
    {
        long product = 1;
        for (int i = start; i < end; i++)
        {
            product = checked(product * Dims[i]);
        }

        return product;
    }

    /// <summary>Turns an axis that may count from the end (negative) into one from the start.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The axis does not exist in this shape.</exception>
    public int Axis(int axis) =>
        axis >= -Rank && axis < Rank
            ? (axis < 0 ? axis + Rank : axis)
            : throw new ArgumentOutOfRangeException(nameof(axis), axis, $"The shape {ToString()} has no such axis.");

    /// <summary>Enumerates the extents.</summary>
    public ReadOnlySpan<long>.Enumerator GetEnumerator() => Dims.GetEnumerator();

    /// <summary>Never: a view is not kept in objects.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override bool Equals(object? obj) => throw new NotSupportedException("Compare views with ==.");

    /// <summary>Never: a view is not kept in tables.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override int GetHashCode() => throw new NotSupportedException("Make a Shape to keep it.");

    /// <summary>The text of the shape.</summary>
    public override string ToString() => new Shape(Dims).ToString();
}

/// <summary>Lets a collection expression make a <see cref="ShapeView"/>: <c>ShapeView s = [2, 3];</c>.</summary>
public static class ShapeViewBuilder
{
    /// <summary>Makes a view of extents.</summary>
    public static ShapeView Create(ReadOnlySpan<long> dims) => new(dims);
}
