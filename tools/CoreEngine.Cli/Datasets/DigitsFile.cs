using CoreEngine.Files;

namespace CoreEngine.Cli;

/// <summary>
/// The UCI handwritten digits that ship inside the program: 1,797 real images, 8x8 pixels, CC BY 4.0
/// (E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits, 1998; see Datasets/digits.LICENSE.md).
/// </summary>
internal static class DigitsFile
{
    private const string Name = "digits.csv.gz";
    private const int Side = 8;
    private const float Brightest = 16;

    /// <summary>Every fifth image, as they come, is held out: the file mixes its 13 writers evenly.</summary>
    private const int HeldOut = 5;

    public static ImageDataset Load()
    {
        using Stream file =
            typeof(DigitsFile).Assembly.GetManifestResourceStream(Name)
            ?? throw new DatasetException("The program was built without its digits; build it again.");
        using var copy = new MemoryStream();
        file.CopyTo(copy);
        copy.Position = 0;
        LabeledImages all = Images(NumericCsvFile.Read(copy, Name));
        int[] positions = [.. Enumerable.Range(0, all.Count)];
        return new ImageDataset(
            "digits",
            all.Select([.. positions.Where(i => i % HeldOut != 0)]),
            all.Select([.. positions.Where(i => i % HeldOut == 0)])
        );
    }

    /// <summary>Each row of the table is 64 pixels and the label.</summary>
    private static LabeledImages Images(NumericTable table)
    {
        float[] pixels = new float[table.Rows * Side * Side];
        float[] labels = new float[table.Rows];
        for (int i = 0; i < table.Rows; i++)
        {
            ReadOnlySpan<float> row = table.Row(i);
            labels[i] = row[^1];
            for (int j = 0; j < Side * Side; j++)
            {
                pixels[(i * Side * Side) + j] = row[j] / Brightest;
            }
        }

        return new LabeledImages(pixels, labels, Side, Side);
    }
}
