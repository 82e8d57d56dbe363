namespace CoreEngine.Cli;

/// <summary>Images to train on and images held out to test with.</summary>
/// <param name="Name">The name on the command line.</param>
/// <param name="Train">What the model learns from.</param>
/// <param name="Test">What it has never seen.</param>
public sealed record ImageDataset(string Name, LabeledImages Train, LabeledImages Test)
{
    /// <summary>Number of classes, in all data sets known here.</summary>
    public const int Classes = 10;

    /// <summary>The names that <see cref="Load"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } = [Digits, FashionMnist, Mnist];

    private const string Digits = "digits";
    private const string FashionMnist = "fashion-mnist";
    private const string Mnist = "mnist";

    /// <summary>Loads a data set by name.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="folder">Where the files are; null for the usual place.</param>
    /// <exception cref="EngineException">The files are missing or damaged.</exception>
    public static ImageDataset Load(string name, string? folder) =>
        name switch
        {
            Digits when folder is null => DigitsFile.Load(),
            Digits => throw new DatasetException("The digits are part of this program; --data-dir is not for them."),
            FashionMnist => IdxImages.LoadDataset(name, folder ?? $"/usr/share/datasets/{FashionMnist}", FashionHint),
            Mnist => IdxImages.LoadDataset(name, folder ?? $"/usr/share/datasets/{Mnist}", MnistHint),
            _ => throw new DatasetException($"There is no data set '{name}'. Known: {string.Join(", ", Names)}."),
        };

    private const string FashionHint =
        "On Debian: apt-get install dataset-fashion-mnist. Or name the folder of the four IDX files with --data-dir.";

    private const string MnistHint =
        "Name the folder of the four IDX files (train-images-idx3-ubyte and so on, plain or .gz) with --data-dir.";
}
