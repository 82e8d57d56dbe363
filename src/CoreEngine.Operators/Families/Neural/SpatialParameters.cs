namespace CoreEngine.Operators;

/// <summary>What <c>GridGenerator</c> makes its grid from.</summary>
public enum GridKind
{
    /// <summary>One affine map (2 by 3) per sample.</summary>
    Affine,

    /// <summary>A flow in pixels.</summary>
    Warp,
}

/// <summary>Parameters of <c>GridGenerator</c>.</summary>
public sealed class GridParameters : IParameters
{
    /// <summary>What the grid is made from.</summary>
    public GridKind Kind;

    /// <summary>Height and width of an affine grid.</summary>
    public long[] TargetShape = [0, 0];

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Required("transform_type", ref Kind, "affine", "warp");
        reader.Optional("target_shape", ref TargetShape);
    }
}

/// <summary>The one map that <c>SpatialTransformer</c> knows.</summary>
public enum TransformKind
{
    /// <summary>One affine map (2 by 3) per sample.</summary>
    Affine,
}

/// <summary>The one way in which <c>SpatialTransformer</c> samples.</summary>
public enum SamplerKind
{
    /// <summary>Between the four pixels around.</summary>
    Bilinear,
}

/// <summary>Parameters of <c>SpatialTransformer</c>.</summary>
public sealed class TransformerParameters : IParameters
{
    /// <summary>Height and width of the result.</summary>
    public long[] TargetShape = [0, 0];

    /// <summary>The kind of map.</summary>
    public TransformKind Transform;

    /// <summary>How images are sampled.</summary>
    public SamplerKind Sampler;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Optional("target_shape", ref TargetShape);
        reader.Required("transform_type", ref Transform, "affine");
        reader.Required("sampler_type", ref Sampler, "bilinear");
    }
}

/// <summary>Parameters of <c>ROIPooling</c>.</summary>
public sealed class RegionParameters : IParameters
{
    /// <summary>Rows and columns of cells.</summary>
    public long[] PooledSize = [];

    /// <summary>Pixels of the data per unit of the regions' coordinates, from 0 to 1.</summary>
    public float Scale;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Required("pooled_size", ref PooledSize);
        reader.Check(PooledSize is [>= 1, >= 1], "pooled_size", string.Join(",", PooledSize), "two numbers above 0");
        reader.Required("spatial_scale", ref Scale);
        reader.Check(Scale is >= 0 and <= 1, "spatial_scale", Scale, "from 0 to 1");
    }
}

/// <summary>Parameters of <c>Correlation</c>.</summary>
public sealed class CorrelationParameters : IParameters
{
    /// <summary>Size of a patch.</summary>
    public uint KernelSize = 1;

    /// <summary>The largest displacement.</summary>
    public uint MaxDisplacement = 1;

    /// <summary>Steps of the patches.</summary>
    public uint Stride1 = 1;

    /// <summary>Steps of the displacements.</summary>
    public uint Stride2 = 1;

    /// <summary>Zeros on each side.</summary>
    public uint Pad;

    /// <summary>Multiply patches; else sum up absolute differences.</summary>
    public bool IsMultiply = true;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Optional("kernel_size", ref KernelSize);
        reader.Optional("max_displacement", ref MaxDisplacement);
        reader.Optional("stride1", ref Stride1);
        reader.Optional("stride2", ref Stride2);
        reader.Optional("pad_size", ref Pad);
        reader.Optional("is_multiply", ref IsMultiply);
        reader.Check(KernelSize >= 1, "kernel_size", KernelSize, "at least 1");
        reader.Check(Stride1 >= 1, "stride1", Stride1, "at least 1");
        reader.Check(Stride2 >= 1, "stride2", Stride2, "at least 1");
    }
}
