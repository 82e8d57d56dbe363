namespace CoreEngine.Operators;

/// <summary>Parameters of <c>Reshape</c>.</summary>
public sealed class ReshapeParameters : IParameters
{
    /// <summary>The new extents, with the codes 0, -1, -2, -3 and -4.</summary>
    public long[] Shape = [];

    /// <summary>Match the extents from the right.</summary>
    public bool Reverse;

    /// <summary>Deprecated: the new extents, 0 to deduce one.</summary>
    public long[] TargetShape = [];

    /// <summary>Deprecated: keep the first extent with <see cref="TargetShape"/>.</summary>
    public bool KeepHighest;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Optional("shape", ref Shape);
        reader.Optional("reverse", ref Reverse);
        reader.Optional("target_shape", ref TargetShape);
        reader.Optional("keep_highest", ref KeepHighest);
    }
}
