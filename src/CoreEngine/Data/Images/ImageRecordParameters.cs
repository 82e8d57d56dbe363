using CoreEngine.Operators;

namespace CoreEngine.Data;

/// <summary>Parameters of <c>ImageRecordIter</c>.</summary>
public class ImageRecordParameters : IParameters
{
    /// <summary>Where images come from.</summary>
    public ImageFileParameters Files { get; } = new();

    /// <summary>How images become batches.</summary>
    public BatchParameters Batch { get; } = new();

    /// <summary>How images are changed.</summary>
    public ImageAugmentParameters Augment { get; } = new();

    /// <summary>How bytes become numbers.</summary>
    public ImageNormalizeParameters Normalize { get; } = new(deviation: 1);

    /// <inheritdoc/>
    public virtual void Read(AttributeReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        Files.ReadFiles(reader, "aug_default");
        reader.Check(Files.LabelWidth > 0, "label_width", Files.LabelWidth, "1 or more");
        Files.ReadOrder(reader);
        Batch.ReadBatch(reader);
        Batch.ReadPrefetch(reader);
        Augment.Read(reader);
        Normalize.Read(reader, augments: true);
    }
}
