using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>In which order a fused convolution finds its weights.</summary>
public enum WeightLayout
{
    /// <summary>(filters, channels / groups, window).</summary>
    Plain,

    /// <summary>As <c>_contrib_prepare_convolution_weight</c> left them.</summary>
    Prepared,
}

/// <summary>Parameters of <c>_contrib_fused_convolution</c>.</summary>
public sealed class FusedConvolutionParameters : ConvolutionParameters
{
    /// <summary>The activation.</summary>
    public ConvolutionActivation Activation;

    /// <summary>The upper limit of the clipped activation.</summary>
    public double Limit = 6;

    /// <summary>Whether the last input is added before the activation.</summary>
    public bool WithResidual;

    /// <summary>The order of the weights.</summary>
    public WeightLayout WeightLayout;

    /// <inheritdoc/>
    public override void Read(AttributeReader reader)
    {
        base.Read(reader);
        reader.Optional("act_type", ref Activation, "none", "relu", "clipped_relu");
        reader.Optional("act_limit", ref Limit);
        reader.Optional("with_residual", ref WithResidual);
        reader.Optional("weight_layout", ref WeightLayout, "plain", "prepared");
        reader.Check(Limit >= 0, "act_limit", Limit, "at least 0");
    }
}

/// <summary>Parameters of <c>_contrib_prepare_convolution_weight</c>.</summary>
public sealed class PrepareConvolutionWeightParameters : ConvolutionParameters
{
    /// <summary>The spatial extents of the data that the weights will meet.</summary>
    public long[] DataSize = [];

    /// <inheritdoc/>
    public override void Read(AttributeReader reader)
    {
        base.Read(reader);
        reader.Required("data_size", ref DataSize);
        CheckWindow(reader, "data_size", DataSize, least: 1);
        reader.Check(DataSize.Length == Kernel.Length, "data_size", "()", "the spatial extents of the data");
    }
}
