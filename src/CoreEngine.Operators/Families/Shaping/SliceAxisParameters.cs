namespace CoreEngine.Operators;

/// <summary>Parameters of <c>slice_axis</c>.</summary>
public sealed class SliceAxisParameters : ISliceParameters
{
    /// <summary>The axis to slice; negative counts from the end.</summary>
    public int Axis;

    /// <summary>The first index; negative counts from the end.</summary>
    public long Begin;

    /// <summary>The index after the last; null for the end of the axis, negative counts from the end.</summary>
    public long? End;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Required("axis", ref Axis);
        reader.Required("begin", ref Begin);
        reader.Required("end", ref End);
    }

    SliceRange? ISliceParameters.Range(int axis, int rank, long extent) =>
        axis == (Axis < 0 ? Axis + rank : Axis)
            ? SliceRange.Resolve(Begin, End, 1, extent)
            : new SliceRange(0, 1, extent);
}
