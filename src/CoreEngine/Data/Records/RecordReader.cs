using System.Buffers.Binary;
using CoreEngine.Files;

namespace CoreEngine.Data;

/// <summary>
/// Reads records one after another from a file that <see cref="RecordWriter"/> or MXNet's RecordIO wrote. The bytes may be
/// hostile: whatever does not fit the format is an error, and no memory is taken for bytes that are not there.
/// </summary>
/// <remarks>Not for several threads at once.</remarks>
public sealed class RecordReader : IDisposable
{
    private readonly Stream _stream;
    private readonly string _name;
    private readonly long _start;
    private readonly long _end;
    private byte[] _buffer = new byte[4096];

    /// <summary>Opens a file.</summary>
    /// <exception cref="FileAccessException">The file is absent or not permitted.</exception>
    public RecordReader(string path)
        : this(FileStreams.Open(path), path) { }

    /// <summary>Reads from a stream, which is the reader's from now on.</summary>
    /// <param name="stream">Where from; it must be able to seek, and its present position counts as byte 0.</param>
    /// <param name="name">What errors call the stream.</param>
    /// <param name="length">How many bytes belong to the records; null for all there are.</param>
    public RecordReader(Stream stream, string name, long? length = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _stream = stream;
        _name = name;
        _start = stream.Position;
        long there = stream.Length - _start;
        _end = Math.Min(length ?? there, there);
    }

    /// <summary>Bytes before the next record.</summary>
    public long Position { get; private set; }

    /// <summary>Goes to the record that begins at a place which <see cref="Position"/> or the writer's told.</summary>
    /// <exception cref="EngineException">The place is no multiple of four, or behind the end.</exception>
    public void Seek(long position)
    {
        if (position < 0 || position > _end || position % 4 != 0)
        {
            throw new EngineException(
                $"{_name} has no record at byte {position:N0}: records begin at multiples of four from 0 to {_end:N0}."
            );
        }

        _stream.Position = _start + position;
        Position = position;
    }

    /// <summary>
    /// Goes to the first record that begins at a place or behind it; to the end when there is none. A place in the middle of a
    /// record will do.
    /// </summary>
    /// <returns>Where that record begins.</returns>
    public long SeekForward(long position)
    {
        Seek(Math.Min(RoundUp(position), _end - (_end % 4)));
        Span<byte> word = stackalloc byte[4];
        bool afterMagic = false;
        while (TryReadWord(word, out uint value))
        {
            if (afterMagic && RecordFormat.PartOf(value) is RecordFormat.Whole or RecordFormat.First)
            {
                Seek(Position - RecordFormat.HeaderBytes);
                return Position;
            }

            afterMagic = value == RecordFormat.Magic;
        }

        Position = _end;
        return _end;
    }

    /// <summary>The next record, valid until the next call; false at the end.</summary>
    /// <exception cref="FileFormatException">The bytes are no record, or the file was cut short.</exception>
    public bool TryRead(out ReadOnlySpan<byte> record)
    {
        record = default;
        if (Position == _end)
            return false;
        int length = 0;
        uint part = ReadPart(ref length, isFirst: true);
        while (part is RecordFormat.First or RecordFormat.Middle)
        {
            part = ReadPart(ref length, isFirst: false);
        }

        record = _buffer.AsSpan(0, length);
        return true;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _stream.Dispose();

    /// <summary>Appends a part to what the buffer holds.</summary>
    private uint ReadPart(ref int length, bool isFirst)
    {
        Span<byte> header = stackalloc byte[RecordFormat.HeaderBytes];
        Read(header, "a record's header");
        uint magic = BinaryPrimitives.ReadUInt32LittleEndian(header);
        if (magic != RecordFormat.Magic)
            throw Error(
                $"this is no record; it begins with {magic:x8} (hexadecimal), not with {RecordFormat.Magic:x8}"
            );
        uint word = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        uint part = RecordFormat.PartOf(word);
        int bytes = RecordFormat.LengthOf(word);
        bool fits = isFirst
            ? part is RecordFormat.Whole or RecordFormat.First
            : part is RecordFormat.Middle or RecordFormat.Last;
        if (!fits)
            throw Error($"part {part} of a record stands where {(isFirst ? "one begins" : "one goes on")}");
        Position += RecordFormat.HeaderBytes;
        long padded = Math.Min(RecordFormat.Padded(bytes), Math.Max(_end - Position, bytes));
        if (padded > _end - Position)
            throw Error($"a record should take {bytes:N0} bytes but the file holds {_end - Position:N0} more");
        int separator = isFirst ? 0 : 4;
        if ((long)length + separator + padded > RecordFormat.MaxLength + 4L)
            throw Error($"a record of more than {RecordFormat.MaxLength:N0} bytes makes no sense");
        int room = length + separator + (int)padded;
        if (room > _buffer.Length)
            Array.Resize(ref _buffer, Math.Max(room, (int)Math.Min(2L * _buffer.Length, Array.MaxLength)));
        if (!isFirst)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(_buffer.AsSpan(length), RecordFormat.Magic);
            length += separator;
        }

        Read(_buffer.AsSpan(length, (int)padded), "a record");
        Position += padded;
        length += bytes;
        return part;
    }

    private void Read(Span<byte> bytes, string what)
    {
        try
        {
            if (
                bytes.Length > _end - (_stream.Position - _start)
                || _stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length
            )
            {
                throw Error($"{what} is cut short");
            }
        }
        catch (IOException error)
        {
            throw new FileAccessException(_name, $"{_name} cannot be read: {error.Message}", error);
        }
    }

    private bool TryReadWord(Span<byte> word, out uint value)
    {
        value = 0;
        if (_end - Position < word.Length)
            return false;
        Read(word, "a word");
        Position += word.Length;
        value = BinaryPrimitives.ReadUInt32LittleEndian(word);
        return true;
    }

    private FileFormatException Error(string problem) => new(_name, Position, problem);

    private static long RoundUp(long position) => (position + 3) & ~3L;
}
