namespace CoreEngine.Operators;

/// <summary>Parameters of <c>_contrib_MultiBoxPrior</c>.</summary>
public sealed class MultiBoxPriorParameters : IParameters
{
    /// <summary>Sizes of boxes in fractions of the image.</summary>
    public float[] Sizes = [1];

    /// <summary>Widths over heights; the first counts as 1.</summary>
    public float[] Ratios = [1];

    /// <summary>Cut off what reaches beyond the image.</summary>
    public bool Clip;

    /// <summary>Distance of rows and of columns of boxes; negative numbers divide the image evenly.</summary>
    public float[] Steps = [-1, -1];

    /// <summary>Where in its cell a box has its centre, from the top and from the left.</summary>
    public float[] Offsets = [0.5f, 0.5f];

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Optional("sizes", ref Sizes);
        reader.Check(Sizes.Length > 0, "sizes", "()", "at least one number");
        reader.Optional("ratios", ref Ratios);
        reader.Check(Ratios.Length > 0, "ratios", "()", "at least one number");
        reader.Optional("clip", ref Clip);
        reader.Optional("steps", ref Steps);
        reader.Check(
            Steps.Length == 2 && Steps[0] * Steps[1] >= 0,
            "steps",
            string.Join(",", Steps),
            "two numbers, both above 0 or both negative"
        );
        reader.Optional("offsets", ref Offsets);
        reader.Check(Offsets.Length == 2, "offsets", string.Join(",", Offsets), "two numbers");
    }
}

/// <summary>Parameters of <c>_contrib_MultiBoxTarget</c>.</summary>
public sealed class MultiBoxTargetParameters : IParameters
{
    /// <summary>From what overlap on an anchor gets an object that has one already.</summary>
    public float OverlapThreshold = 0.5f;

    /// <summary>The class of anchors that are neither object nor background.</summary>
    public float IgnoreLabel = -1;

    /// <summary>Background anchors per anchor with an object; 0 or less: all.</summary>
    public float NegativeMiningRatio = -1;

    /// <summary>Up to what overlap an anchor may be background.</summary>
    public float NegativeMiningThreshold = 0.5f;

    /// <summary>Has no effect, as in MXNet's CPU version.</summary>
    public int MinimumNegativeSamples;

    /// <summary>By what the four offsets are divided.</summary>
    public float[] Variances = [0.1f, 0.1f, 0.2f, 0.2f];

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Optional("overlap_threshold", ref OverlapThreshold);
        reader.Optional("ignore_label", ref IgnoreLabel);
        reader.Optional("negative_mining_ratio", ref NegativeMiningRatio);
        reader.Optional("negative_mining_thresh", ref NegativeMiningThreshold);
        reader.Optional("minimum_negative_samples", ref MinimumNegativeSamples);
        reader.Optional("variances", ref Variances);
        reader.Check(Variances.Length == 4, "variances", string.Join(",", Variances), "four numbers");
    }
}

/// <summary>Parameters of <c>_contrib_MultiBoxDetection</c>.</summary>
public sealed class MultiBoxDetectionParameters : IParameters
{
    /// <summary>Cut off what reaches beyond the image.</summary>
    public bool Clip = true;

    /// <summary>The least probability that counts.</summary>
    public float Threshold = 0.01f;

    /// <summary>Has no effect, as in MXNet's CPU version: class 0 is the background.</summary>
    public int BackgroundId;

    /// <summary>From what overlap on a less likely box is dropped.</summary>
    public float SuppressionThreshold = 0.5f;

    /// <summary>Boxes are dropped for those of other classes too.</summary>
    public bool ForceSuppress;

    /// <summary>By what the four offsets are multiplied.</summary>
    public float[] Variances = [0.1f, 0.1f, 0.2f, 0.2f];

    /// <summary>How many of the likeliest are brought to the front; negative: all.</summary>
    public int SuppressionTop = -1;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Optional("clip", ref Clip);
        reader.Optional("threshold", ref Threshold);
        reader.Optional("background_id", ref BackgroundId);
        reader.Optional("nms_threshold", ref SuppressionThreshold);
        reader.Optional("force_suppress", ref ForceSuppress);
        reader.Optional("variances", ref Variances);
        reader.Check(Variances.Length == 4, "variances", string.Join(",", Variances), "four numbers");
        reader.Optional("nms_topk", ref SuppressionTop);
    }
}
