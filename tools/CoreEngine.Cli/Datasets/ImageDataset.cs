using CoreEngine.Data;

namespace CoreEngine.Cli;

/// <summary>Images to train on and images held out to test with.</summary>
/// <param name="Name">The name on the command line.</param>
/// <param name="Train">What the model learns from.</param>
/// <param name="Test">What it has never seen.</param>
internal sealed record ImageDataset(string Name, LabeledImages Train, LabeledImages Test)
{
    /// <summary>
    /// The UCI handwritten digits that ship inside the program: 1,797 real images, 8x8 pixels, CC BY 4.0
    /// (E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits, 1998; see Datasets/digits.LICENSE.md).
    /// </summary>
    public const string Digits = "digits";

    /// <summary>Fashion-MNIST: 70,000 images of clothes, 28x28 pixels.</summary>
    public const string FashionMnist = "fashion-mnist";

    /// <summary>MNIST: 70,000 handwritten digits, 28x28 pixels.</summary>
    public const string Mnist = "mnist";

    /// <summary>Number of classes, the same in all of them.</summary>
    public const int Classes = 10;

    private const string DigitsResource = "digits.csv.gz";
    private const int HeldOut = 5;

    /// <summary>Loads a data set by name.</summary>
    /// <param name="name">One of the names above.</param>
    /// <param name="folder">Where the files are; null for the usual place.</param>
    /// <exception cref="EngineException">Files are missing or damaged.</exception>
    public static ImageDataset Load(string name, string? folder)
    {
        if (name == Digits)
        {
            return folder is null
                ? LoadDigits()
                : throw new EngineException("The digits are part of this program; --data-dir is not for them.");
        }

        MnistDataset data = MnistDataset.Load(folder ?? $"/usr/share/datasets/{name}");
        Check(name, data.Train);
        Check(name, data.Test);
        return new ImageDataset(name, data.Train, data.Test);
    }

    private static ImageDataset LoadDigits()
    {
        using Stream packed =
            typeof(ImageDataset).Assembly.GetManifestResourceStream(DigitsResource)
            ?? throw new EngineException("The program was built without its digits; build it again.");
        using var content = new MemoryStream();
        packed.CopyTo(content);
        content.Position = 0;
        // As they come: the file mixes its writers evenly, and everybody gets the same split.
        (LabeledImages train, LabeledImages test) = DigitsDataset.Read(content, DigitsResource).Split(HeldOut);
        return new ImageDataset(Digits, train, test);
    }

    private static void Check(string name, LabeledImages images)
    {
        int wrong = images.Labels.IndexOfAnyExceptInRange((byte)0, (byte)(Classes - 1));
        if (wrong >= 0)
        {
            throw new EngineException(
                $"Image {wrong} of {name} has the label {images.Labels[wrong]}; labels go from 0 to {Classes - 1}. "
                    + "Is it another data set?"
            );
        }
    }
}
