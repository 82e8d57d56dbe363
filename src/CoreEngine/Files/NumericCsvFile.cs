using System.Buffers.Text;

namespace CoreEngine.Files;

/// <summary>
/// Tables of numbers as text, plain or packed with gzip: one row a line, numbers separated by commas, the same count in
/// every row, no header.
/// </summary>
public static class NumericCsvFile
{
    /// <summary>The most numbers that a table may have: 100 million, 400 MB.</summary>
    public const int MaxValues = 100_000_000;

    private const int BufferBytes = 64 << 10;

    // The longest exact decimal text of a double that anybody writes is far shorter.
    private const int MaxNumberBytes = 400;

    /// <summary>Reads a file; whether it is packed shows in its first bytes.</summary>
    /// <exception cref="FileAccessException">The file is absent or not permitted.</exception>
    /// <exception cref="FileFormatException">The file is no such table, or damaged.</exception>
    public static NumericTable Load(string path)
    {
        using FileStream stream = FileStreams.Open(path);
        return Read(stream, path);
    }

    /// <summary>Reads a table from a stream, to its end.</summary>
    /// <param name="stream">Where from; it may be packed if it can seek.</param>
    /// <param name="name">What errors call the stream.</param>
    /// <exception cref="FileFormatException">The bytes are no such table, or damaged.</exception>
    public static NumericTable Read(Stream stream, string name) =>
        FileStreams.Guard(name, () => Parse(FileStreams.Unpack(stream), name));

    private static NumericTable Parse(Stream stream, string name)
    {
        var values = new List<float>();
        int columns = 0;
        int row = 0;
        int inRow = 0;
        long offset = 0;
        byte[] buffer = new byte[BufferBytes];
        int filled = 0;
        bool ended = false;
        while (!ended)
        {
            int read = stream.Read(buffer.AsSpan(filled));
            ended = read == 0;
            filled += read;
            ReadOnlySpan<byte> rest = buffer.AsSpan(0, filled);
            while (true)
            {
                int mark = rest.IndexOfAny((byte)',', (byte)'\n');
                if (mark < 0 && (!ended || (rest.IsEmpty && inRow == 0)))
                {
                    break;
                }

                bool endsRow = mark < 0 || rest[mark] == '\n';
                ReadOnlySpan<byte> cell = mark < 0 ? rest : rest[..mark];
                bool isBlankLine = endsRow && inRow == 0 && cell.Trim(" \t\r"u8).IsEmpty;
                if (!isBlankLine)
                {
                    values.Add(ParseNumber(cell, name, offset, row));
                    inRow++;
                }

                if (values.Count > MaxValues)
                {
                    throw new FileFormatException(name, offset, $"the table has more than {MaxValues:N0} numbers");
                }

                if (endsRow && inRow > 0)
                {
                    columns = row == 0 ? inRow : columns;
                    if (inRow != columns)
                    {
                        throw new FileFormatException(
                            name,
                            offset,
                            $"row {row + 1:N0} has {inRow:N0} numbers, the first row has {columns:N0}"
                        );
                    }

                    row++;
                    inRow = 0;
                }

                if (mark < 0)
                {
                    rest = default;
                    break;
                }

                offset += mark + 1;
                rest = rest[(mark + 1)..];
            }

            if (rest.Length > MaxNumberBytes)
            {
                throw new FileFormatException(name, offset, $"no number ends within {MaxNumberBytes} bytes");
            }

            int kept = rest.Length;
            rest.CopyTo(buffer);
            filled = kept;
        }

        if (row == 0)
        {
            throw new FileFormatException(name, 0, "the table is empty");
        }

        return new NumericTable(row, columns, [.. values]);
    }

    private static float ParseNumber(ReadOnlySpan<byte> cell, string name, long offset, int row)
    {
        ReadOnlySpan<byte> text = cell.Trim(" \t\r"u8);
        if (Utf8Parser.TryParse(text, out float value, out int used) && used == text.Length && float.IsFinite(value))
        {
            return value;
        }

        string shown = System.Text.Encoding.Latin1.GetString(text[..Math.Min(text.Length, 20)]);
        throw new FileFormatException(name, offset, $"'{shown}' in row {row + 1:N0} is no finite number");
    }
}
