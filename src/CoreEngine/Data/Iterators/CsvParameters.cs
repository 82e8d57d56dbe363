using CoreEngine.Operators;

namespace CoreEngine.Data;

/// <summary>Parameters of <c>CSVIter</c>.</summary>
public sealed class CsvParameters : IParameters
{
    /// <summary>The examples' file or folder.</summary>
    public string DataPath = "";

    /// <summary>The shape of an example.</summary>
    public long[] DataShape = [];

    /// <summary>The labels' file or folder; NULL for labels of 0.</summary>
    public string LabelPath = "NULL";

    /// <summary>The shape of an example's labels.</summary>
    public long[] LabelShape = [1];

    /// <summary>How examples become batches.</summary>
    public BatchParameters Batch { get; } = new();

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        reader.Required("data_csv", ref DataPath);
        reader.Required("data_shape", ref DataShape);
        reader.CheckExtents("data_shape", DataShape);
        reader.Optional("label_csv", ref LabelPath);
        reader.Optional("label_shape", ref LabelShape);
        reader.CheckExtents("label_shape", LabelShape);
        Batch.ReadBatch(reader);
        Batch.ReadPrefetch(reader);
    }
}
