using System.Globalization;
using System.IO.Compression;

namespace CoreEngine.Cli;

/// <summary>
/// The UCI handwritten digits that ship inside the program: 1,797 real images, 8x8 pixels, CC BY 4.0
/// (E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits, 1998; see Datasets/digits.LICENSE.md).
/// </summary>
internal static class DigitsFile
{
    private const int Side = 8;
    private const float Brightest = 16;

    /// <summary>Every fifth image, as they come, is held out: the file mixes its 13 writers evenly.</summary>
    private const int HeldOut = 5;

    public static ImageDataset Load()
    {
        using Stream file =
            typeof(DigitsFile).Assembly.GetManifestResourceStream("digits.csv.gz")
            ?? throw new DatasetException("The program was built without its digits; build it again.");
        using var text = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
        LabeledImages all = Parse(text);
        int[] positions = [.. Enumerable.Range(0, all.Count)];
        return new ImageDataset(
            "digits",
            all.Select([.. positions.Where(i => i % HeldOut != 0)]),
            all.Select([.. positions.Where(i => i % HeldOut == 0)])
        );
    }

    /// <summary>Reads lines of 64 pixels and a label.</summary>
    public static LabeledImages Parse(TextReader text)
    {
        var pixels = new List<float>();
        var labels = new List<float>();
        while (text.ReadLine() is { Length: > 0 } line)
        {
            string[] fields = line.Split(',');
            if (fields.Length != Side * Side + 1)
            {
                throw new DatasetException(
                    $"Line {labels.Count + 1} of the digits has {fields.Length} fields; {Side * Side + 1} are needed."
                );
            }

            foreach (string field in fields.AsSpan(0, Side * Side))
            {
                pixels.Add(Number(field, labels.Count + 1) / Brightest);
            }

            labels.Add(Number(fields[^1], labels.Count + 1));
        }

        return new LabeledImages([.. pixels], [.. labels], Side, Side);
    }

    private static float Number(string field, int line) =>
        float.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out float value)
            ? value
            : throw new DatasetException($"Line {line} of the digits holds '{field}', which is no number.");
}
