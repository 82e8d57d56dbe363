using System.Globalization;
using System.Runtime.InteropServices;
using CoreEngine.Files;

namespace CoreEngine.Data;

/// <summary>Reads lines such as <c>1 3:0.5 7:2</c>, a label and numbered values, and gathers them as rows of a CSR matrix.</summary>
internal sealed class SparseRows : IDisposable
{
    private readonly LineReader _lines;
    private readonly long _columns;
    private readonly List<float> _values = [];
    private readonly List<long> _places = [];
    private readonly List<long> _pointers = [0];

    internal SparseRows(string paths, PartParameters part, long columns)
    {
        _lines = new LineReader(new DataFiles(paths), part);
        _columns = columns;
    }

    /// <summary>The files' rows so far.</summary>
    internal ulong Count => (ulong)_lines.Number;

    /// <summary>What errors call the present file.</summary>
    internal string File => _lines.File;

    internal void Restart() => _lines.Restart();

    public void Dispose() => _lines.Dispose();

    /// <summary>Appends the next row; false at the end.</summary>
    internal bool TryRead(out float label)
    {
        label = 0;
        if (!_lines.TryRead(out ReadOnlySpan<byte> line))
            return false;
        int before = _places.Count;
        bool isFirst = true;
        foreach (Range range in line.SplitAny(" \t\v\f"u8))
        {
            ReadOnlySpan<byte> item = line[range];
            if (item.IsEmpty)
                continue;
            if (item[0] == '#')
                break;
            if (isFirst)
                label = Label(item);
            else
                Append(item);
            isFirst = false;
        }

        Sort(before);
        _pointers.Add(_places.Count);
        return true;
    }

    /// <summary>The gathered rows as a matrix; the next ones start anew.</summary>
    internal NDArray Take(int rows)
    {
        var shape = new Shape([rows, _columns]);
        NDArray matrix;
        if (_values.Count == 0)
        {
            matrix = NDArray.Zeros(StorageType.Csr, shape);
        }
        else
        {
            using NDArray values = Make(_values, DType.Float32);
            using NDArray places = Make(_places, DType.Int64);
            using NDArray pointers = Make(_pointers, DType.Int64);
            matrix = NDArray.Csr(values, places, pointers, shape);
        }

        Forget();
        return matrix;
    }

    /// <summary>Drops the gathered rows.</summary>
    internal void Forget()
    {
        _values.Clear();
        _places.Clear();
        _pointers.Clear();
        _pointers.Add(0);
    }

    // What follows the colon is the example's weight, which no iterator passes on.
    private float Label(ReadOnlySpan<byte> item)
    {
        int colon = item.IndexOf((byte)':');
        return NumberText.TryFloat(colon < 0 ? item : item[..colon], out float label)
            ? label
            : throw Error("the label is no number");
    }

    private void Append(ReadOnlySpan<byte> item)
    {
        int colon = item.IndexOf((byte)':');
        ReadOnlySpan<byte> number = colon < 0 ? item : item[..colon];
        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long place))
            throw Error("a feature's number is no whole number");
        if (place >= _columns)
            throw Error($"feature {place:N0} does not exist: they are counted from 0, and the shape has {_columns:N0}");
        float value = 1;
        if (colon >= 0 && !NumberText.TryFloat(item[(colon + 1)..], out value))
            throw Error($"the value of feature {place:N0} is no number");
        _places.Add(place);
        _values.Add(value);
    }

    private void Sort(int from)
    {
        Span<long> places = CollectionsMarshal.AsSpan(_places)[from..];
        Span<float> values = CollectionsMarshal.AsSpan(_values)[from..];
        bool isSorted = true;
        for (int i = 1; i < places.Length; i++)
        {
            isSorted &= places[i - 1] < places[i];
        }

        if (isSorted)
            return;
        places.Sort(values);
        for (int i = 1; i < places.Length; i++)
        {
            if (places[i - 1] == places[i])
                throw Error($"feature {places[i]:N0} has two values");
        }
    }

    private FileFormatException Error(string problem) => new(File, -1, $"line {_lines.Number:N0}: {problem}");

    private static NDArray Make<T>(List<T> values, DType dtype)
        where T : unmanaged
    {
        var array = new NDArray([values.Count], dtype);
        array.CopyFrom<T>(CollectionsMarshal.AsSpan(values));
        return array;
    }
}
