using CoreEngine.Files;

namespace CoreEngine.Data;

/// <summary>
/// The UCI handwritten digits (E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits, 1998): 8x8 pixels of
/// 17 grey levels, as the table that scikit-learn distributes, 64 pixels and a label a line.
/// </summary>
public static class DigitsDataset
{
    private const int Side = 8;
    private const int Brightest = 16;
    private const int Classes = 10;

    /// <summary>Reads the table, plain or packed with gzip.</summary>
    /// <param name="stream">Seekable.</param>
    /// <param name="name">What errors call the stream.</param>
    /// <exception cref="FileFormatException">The bytes are no such table, or damaged.</exception>
    public static LabeledImages Read(Stream stream, string name) => FromTable(NumericCsvFile.Read(stream, name), name);

    /// <summary>Reads the table from a file, plain or packed with gzip.</summary>
    /// <exception cref="FileAccessException">The file is absent or not permitted.</exception>
    /// <exception cref="FileFormatException">The file is no such table, or damaged.</exception>
    public static LabeledImages Load(string path) => FromTable(NumericCsvFile.Load(path), path);

    private static LabeledImages FromTable(NumericTable table, string name)
    {
        const int Pixels = Side * Side;
        if (table.Columns != Pixels + 1)
        {
            throw new FileFormatException(
                name,
                -1,
                $"a line of the digits has {Pixels} pixels and a label, this table has {table.Columns} columns"
            );
        }

        byte[] pixels = new byte[table.Rows * Pixels];
        byte[] labels = new byte[table.Rows];
        for (int row = 0; row < table.Rows; row++)
        {
            ReadOnlySpan<float> values = table.Row(row);
            for (int i = 0; i < Pixels; i++)
            {
                pixels[(row * Pixels) + i] = Small(values[i], Brightest, row, name);
            }

            labels[row] = Small(values[Pixels], Classes - 1, row, name);
        }

        return new LabeledImages(pixels, labels, Side, Side, Brightest);
    }

    private static byte Small(float value, int most, int row, string name) =>
        value >= 0 && value <= most && value == MathF.Floor(value)
            ? (byte)value
            : throw new FileFormatException(
                name,
                -1,
                $"row {row + 1:N0} has {value}, not a whole number from 0 to {most}"
            );
}
