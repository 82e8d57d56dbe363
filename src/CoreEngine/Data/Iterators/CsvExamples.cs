using CoreEngine.Files;

namespace CoreEngine.Data;

/// <summary>Examples and labels in text files, a line each, the numbers with commas between.</summary>
internal sealed class CsvExamples : IExampleSource
{
    private readonly LineReader _data;
    private readonly LineReader? _labels;
    private ulong _count;

    internal CsvExamples(CsvParameters parameters)
    {
        var whole = new PartParameters();
        _data = new LineReader(new DataFiles(parameters.DataPath), whole);
        if (parameters.LabelPath != "NULL")
            _labels = new LineReader(new DataFiles(parameters.LabelPath), whole);
    }

    public bool Next(Span<float> data, Span<float> label, out ulong index)
    {
        index = _count;
        if (!_data.TryRead(out ReadOnlySpan<byte> line))
            return false;
        Parse(_data, line, data, "data_shape");
        if (_labels is null)
        {
            label.Clear();
        }
        else
        {
            if (!_labels.TryRead(out line))
            {
                throw new FileFormatException(
                    _labels.File,
                    -1,
                    $"there are {_labels.Number:N0} labels, fewer than examples in {_data.File}"
                );
            }

            Parse(_labels, line, label, "label_shape");
        }

        _count++;
        return true;
    }

    public void Restart()
    {
        _data.Restart();
        _labels?.Restart();
        _count = 0;
    }

    public void Dispose()
    {
        _data.Dispose();
        _labels?.Dispose();
    }

    private static void Parse(LineReader reader, ReadOnlySpan<byte> line, Span<float> values, string parameter)
    {
        int count = 0;
        // A comma at the end begins no number.
        while (line.Length > 0)
        {
            int comma = line.IndexOf((byte)',');
            ReadOnlySpan<byte> text = comma < 0 ? line : line[..comma];
            if (count < values.Length && !NumberText.TryFloat(text, out values[count]))
                throw new FileFormatException(
                    reader.File,
                    -1,
                    $"line {reader.Number:N0}, number {count + 1:N0} is no number"
                );
            count++;
            line = comma < 0 ? default : line[(comma + 1)..];
        }

        if (count != values.Length)
        {
            throw new FileFormatException(
                reader.File,
                -1,
                $"line {reader.Number:N0} has {count:N0} numbers, but {parameter} asks for {values.Length:N0}"
            );
        }
    }
}
