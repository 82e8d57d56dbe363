using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>How the axes of images lie in memory.</summary>
public enum ImageLayout
{
    /// <summary>Channels first, as many spatial axes as the window has.</summary>
    Default,

    /// <summary>Samples, channels, height, width.</summary>
    NCHW,

    /// <summary>Samples, channels, depth, height, width.</summary>
    NCDHW,

    /// <summary>Channels last, two spatial axes.</summary>
    NHWC,

    /// <summary>Channels last, three spatial axes.</summary>
    NDHWC,

    /// <summary>Samples, channels, width.</summary>
    NCW,
}

/// <summary>How cuDNN looks for its fastest algorithm. Accepted for the sake of existing models; nothing here uses it.</summary>
public enum CudnnTuning
{
    /// <summary>Not said.</summary>
    Default,

    /// <summary>No search.</summary>
    Off,

    /// <summary>The fastest algorithm within the workspace.</summary>
    LimitedWorkspace,

    /// <summary>The fastest algorithm.</summary>
    Fastest,
}

/// <summary>What <c>Convolution</c> and <c>Deconvolution</c> share.</summary>
public abstract class WindowParameters : IParameters
{
    /// <summary>The largest number of filters, as in MXNet.</summary>
    private const uint MaxFilters = 100_000;

    /// <summary>The largest limit of temporary memory in MB, as in MXNet.</summary>
    private const ulong MaxWorkspace = 8192;

    /// <summary>Size of the window, one number per spatial axis.</summary>
    public long[] Kernel = [];

    /// <summary>Steps of the window; empty for 1.</summary>
    public long[] Stride = [];

    /// <summary>Distance of the window's taps; empty for 1.</summary>
    public long[] Dilate = [];

    /// <summary>Zeros on each side; empty for 0.</summary>
    public long[] Pad = [];

    /// <summary>Number of channels of the result.</summary>
    public uint Filters;

    /// <summary>Parts into which channels are cut.</summary>
    public uint Groups = 1;

    /// <summary>Limit of temporary memory in MB, for other engines.</summary>
    public ulong Workspace = 1024;

    /// <summary>Whether there is no bias.</summary>
    public bool NoBias;

    /// <summary>For other engines.</summary>
    public CudnnTuning Tuning;

    /// <summary>For other engines.</summary>
    public bool CudnnOff;

    /// <summary>How images lie in memory.</summary>
    public ImageLayout Layout;

    /// <summary>Number of spatial axes.</summary>
    internal int SpatialRank => Kernel.Length;

    /// <summary>The stride along a spatial axis.</summary>
    internal long StrideOf(int axis) => Stride.Length == 0 ? 1 : Stride[axis];

    /// <summary>The padding along a spatial axis.</summary>
    internal long PadOf(int axis) => Pad.Length == 0 ? 0 : Pad[axis];

    /// <summary>The extent that the window covers along a spatial axis.</summary>
    internal long ReachOf(int axis) => ((Kernel[axis] - 1) * (Dilate.Length == 0 ? 1 : Dilate[axis])) + 1;

    /// <inheritdoc/>
    public abstract void Read(AttributeReader reader);

    private protected void ReadWindow(AttributeReader reader)
    {
        reader.Required("kernel", ref Kernel);
        reader.Optional("stride", ref Stride);
        reader.Optional("dilate", ref Dilate);
        reader.Optional("pad", ref Pad);
    }

    private protected void ReadRest(AttributeReader reader, bool hasLayoutOfOneAxis)
    {
        reader.Required("num_filter", ref Filters);
        reader.Optional("num_group", ref Groups);
        reader.Optional("workspace", ref Workspace);
        reader.Optional("no_bias", ref NoBias);
        reader.Optional("cudnn_tune", ref Tuning, "None", "off", "limited_workspace", "fastest");
        reader.Optional("cudnn_off", ref CudnnOff);
        string[] layouts = ["None", "NCHW", "NCDHW", "NHWC", "NDHWC"];
        reader.Optional("layout", ref Layout, hasLayoutOfOneAxis ? [.. layouts, "NCW"] : layouts);
        CheckAll(reader);
    }

    private protected void CheckAll(AttributeReader reader)
    {
        reader.Check(Kernel.Length is >= 1 and <= 3, "kernel", Text(Kernel), "one to three numbers");
        CheckWindow(reader, "kernel", Kernel, least: 1);
        CheckWindow(reader, "stride", Stride, least: 1);
        CheckWindow(reader, "dilate", Dilate, least: 1);
        CheckWindow(reader, "pad", Pad, least: 0);
        reader.Check(Filters is >= 1 and <= MaxFilters, "num_filter", Filters, $"from 1 to {MaxFilters}");
        reader.Check(Workspace <= MaxWorkspace, "workspace", Workspace, $"from 0 to {MaxWorkspace}");
        reader.Check(Groups >= 1, "num_group", Groups, "at least 1");
    }

    private protected void CheckWindow(AttributeReader reader, string name, long[] values, long least)
    {
        bool fits = values.Length == 0 || values.Length == Kernel.Length;
        reader.Check(fits, name, Text(values), $"as many numbers as the kernel has ({Kernel.Length})");
        // Sums and products of these then stay within 64 bits.
        bool isSane = Array.TrueForAll(values, v => v >= least && v <= int.MaxValue);
        reader.Check(isSane, name, Text(values), $"numbers from {least} to {int.MaxValue}");
    }

    private static string Text(long[] values) => $"({string.Join(",", values)})";

    /// <summary>Whether channels are the last axis: such layers can be described, but there are no kernels for them.</summary>
    internal bool IsChannelsLast => Layout is ImageLayout.NHWC or ImageLayout.NDHWC;

