using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace CoreEngine;

/// <summary>
/// The extents of an array, row-major. As in MXNet 1.x, rank 0 means "unknown" and an extent of 0 means
/// "this dimension is unknown": arrays themselves have rank 1 or more and no empty dimension.
/// </summary>
/// <remarks>Immutable: the dimensions are shared, so copying a shape is free. <c>default</c> is the unknown shape.</remarks>
[CollectionBuilder(typeof(ShapeBuilder), nameof(ShapeBuilder.Create))]
public readonly struct Shape : IEquatable<Shape>
{
    private readonly long[]? _dims;

    /// <summary>Makes a shape from extents, which must not be negative.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An extent is negative.</exception>
    public Shape(params ReadOnlySpan<long> dims)
        : this(dims.ToArray(), dims) { }

    private Shape(long[] owned, ReadOnlySpan<long> dims)
    {
        foreach (long dim in dims)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(dim, nameof(dims));
        }

        _dims = owned;
    }

    /// <summary>Number of dimensions; 0 when the shape is unknown.</summary>
    public int Rank => _dims is null ? 0 : _dims.Length;

    /// <summary>The extents, outermost first.</summary>
    public ReadOnlySpan<long> Dims => _dims;

    /// <summary>The extent of one dimension.</summary>
    public long this[int axis] => _dims![axis];

    /// <summary>The extent of one dimension, counted from the end when the index is.</summary>
    public long this[Index axis] => _dims![axis];

    /// <summary>True when the rank and every extent are known.</summary>
    public bool IsKnown => _dims is { Length: > 0 } && !_dims.AsSpan().Contains(0L);

    /// <summary>Number of elements: the product of all extents; 0 when unknown.</summary>
    /// <exception cref="OverflowException">The product exceeds 64 bits.</exception>
    public long Size => Rank == 0 ? 0 : Product(0, Rank);

    /// <summary>The product of the extents from <paramref name="start"/> up to, not including, <paramref name="end"/>.</summary>
    /// <exception cref="OverflowException">The product exceeds 64 bits.</exception>
    public long Product(int start, int end)
    {
        long product = 1;
        for (int i = start; i < end; i++)
        {
            product = checked(product * _dims![i]);
        }

        return product;
    }

    /// <summary>Turns an axis that may count from the end (negative) into one from the start.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The axis does not exist in this shape.</exception>
    public int Axis(int axis) =>
        axis >= -Rank && axis < Rank
            ? (axis < 0 ? axis + Rank : axis)
            : throw new ArgumentOutOfRangeException(nameof(axis), axis, $"The shape {this} has no such axis.");

    /// <summary>A copy with one extent replaced.</summary>
    public Shape With(int axis, long extent)
    {
        long[] dims = Dims.ToArray();
        dims[axis] = extent;
        return new Shape(dims);
    }

    /// <summary>Row-major strides in elements, one per dimension.</summary>
    public long[] Strides()
    {
        long[] strides = new long[Rank];
        long stride = 1;
        for (int i = Rank - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride *= _dims![i];
        }

        return strides;
    }

    /// <inheritdoc/>
    public bool Equals(Shape other) => ReferenceEquals(_dims, other._dims) || Dims.SequenceEqual(other.Dims);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (long dim in Dims)
        {
            hash.Add(dim);
        }

        return hash.ToHashCode();
    }

    /// <summary>Equal rank and extents.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Different rank or extents.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <summary>The text that MXNet's attributes use: <c>(2,3)</c>, <c>(4,)</c>, <c>()</c>.</summary>
    public override string ToString() =>
        Rank switch
        {
            0 => "()",
            1 => $"({_dims![0]},)",
            _ => "(" + string.Join(",", _dims!) + ")",
        };

    /// <summary>Enumerates the extents.</summary>
    public ReadOnlySpan<long>.Enumerator GetEnumerator() => Dims.GetEnumerator();
}

/// <summary>Lets a collection expression make a <see cref="Shape"/>: <c>Shape s = [2, 3];</c>.</summary>
public static class ShapeBuilder
{
    /// <summary>Makes a shape from extents.</summary>
    public static Shape Create(ReadOnlySpan<long> dims) => new(dims);
}
