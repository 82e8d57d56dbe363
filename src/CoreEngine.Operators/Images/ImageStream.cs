namespace CoreEngine.Operators;

/// <summary>
/// The bytes of an image file for a decoder that trusts its input: reading never goes back to bytes that were read, skipping
/// ends at the end of the file, and a tail can stand for what a cut off file lacks. So no loop over its parts is endless.
/// </summary>
internal sealed unsafe class ImageStream : Stream
{
    private readonly byte* _file;
    private readonly long _fileLength;
    private readonly byte[] _tail;
    private long _at;

    /// <param name="file">The file's first byte; it must stay where it is.</param>
    /// <param name="length">How many bytes the file has.</param>
    /// <param name="tail">What is read after them.</param>
    internal ImageStream(byte* file, long length, ReadOnlySpan<byte> tail)
    {
        _file = file;
        _fileLength = length;
        _tail = tail.ToArray();
    }

    /// <summary>True once somebody wanted to read or skip more than there is.</summary>
    internal bool IsOverrun { get; private set; }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => _fileLength + _tail.Length;

    /// <inheritdoc/>
    public override long Position
    {
        get => _at;
        set
        {
            IsOverrun |= value > Length;
            _at = Math.Clamp(value, 0, Length);
        }
    }

    /// <inheritdoc/>
    public override int ReadByte()
    {
        if (_at < _fileLength)
            return _file[_at++];
        if (_at < Length)
            return _tail[_at++ - _fileLength];
        IsOverrun = true;
        return -1;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        int read = 0;
        for (; read < count && ReadByte() is >= 0 and var value; read++)
            buffer[offset + read] = (byte)value;
        return read;
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin)
    {
        if (origin == SeekOrigin.Begin)
            Position = offset;
        else
            Position = origin == SeekOrigin.Current && offset >= 0 ? _at + offset : Length + 1;
        return _at;
    }

    /// <inheritdoc/>
    public override void Flush() { }

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
