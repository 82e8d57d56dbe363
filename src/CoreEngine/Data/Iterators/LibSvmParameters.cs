using CoreEngine.Operators;

namespace CoreEngine.Data;

/// <summary>Parameters of <c>LibSVMIter</c>.</summary>
public sealed class LibSvmParameters : IParameters
{
    /// <summary>The examples' file or folder.</summary>
    public string DataPath = "";

    /// <summary>How many features there are, one extent.</summary>
    public long[] DataShape = [];

    /// <summary>The labels' file or folder; NULL when they stand before the examples.</summary>
    public string LabelPath = "NULL";

    /// <summary>How many labels an example has, one extent.</summary>
    public long[] LabelShape = [1];

    /// <summary>Which part is read.</summary>
    public PartParameters Part { get; } = new();

    /// <summary>How examples become batches.</summary>
    public BatchParameters Batch { get; } = new();

    internal bool HasLabelFile => LabelPath != "NULL";

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        reader.Required("data_libsvm", ref DataPath);
        reader.Required("data_shape", ref DataShape);
        reader.Check(DataShape is [> 0], "data_shape", $"({string.Join(",", DataShape)})", "one extent of 1 or more");
        reader.Optional("label_libsvm", ref LabelPath);
        reader.Optional("label_shape", ref LabelShape);
        reader.Check(
            LabelShape is [> 0] && LabelShape[0] > 1 == HasLabelFile,
            "label_shape",
            $"({string.Join(",", LabelShape)})",
            "(1,) without label_libsvm, and one larger extent with it"
        );
        Part.Read(reader);
        Batch.ReadBatch(reader);
        reader.Check(Batch.RoundBatch, "round_batch", Batch.RoundBatch, "True: sparse batches are always filled up");
        Batch.ReadPrefetch(reader);
    }
}
