using CoreEngine.Operators;

namespace CoreEngine.Data;

/// <summary>The data iterators of MXNet 1.0.0, by name.</summary>
public static class DataIterators
{
    /// <summary>All of them, in alphabetical order.</summary>
    public static IReadOnlyList<DataIteratorDef> All { get; } =
    [
        Define<CsvParameters>(
            "CSVIter",
            "Reads examples, and labels if there is a file of them, from text files with a line for each and commas between "
                + "the numbers.",
            p => Dense("CSVIter", new CsvExamples(p), p.Batch, new Shape(p.DataShape), new Shape(p.LabelShape))
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
}
