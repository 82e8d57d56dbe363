namespace CoreEngine.Operators;

/// <summary>Parameters of <c>_contrib_Proposal</c> and <c>_contrib_MultiProposal</c>.</summary>
public sealed class ProposalParameters : IParameters
{
    /// <summary>How many of the best boxes compete; 0 or less: all.</summary>
    public int Candidates = 6000;

    /// <summary>How many boxes each image gets.</summary>
    public int Results = 300;

    /// <summary>From above what overlap on a worse box is dropped.</summary>
    public float Threshold = 0.7f;

    /// <summary>Least width and height of a box in pixels of the original image.</summary>
    public int LeastSize = 16;

    /// <summary>Factors of the anchors' sizes.</summary>
    public float[] Scales = [4, 8, 16, 32];

    /// <summary>Heights over widths of the anchors.</summary>
    public float[] Ratios = [0.5f, 1, 2];

    /// <summary>Pixels of the image per cell of the feature map.</summary>
    public int Stride = 16;

    /// <summary>Whether the scores are a visible output.</summary>
    public bool OutputScore;

    /// <summary>The network gives what to add to the four borders of a box, not how its centre and size change.</summary>
    public bool IouLoss;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Optional("rpn_pre_nms_top_n", ref Candidates);
        reader.Optional("rpn_post_nms_top_n", ref Results);
        reader.Check(Results >= 1, "rpn_post_nms_top_n", Results, "at least 1");
        reader.Optional("threshold", ref Threshold);
        reader.Optional("rpn_min_size", ref LeastSize);
        reader.Optional("scales", ref Scales);
        reader.Optional("ratios", ref Ratios);
        reader.Optional("feature_stride", ref Stride);
        reader.Check(Stride >= 1, "feature_stride", Stride, "at least 1");
        reader.Optional("output_score", ref OutputScore);
        reader.Optional("iou_loss", ref IouLoss);
    }
}
