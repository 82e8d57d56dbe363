using CoreEngine.Files;

namespace CoreEngine.Data;

/// <summary>The records of a part of some files, in the order of the files or in another one in every epoch.</summary>
internal sealed class RecordSource : IDisposable
{
    private readonly DataFiles _files;
    private readonly ulong _seed;
    private readonly long _begin;
    private readonly long _end;
    private readonly long[]? _positions;
    private int _next;
    private int _file = -1;
    private RecordReader? _reader;

    internal RecordSource(ImageFileParameters parameters)
    {
        _files = new DataFiles(parameters.RecordPath);
        _seed = ((ulong)(uint)parameters.ShuffleChunkSeed << 32) | (uint)parameters.Seed;
        IsShuffled = parameters.Shuffle;
        (_begin, _end) = _files.Part(parameters.Part, alignment: 4);
        if (parameters.IndexPath.Length > 0)
            _positions = Indexed(parameters.IndexPath, parameters.Part);
        else if (IsShuffled)
            _positions = Scan();
        Restart(epoch: 0);
    }

    internal bool IsShuffled { get; }

    /// <summary>Goes to an epoch's first record.</summary>
    internal void Restart(ulong epoch)
    {
        _next = 0;
        if (_positions is null)
        {
            Open(_begin);
        }
        else if (IsShuffled)
        {
            Array.Sort(_positions);
            Shuffle.InPlace<long>(_positions, _seed, epoch);
        }
    }

    /// <summary>The next record, valid until the next call; false at the end.</summary>
    internal bool TryRead(out ReadOnlySpan<byte> record)
    {
        record = default;
        if (_positions is not null)
        {
            if (_next == _positions.Length)
                return false;
            long position = _positions[_next++];
            int file = _files.FileAt(position);
            OpenFile(file);
            _reader!.Seek(position - _files.StartOf(file));
            if (!_reader.TryRead(out record))
                throw new FileFormatException(_files.Paths[file], -1, "the index points behind the last record");
            return true;
        }

        while (_reader is not null)
        {
            if (_files.StartOf(_file) + _reader.Position >= _end)
                return false;
            if (_reader.TryRead(out record))
                return true;
            if (_file + 1 == _files.Paths.Count)
                return false;
            OpenFile(_file + 1);
        }

        return false;
    }

    public void Dispose() => _reader?.Dispose();

    private void Open(long position)
    {
        int file = _files.FileAt(position);
        if (file == _files.Paths.Count)
        {
            _reader?.Dispose();
            _reader = null;
            _file = -1;
            return;
        }

        OpenFile(file);
        _reader!.SeekForward(position - _files.StartOf(file));
    }

    private void OpenFile(int file)
    {
        if (file == _file)
            return;
        _reader?.Dispose();
        _reader = new RecordReader(_files.Paths[file]);
        _file = file;
    }

    private long[] Indexed(string path, PartParameters part)
    {
        long[] all = [.. RecordIndex.Load(path).Select(entry => entry.Position).Order()];
        if (all.Length == 0 || all[^1] >= _files.Length)
            throw new FileFormatException(path, -1, $"the index does not belong to {string.Join(';', _files.Paths)}");
        int step = (all.Length + part.Count - 1) / part.Count;
        int first = (int)Math.Min((long)step * part.Index, all.Length);
        return all[first..Math.Min(first + step, all.Length)];
    }

    private long[] Scan()
    {
        var positions = new List<long>();
        Open(_begin);
        while (_reader is not null)
        {
            long position = _files.StartOf(_file) + _reader.Position;
            if (position >= _end)
                break;
            int file = _file;
            if (!TryRead(out _))
                break;
            // Reading may have gone on to the next file.
            positions.Add(file == _file ? position : _files.StartOf(_file));
        }

        return [.. positions];
    }
}
