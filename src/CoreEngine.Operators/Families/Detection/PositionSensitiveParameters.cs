using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Parameters of <c>_contrib_PSROIPooling</c>.</summary>
public sealed class PositionSensitiveParameters : IParameters
{
    /// <summary>Pixels of the data per unit of the regions' coordinates, from 0 to 1.</summary>
    public float Scale;

    /// <summary>Channels of the result.</summary>
    public int Classes;

    /// <summary>Cells of a region, along each axis.</summary>
    public int Cells;

    /// <summary>Positions in a region that have a channel of their own, along each axis; 0: as many as cells.</summary>
    public int GroupSize;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Required("spatial_scale", ref Scale);
        reader.Check(Scale is >= 0 and <= 1, "spatial_scale", Scale, "from 0 to 1");
        reader.Required("output_dim", ref Classes);
        reader.Check(Classes >= 1, "output_dim", Classes, "at least 1");
        reader.Required("pooled_size", ref Cells);
        reader.Check(Cells >= 1, "pooled_size", Cells, "at least 1");
        reader.Optional("group_size", ref GroupSize);
        reader.Check(GroupSize >= 0, "group_size", GroupSize, "at least 0");
    }

    internal long Groups => GroupSize == 0 ? Cells : GroupSize;
}

/// <summary>Parameters of <c>_contrib_DeformablePSROIPooling</c>.</summary>
public sealed class DeformablePoolingParameters : IParameters
{
    private const int MostSamples = DeformablePooling.MostSamples;

    /// <summary>Pixels of the data per unit of the regions' coordinates, from 0 to 1.</summary>
    public float Scale;

    /// <summary>Channels of the result.</summary>
    public int Classes;

    /// <summary>Positions in a region that have a channel of their own, along each axis.</summary>
    public int Groups;

    /// <summary>Cells of a region, along each axis.</summary>
    public int Cells;

    /// <summary>Offsets for a region, along each axis; 0: as many as cells.</summary>
    public int PartSize;

    /// <summary>Places where a cell is sampled, along each axis.</summary>
    public int Samples = 1;

    /// <summary>How far an offset of 1 moves a cell, in widths and heights of the region, from 0 to 1.</summary>
    public float Deviation;

    /// <summary>Whether there are no offsets.</summary>
    public bool NoOffsets;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Required("spatial_scale", ref Scale);
        reader.Check(Scale is >= 0 and <= 1, "spatial_scale", Scale, "from 0 to 1");
        reader.Required("output_dim", ref Classes);
        reader.Check(Classes >= 1, "output_dim", Classes, "at least 1");
        reader.Required("group_size", ref Groups);
        reader.Check(Groups >= 1, "group_size", Groups, "at least 1");
        reader.Required("pooled_size", ref Cells);
        reader.Check(Cells >= 1, "pooled_size", Cells, "at least 1");
        reader.Optional("part_size", ref PartSize);
        reader.Check(PartSize >= 0, "part_size", PartSize, "at least 0");
        reader.Optional("sample_per_part", ref Samples);
        reader.Check(Samples is >= 1 and <= MostSamples, "sample_per_part", Samples, $"from 1 to {MostSamples}");
        reader.Optional("trans_std", ref Deviation);
        reader.Check(Deviation is >= 0 and <= 1, "trans_std", Deviation, "from 0 to 1");
        reader.Optional("no_trans", ref NoOffsets);
    }

    internal long Parts => PartSize == 0 ? Cells : PartSize;
}
