using CoreEngine.Operators;

namespace CoreEngine.Data;

/// <summary>Where an iterator finds records of images, and in which order it reads them.</summary>
public sealed class ImageFileParameters
{
    /// <summary>A list with other labels than the records have.</summary>
    public string ListPath = "";

    /// <summary>The records' file or folder.</summary>
    public string RecordPath = "";

    /// <summary>Their index; without one, shuffling looks through the file first.</summary>
    public string IndexPath = "";

    /// <summary>Names of augmenters; each iterator has one.</summary>
    public string Augmenters = "";

    /// <summary>Labels of an image; -1 for any number.</summary>
    public int LabelWidth = 1;

    /// <summary>Shape of an image in a batch: (channels, height, width).</summary>
    public long[] DataShape = [];

    /// <summary>How many threads decode and augment.</summary>
    public int Threads = 4;

    /// <summary>Without meaning here: nothing is printed.</summary>
    public bool Verbose = true;

    /// <summary>Which part is read.</summary>
    public PartParameters Part { get; } = new();

    /// <summary>Without meaning here: shuffling is always over all records.</summary>
    public ulong ShuffleChunkSize;

    /// <summary>Decides the order, together with the seed.</summary>
    public int ShuffleChunkSeed;

    /// <summary>Whether records come in another order in every epoch.</summary>
    public bool Shuffle;

    /// <summary>Decides the order and what augmenters do.</summary>
    public int Seed;

    internal int Channels => (int)DataShape[0];

    internal int Height => (int)DataShape[1];

    internal int Width => (int)DataShape[2];

    internal void ReadFiles(AttributeReader reader, string augmenter)
    {
        Augmenters = augmenter;
        reader.Optional("path_imglist", ref ListPath);
        reader.Optional("path_imgrec", ref RecordPath);
        reader.Check(RecordPath.Length > 0, "path_imgrec", RecordPath, "the path of a file of records");
        reader.Optional("path_imgidx", ref IndexPath);
        reader.Optional("aug_seq", ref Augmenters);
        reader.Check(
            Augmenters == augmenter || Augmenters.Length == 0,
            "aug_seq",
            Augmenters,
            $"'{augmenter}' or empty"
        );
        reader.Optional("label_width", ref LabelWidth);
        reader.Check(LabelWidth is -1 or (> 0 and <= 1 << 20), "label_width", LabelWidth, "1 or more");
        reader.Required("data_shape", ref DataShape);
        reader.CheckExtents("data_shape", DataShape);
        reader.Check(
            DataShape is [1 or 3 or 4, _, _],
            "data_shape",
            $"({string.Join(",", DataShape)})",
            "(channels, height, width) with 1, 3 or 4 channels"
        );
        reader.Optional("preprocess_threads", ref Threads);
        reader.Check(Threads > 0, "preprocess_threads", Threads, "1 or more");
        reader.Optional("verbose", ref Verbose);
        Part.Read(reader);
        reader.Optional("shuffle_chunk_size", ref ShuffleChunkSize);
        reader.Optional("shuffle_chunk_seed", ref ShuffleChunkSeed);
    }

    internal void ReadOrder(AttributeReader reader)
    {
        reader.Optional("shuffle", ref Shuffle);
        reader.Optional("seed", ref Seed);
    }
}
