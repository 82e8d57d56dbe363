namespace CoreEngine.Operators;

/// <summary>What a slice operator takes along an axis of a given extent.</summary>
internal interface ISliceParameters : IParameters
{
    /// <summary>The range along an axis; null when it is empty or leaves the axis.</summary>
    public SliceRange? Range(int axis, int rank, long extent);
}

/// <summary>Parameters of <c>slice</c> and <c>_slice_assign</c>.</summary>
public class SliceParameters : ISliceParameters
{
    /// <summary>The first index per axis, for the first axes; null for the start, negative counts from the end.</summary>
    public long?[] Begin = [];

    /// <summary>The index after the last; null for the end, negative counts from the end.</summary>
    public long?[] End = [];

    /// <summary>The distance between indices; empty or null for 1, negative counts down.</summary>
    public long?[] Step = [];

    /// <inheritdoc/>
    public virtual void Read(AttributeReader reader)
    {
        reader.Required("begin", ref Begin);
        reader.Required("end", ref End);
        reader.Optional("step", ref Step);
    }

    SliceRange? ISliceParameters.Range(int axis, int rank, long extent)
    {
        if (axis >= Begin.Length)
            return new SliceRange(0, 1, extent);
        long step = axis < Step.Length ? Step[axis] ?? 1 : 1;
        return step == 0 ? null : SliceRange.Resolve(Begin[axis], End[axis], step, extent);
    }
}

/// <summary>Parameters of <c>_slice_assign_scalar</c>.</summary>
public sealed class SliceAssignScalarParameters : SliceParameters
{
    /// <summary>The value that the slice gets.</summary>
    public float Scalar;

    /// <inheritdoc/>
    public override void Read(AttributeReader reader)
    {
        reader.Optional("scalar", ref Scalar);
        base.Read(reader);
    }
}
