using CoreEngine.Files;

namespace CoreEngine.Data;

/// <summary>
/// Reads the lines of a part of text files. A line belongs to the part in which it begins, one that begins exactly at a cut to
/// the part before it, so every line belongs to one part.
/// </summary>
internal sealed class LineReader : IDisposable
{
    private const byte LineFeed = (byte)'\n';
    private const byte Return = (byte)'\r';
    private const int LongestLine = 1 << 30;

    private readonly DataFiles _files;
    private readonly long _begin;
    private readonly long _end;
    private byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _filled;
    private FileStream? _stream;
    private int _file;

    /// <exception cref="FileAccessException">The files are absent or not permitted.</exception>
    internal LineReader(DataFiles files, PartParameters part)
    {
        _files = files;
        (long begin, long end) = files.Part(part, alignment: 1);
        _begin = LineAfter(begin);
        _end = LineAfter(end);
        Restart();
    }

    /// <summary>The file of the latest line.</summary>
    internal string File => _files.Paths[Math.Min(_file, _files.Paths.Count - 1)];

    /// <summary>The number of the latest line in the part, from 1; empty lines do not count.</summary>
    internal long Number { get; private set; }

    /// <summary>Goes to the first line.</summary>
    internal void Restart()
    {
        Open(_begin);
        Number = 0;
    }

    /// <summary>The next line that is not empty, valid until the next call; false at the end.</summary>
    internal bool TryRead(out ReadOnlySpan<byte> line)
    {
        int searched = 0;
        while (true)
        {
            ReadOnlySpan<byte> there = _buffer.AsSpan(_start, _filled - _start);
            int length = there[searched..].IndexOfAny(LineFeed, Return);
            bool isAtEnd = false;
            if (length < 0)
            {
                searched = there.Length;
                if (Fill())
                    continue;
                length = searched;
                isAtEnd = true;
            }
            else
            {
                length += searched;
            }

            line = _buffer.AsSpan(_start, length);
            _start += isAtEnd ? length : length + 1;
            searched = 0;
            if (length > 0)
            {
                Number++;
                return true;
            }

            if (isAtEnd && !OpenNext())
                return false;
        }
    }

    public void Dispose() => _stream?.Dispose();

    /// <summary>Where the next line begins: behind the first line break at a place or behind it.</summary>
    private long LineAfter(long position)
    {
        int file = _files.FileAt(position);
        if (position == _files.StartOf(file))
            return position;
        Open(position);
        long start = position;
        bool isBreak = false;
        while (_start < _filled || Fill())
        {
            bool isEnd = _buffer[_start] is LineFeed or Return;
            if (isBreak && !isEnd)
                return start;
            isBreak |= isEnd;
            _start++;
            start++;
        }

        return _files.StartOf(file + 1);
    }

    private void Open(long position)
    {
        _stream?.Dispose();
        _stream = null;
        _start = _filled = 0;
        _file = _files.FileAt(position);
        if (_file == _files.Paths.Count)
            return;
        _stream = FileStreams.Open(File);
        _stream.Position = position - _files.StartOf(_file);
    }

    private bool OpenNext()
    {
        if (_file >= _files.Paths.Count || _files.StartOf(_file + 1) >= _end)
            return false;
        Open(_files.StartOf(_file + 1));
        return _stream is not null;
    }

    /// <summary>Reads more of the file behind what is there; false at the part's end.</summary>
    private bool Fill()
    {
        if (_stream is null)
            return false;
        // While the part's limits are looked for, there is none.
        long limit = _end == 0 ? long.MaxValue : _end - _files.StartOf(_file);
        long left = Math.Min(limit, _stream.Length) - _stream.Position;
        if (left <= 0)
            return false;
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _filled - _start).CopyTo(_buffer);
            _filled -= _start;
            _start = 0;
        }

        if (_filled == _buffer.Length)
        {
            if (_filled >= LongestLine)
                throw new FileFormatException(File, -1, $"line {Number + 1:N0} has more than {LongestLine:N0} bytes");
            Array.Resize(ref _buffer, _filled * 2);
        }

        int wanted = (int)Math.Min(left, _buffer.Length - _filled);
        int read = FileStreams.Guard(File, () => _stream.Read(_buffer, _filled, wanted));
        _filled += read;
        return read > 0;
    }
}
