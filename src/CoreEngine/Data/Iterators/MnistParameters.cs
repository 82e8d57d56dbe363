using CoreEngine.Operators;

namespace CoreEngine.Data;

/// <summary>Parameters of <c>MNISTIter</c>.</summary>
public sealed class MnistParameters : IParameters
{
    /// <summary>The images' file.</summary>
    public string ImagePath = "./train-images-idx3-ubyte";

    /// <summary>The labels' file.</summary>
    public string LabelPath = "./train-labels-idx1-ubyte";

    /// <summary>Whether the images are shuffled, once.</summary>
    public bool Shuffle = true;

    /// <summary>Whether an image is a vector instead of (1, height, width).</summary>
    public bool Flat;

    /// <summary>Decides the order.</summary>
    public int Seed;

    /// <summary>Without meaning here: nothing is printed.</summary>
    public bool Silent;

    /// <summary>Which part is read.</summary>
    public PartParameters Part { get; } = new();

    /// <summary>How images become batches; images that fill no batch are left out.</summary>
    public BatchParameters Batch { get; } = new() { BatchSize = 128, RoundBatch = false };

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        reader.Optional("image", ref ImagePath);
        reader.Optional("label", ref LabelPath);
        int size = (int)Batch.BatchSize;
        reader.Optional("batch_size", ref size);
        reader.Check(size is > 0 and <= 1 << 24, "batch_size", size, "a number from 1 to 16777216");
        Batch.BatchSize = (uint)size;
        reader.Optional("shuffle", ref Shuffle);
        reader.Optional("flat", ref Flat);
        reader.Optional("seed", ref Seed);
        reader.Optional("silent", ref Silent);
        Part.Read(reader);
        Batch.ReadPrefetch(reader);
    }
}
