namespace CoreEngine.Operators;

/// <summary>Parameters of the operators that reduce an array over axes.</summary>
public sealed class ReductionParameters : IParameters
{
    /// <summary>The axes to reduce, negative ones counted from the end; none for all.</summary>
    public long[] Axis = [];

    /// <summary>Reduced axes stay, with extent 1.</summary>
    public bool KeepDims;

    /// <summary>The axes named are those to keep.</summary>
    public bool Exclude;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Optional("axis", ref Axis);
        reader.Optional("keepdims", ref KeepDims);
        reader.Optional("exclude", ref Exclude);
    }

    /// <summary>Which axes of an array are reduced.</summary>
    /// <exception cref="ArgumentException">An axis does not exist, or is named twice.</exception>
    internal void Mark(Shape shape, Span<bool> reduced)
    {
        reduced.Fill(Axis.Length == 0 || Exclude);
        if (Axis.Length == 0)
            return;
        foreach (long one in Axis)
        {
            if (one < -shape.Rank || one >= shape.Rank)
                throw new ArgumentException($"{one} is outside {-shape.Rank}..{shape.Rank - 1}.");
            int axis = shape.Axis((int)one);
            if (reduced[axis] != Exclude)
                throw new ArgumentException($"axis {one} is named twice.");
            reduced[axis] = !Exclude;
        }
    }
}

/// <summary>Parameters of <c>argmax</c> and <c>argmin</c>.</summary>
public sealed class ArgReductionParameters : IParameters
{
    /// <summary>The axis, negative counted from the end; null to search the whole array, flattened.</summary>
    public int? Axis;

    /// <summary>The axis stays, with extent 1.</summary>
    public bool KeepDims;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Optional("axis", ref Axis);
        reader.Optional("keepdims", ref KeepDims);
    }
}
