using CoreEngine.Operators;

namespace CoreEngine.Data;

/// <summary>Parameters of <c>ImageDetRecordIter</c>.</summary>
public sealed class DetectionRecordParameters : IParameters
{
    /// <summary>Where images come from.</summary>
    public ImageFileParameters Files { get; } = new() { RecordPath = "./data/imgrec.rec", LabelWidth = -1 };

    /// <summary>How many labels an image of a batch has; the most that any has when not larger.</summary>
    public int LabelPadWidth;

    /// <summary>What stands behind an image's labels.</summary>
    public float LabelPadValue = -1;

    /// <summary>How images become batches.</summary>
    public BatchParameters Batch { get; } = new();

    /// <summary>How images are changed.</summary>
    public DetectionAugmentParameters Augment { get; } = new();

    /// <summary>How bytes become numbers.</summary>
    public ImageNormalizeParameters Normalize { get; } = new(deviation: 0);

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        Files.ReadFiles(reader, "det_aug_default");
        reader.Optional("label_pad_width", ref LabelPadWidth);
        reader.Check(LabelPadWidth <= 1 << 20, "label_pad_width", LabelPadWidth, "at most 1048576");
        reader.Optional("label_pad_value", ref LabelPadValue);
        Files.ReadOrder(reader);
        Batch.ReadBatch(reader);
        Batch.ReadPrefetch(reader);
        Augment.Read(reader);
        Normalize.Read(reader, augments: false);
    }
}
