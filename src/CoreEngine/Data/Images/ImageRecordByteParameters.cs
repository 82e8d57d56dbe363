using CoreEngine.Operators;

namespace CoreEngine.Data;

/// <summary>Parameters of <c>ImageRecordUInt8Iter</c>, which gives the bytes as they are.</summary>
public sealed class ImageRecordByteParameters : ImageRecordParameters
{
    /// <inheritdoc/>
    public override void Read(AttributeReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        Files.ReadFiles(reader, "aug_default");
        reader.Check(Files.LabelWidth > 0, "label_width", Files.LabelWidth, "1 or more");
        Files.ReadOrder(reader);
        Batch.ReadBatch(reader);
        Batch.ReadPrefetch(reader);
        Augment.Read(reader);
        reader.Optional("mirror", ref Normalize.Mirror);
        reader.Optional("rand_mirror", ref Normalize.RandomMirror);
    }
}
