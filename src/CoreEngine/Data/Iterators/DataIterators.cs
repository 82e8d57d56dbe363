using CoreEngine.Operators;

namespace CoreEngine.Data;

/// <summary>The data iterators of MXNet 1.0.0, by name.</summary>
public static class DataIterators
{
    private const string ReadsImages = "Reads images from records, decodes and augments them.";
    private const string ReadsBytes = "Reads images from records, decodes and augments them, and gives them as bytes.";

    /// <summary>All of them, in alphabetical order.</summary>
    public static IReadOnlyList<DataIteratorDef> All { get; } =
    [
        Define<CsvParameters>(
            "CSVIter",
            "Reads examples, and labels if there is a file of them, from text files with a line for each and commas between "
                + "the numbers.",
            p => Dense("CSVIter", new CsvExamples(p), p.Batch, new Shape(p.DataShape), new Shape(p.LabelShape))
        ),
        Define<DetectionRecordParameters>(
            "ImageDetRecordIter",
            "Reads images with objects in them from records, decodes and augments them and their labels.",
            Detection
        ),
        Define<ImageRecordParameters>("ImageRecordIter", ReadsImages, p => Images("ImageRecordIter", p)),
        Define<ImageRecordParameters>("ImageRecordIter_v1", ReadsImages, p => Images("ImageRecordIter_v1", p)),
        Define<ImageRecordByteParameters>("ImageRecordUInt8Iter", ReadsBytes, p => Images("ImageRecordUInt8Iter", p)),
        Define<ImageRecordByteParameters>(
            "ImageRecordUInt8Iter_v1",
            ReadsBytes,
            p => Images("ImageRecordUInt8Iter_v1", p)
        ),
        Define<LibSvmParameters>(
            "LibSVMIter",
            "Reads sparse examples (a label, and features as number:value, counted from 0) from text files, as CSR matrices.",
            p => new DataIterator(new LibSvmBatchSource(p), p.Batch.Prefetch, wraps: true)
        ),
        Define<MnistParameters>(
            "MNISTIter",
            "Reads the images and labels of MNIST and its kin, from 0 to 1.",
            p =>
            {
                var examples = new MnistExamples(p);
                return Dense("MNISTIter", examples, p.Batch, examples.Shape, [1]);
            }
        ),
    ];

    /// <summary>Makes an iterator.</summary>
    /// <param name="name">One of <see cref="All"/>.</param>
    /// <param name="parameters">A text for each parameter that shall not have its default.</param>
    /// <exception cref="EngineException">There is no such iterator, a parameter is wrong, or the data cannot be read.</exception>
    public static DataIterator Create(string name, IReadOnlyDictionary<string, string> parameters) =>
        (
            All.FirstOrDefault(d => d.Name == name)
            ?? throw new EngineException(
                $"There is no data iterator '{name}'; there are {string.Join(", ", All.Select(d => d.Name))}."
            )
        ).Create(parameters);

    private static DataIteratorDef Define<T>(string name, string description, Func<T, DataIterator> create)
        where T : IParameters, new() => new(name, description, () => new T(), p => create((T)p));

    private static DataIterator Dense(
        string name,
        IExampleSource examples,
        BatchParameters batch,
        Shape data,
        Shape label
    ) => new(new DenseBatchSource(name, examples, batch, data, label), batch.Prefetch, batch.RoundBatch);

    private static DataIterator Images(string name, ImageRecordParameters p)
    {
        var augmenter = new ImageAugmenter(p.Augment, p.Files.Height, p.Files.Width);
        LabelLayout layout = LabelLayout.Fixed(p.Files.LabelWidth);
        bool asBytes = p is ImageRecordByteParameters;
        var source = new ImageBatchSource(name, p.Files, p.Batch, augmenter, p.Normalize, layout, asBytes);
        return new DataIterator(source, p.Batch.Prefetch, p.Batch.RoundBatch);
    }

    private static DataIterator Detection(DetectionRecordParameters p)
    {
        var augmenter = new DetectionAugmenter(p.Augment, p.Files.Height, p.Files.Width);
        LabelLayout layout = LabelLayout.Padded(p.LabelPadWidth, p.LabelPadValue);
        var source = new ImageBatchSource(
            "ImageDetRecordIter",
            p.Files,
            p.Batch,
            augmenter,
            p.Normalize,
            layout,
            asBytes: false
        );
        return new DataIterator(source, p.Batch.Prefetch, p.Batch.RoundBatch);
    }
}
