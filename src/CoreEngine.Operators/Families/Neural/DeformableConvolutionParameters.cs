using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Parameters of <c>_contrib_DeformableConvolution</c>.</summary>
public sealed class DeformableConvolutionParameters : ConvolutionParameters
{
    /// <summary>MXNet's limit of temporary memory, in MB.</summary>
    private const ulong MostWorkspace = 8192;

    private static readonly ImageLayout[] s_layouts =
    [
        ImageLayout.Default,
        ImageLayout.NCDHW,
        ImageLayout.NCHW,
        ImageLayout.NCW,
    ];

    /// <summary>Sets of offsets, which divide the channels evenly among them.</summary>
    public uint OffsetSets = 1;

    /// <summary>The layouts by the names that this operator knows.</summary>
    private enum Choice
    {
        None,
        NCDHW,
        NCHW,
        NCW,
    }

    /// <inheritdoc/>
    public override void Read(AttributeReader reader)
    {
        ReadWindow(reader);
        reader.Required("num_filter", ref Filters);
        reader.Optional("num_group", ref Groups);
        reader.Optional("num_deformable_group", ref OffsetSets);
        reader.Optional("workspace", ref Workspace);
        reader.Optional("no_bias", ref NoBias);
        var layout = (Choice)Array.IndexOf(s_layouts, Layout);
        reader.Optional("layout", ref layout, "None", "NCDHW", "NCHW", "NCW");
        Layout = s_layouts[(int)layout];
        CheckAll(reader);
        reader.Check(Kernel.Length == 2, "kernel", $"({string.Join(",", Kernel)})", "two numbers");
        reader.Check(OffsetSets >= 1, "num_deformable_group", OffsetSets, "at least 1");
        reader.Check(Workspace <= MostWorkspace, "workspace", Workspace, $"from 0 to {MostWorkspace}");
    }

    internal DeformableConvolution Geometry(Shape data, Shape offset) =>
        new(Geometry(data), offset[1] / (2 * Kernel[0] * Kernel[1]));
}