    /// <summary>A shape in this layout with its channels put second.</summary>
    internal Shape ToChannelsFirst(Shape shape) =>
        IsChannelsLast && shape.Rank > 2 ? new Shape([shape[0], shape[^1], .. shape.Dims[1..^1]]) : shape;

    /// <summary>A shape whose channels are second in this layout.</summary>
    internal Shape FromChannelsFirst(Shape shape) =>
        IsChannelsLast && shape.Rank > 2 ? new Shape([shape[0], .. shape.Dims[2..], shape[1]]) : shape;

    /// <summary>Refuses data whose layout or rank the window does not fit.</summary>
    /// <exception cref="ShapeMismatchException">
    /// The layout is not channels-first and there are data, or the number of axes is wrong.
    /// </exception>
    internal void CheckData(ShapeInference shapes, Shape data)
    {
        if (IsChannelsLast && data.IsKnown)
        {
            throw shapes.Error(
                $"the layout {Layout} is not supported on the CPU; transpose the data to channels first (NCHW, NCDHW)."
            );
        }

        int spatial = Layout switch
        {
            ImageLayout.NCW => 1,
            ImageLayout.NCHW or ImageLayout.NHWC => 2,
            ImageLayout.NCDHW or ImageLayout.NDHWC => 3,
            _ => SpatialRank,
        };
        if (spatial != SpatialRank)
            throw shapes.Error($"the layout {Layout} has {spatial} spatial axes, the kernel {SpatialRank}.");
        if (data.Rank != SpatialRank + 2)
        {
            throw shapes.Error(
                $"the data must have {SpatialRank + 2} axes for this kernel: samples, channels and {SpatialRank} spatial."
            );
        }
    }

    /// <summary>Refuses channels that cannot be cut into the groups.</summary>
    /// <exception cref="ShapeMismatchException">A remainder is left.</exception>
    internal void CheckGroups(ShapeInference shapes, long channels)
    {
        if (channels % Groups != 0 || Filters % Groups != 0)
        {
            throw shapes.Error(
                $"{channels} channels and {Filters} filters cannot be cut into {Groups} equal groups (num_group)."
            );
        }
    }

    /// <summary>The geometry of a convolution between these arrays.</summary>
    internal ConvolutionShape Geometry(ShapeView image, long outChannels, Extents pad)
    {
        Extents size = Extents.Of(image.Dims[2..], 1);
        Extents stride = Extents.Strides(Extents.Of(Stride, 1), size, pad);
        return new(
            image[0],
            Groups,
            image[1],
            outChannels,
            size,
            Extents.Of(Kernel, 1),
            stride,
            Extents.Of(Dilate, 1),
            pad
        );
    }
}

/// <summary>Parameters of <c>Convolution</c>.</summary>
public class ConvolutionParameters : WindowParameters
{
    /// <summary>True for the older operator, which knows one layout less.</summary>
    internal bool IsFirstVersion { get; init; }

    /// <inheritdoc/>
    public override void Read(AttributeReader reader)
    {
        ReadWindow(reader);
        ReadRest(reader, hasLayoutOfOneAxis: !IsFirstVersion);
    }

    internal ConvolutionShape Geometry(ShapeView data) => Geometry(data, Filters, Extents.Of(Pad, 0));
}

/// <summary>Parameters of <c>Deconvolution</c>.</summary>
public sealed class DeconvolutionParameters : WindowParameters
{
    /// <summary>Added to the result's extents, less than the stride; empty for 0.</summary>
    public long[] Adjust = [];

    /// <summary>
    /// The result's extents, from which padding and adjustment follow, whatever is given for them; empty, or zeros, when
    /// they are given.
    /// </summary>
    public long[] TargetShape = [];

    /// <summary>Defaults: no bias.</summary>
    public DeconvolutionParameters()
    {
        NoBias = true;
        Workspace = 512;
    }

    /// <inheritdoc/>
    public override void Read(AttributeReader reader)
    {
        ReadWindow(reader);
        reader.Optional("adj", ref Adjust);
        reader.Optional("target_shape", ref TargetShape);
        ReadRest(reader, hasLayoutOfOneAxis: true);
        CheckWindow(reader, "adj", Adjust, least: 0);
        CheckWindow(reader, "target_shape", TargetShape, least: 0);
        for (int i = 0; i < Math.Min(Adjust.Length, Kernel.Length) && !HasTarget; i++)
        {
            reader.Check(Adjust[i] < StrideOf(i), "adj", $"({string.Join(",", Adjust)})", "less than the stride");
        }
    }

    /// <summary>True when the result's extents are given and padding follows from them.</summary>
    internal bool HasTarget => Array.Exists(TargetShape, extent => extent != 0);

    /// <summary>The extent of the result along a spatial axis without padding.</summary>
    internal long FullExtent(int axis, long extent) => (StrideOf(axis) * (extent - 1)) + ReachOf(axis);

    /// <summary>Padding and adjustment along a spatial axis of the data with this extent.</summary>
    internal (long Pad, long Adjust) Padding(int axis, long extent)
    {
        if (!HasTarget)
            return (PadOf(axis), Adjust.Length == 0 ? 0 : Adjust[axis]);
        long excess = FullExtent(axis, extent) - TargetShape[axis];
        return ((excess + 1) / 2, excess % 2);
    }

    /// <summary>The convolution whose transpose this is: its data is the result here.</summary>
    internal ConvolutionShape Geometry(Shape data, Shape result)
    {
        Span<long> pad = stackalloc long[SpatialRank];
        for (int i = 0; i < pad.Length; i++)
        {
            pad[i] = Padding(i, data[i + 2]).Pad;
        }

        return Geometry(result, data[1], Extents.Of(pad, 0));
    }
}
