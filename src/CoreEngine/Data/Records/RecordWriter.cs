using System.Buffers.Binary;
using CoreEngine.Files;

namespace CoreEngine.Data;

/// <summary>Writes records one after another into a file that <see cref="RecordReader"/> and MXNet's RecordIO read.</summary>
/// <remarks>Not for several threads at once.</remarks>
public sealed class RecordWriter : IDisposable
{
    private readonly Stream _stream;
    private readonly string _name;

    /// <summary>Starts a new file; one of this name is overwritten.</summary>
    /// <exception cref="FileAccessException">The file cannot be written.</exception>
    public RecordWriter(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _name = path;
        _stream = FileStreams.Guard(
            path,
            () => new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read)
        );
    }

    /// <summary>Writes into a stream, which is the writer's from now on.</summary>
    /// <param name="stream">Where to; its present position counts as byte 0.</param>
    /// <param name="name">What errors call the stream.</param>
    public RecordWriter(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _stream = stream;
        _name = name;
    }

    /// <summary>Bytes written so far: where the next record will begin.</summary>
    public long Position { get; private set; }

    /// <summary>Appends a record.</summary>
    /// <exception cref="ArgumentException">It has 2^29 bytes or more.</exception>
    /// <exception cref="FileAccessException">The file cannot be written.</exception>
    public void Write(ReadOnlySpan<byte> record)
    {
        if (record.Length > RecordFormat.MaxLength)
        {
            throw new ArgumentException(
                $"A record of {record.Length:N0} bytes does not fit; it may have {RecordFormat.MaxLength:N0}.",
                nameof(record)
            );
        }

        try
        {
            uint part = RecordFormat.Whole;
            int start = 0;
            for (int place = NextMagic(record, 0); place >= 0; place = NextMagic(record, place + 4))
            {
                WritePart(part == RecordFormat.Whole ? RecordFormat.First : RecordFormat.Middle, record[start..place]);
                part = RecordFormat.Last;
                start = place + 4;
            }

            WritePart(part, record[start..]);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new FileAccessException(_name, $"{_name} cannot be written: {error.Message}", error);
        }
    }

    /// <summary>Hands everything to the operating system.</summary>
    /// <exception cref="FileAccessException">The file cannot be written.</exception>
    public void Flush() =>
        FileStreams.Guard(
            _name,
            () =>
            {
                _stream.Flush();
                return true;
            }
        );

    /// <summary>Closes the file.</summary>
    public void Dispose() => _stream.Dispose();

    private void WritePart(uint part, ReadOnlySpan<byte> bytes)
    {
        Span<byte> header = stackalloc byte[RecordFormat.HeaderBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(header, RecordFormat.Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], RecordFormat.Word(part, bytes.Length));
        ReadOnlySpan<byte> zeros = [0, 0, 0];
        int padded = RecordFormat.Padded(bytes.Length);
        _stream.Write(header);
        _stream.Write(bytes);
        _stream.Write(zeros[..(padded - bytes.Length)]);
        Position += RecordFormat.HeaderBytes + padded;
    }

    /// <summary>The first multiple of four, from a place on, where the magic number stands; -1 for none.</summary>
    private static int NextMagic(ReadOnlySpan<byte> bytes, int from)
    {
        Span<byte> magic = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(magic, RecordFormat.Magic);
        while (true)
        {
            int found = bytes[from..].IndexOf(magic);
            if (found < 0)
                return -1;
            from += found;
            if (from % 4 == 0)
                return from;
            from++;
        }
    }
}
