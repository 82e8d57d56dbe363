using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CoreEngine.Runtime;

namespace CoreEngine.Files;

/// <summary>
/// Reads numbers and blocks from a stream that may be hostile: the end is an error with its place, and no memory is
/// taken for bytes that are not there.
/// </summary>
internal sealed unsafe class CheckedReader
{
    /// <summary>What is allocated at once for bytes whose existence cannot be checked beforehand.</summary>
    private const long UncheckedBytes = 1 << 20;

    private readonly Stream _stream;
    private readonly string _file;
    private readonly long _length;
    private readonly StoragePool _pool;

    /// <param name="stream">Where from; its present position counts as byte 0.</param>
    /// <param name="file">What errors call it.</param>
    /// <param name="pool">Where blocks are put; the pool of cpu(0) when null.</param>
    /// <param name="length">How many bytes there surely are, for a stream that cannot tell; null when nobody knows.</param>
    public CheckedReader(Stream stream, string file, StoragePool? pool, long? length = null)
    {
        _stream = stream;
        _file = file;
        _length = length ?? (stream.CanSeek ? stream.Length - stream.Position : long.MaxValue);
        _pool = pool ?? StoragePool.For(Device.Cpu());
    }

    /// <summary>Where blocks are put.</summary>
    public StoragePool Pool => _pool;

    /// <summary>What errors call the stream.</summary>
    public string File => _file;

    /// <summary>Bytes read so far.</summary>
    public long Offset { get; private set; }

    /// <summary>Bytes left, or a very large number when the stream does not tell.</summary>
    public long Remaining => _length - Offset;

    /// <summary>An error at the present place.</summary>
    public FileFormatException Error(string problem) => new(_file, Offset, problem);

    public uint ReadUInt32(string what)
    {
        Span<byte> bytes = stackalloc byte[4];
        Read(bytes, what);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    public int ReadInt32(string what) => (int)ReadUInt32(what);

    public int ReadInt32BigEndian(string what) => BinaryPrimitives.ReverseEndianness(ReadInt32(what));

    public ulong ReadUInt64(string what)
    {
        Span<byte> bytes = stackalloc byte[8];
        Read(bytes, what);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    public long ReadInt64(string what) => (long)ReadUInt64(what);

    /// <summary>Fills a span or fails.</summary>
    public void Read(Span<byte> bytes, string what)
    {
        long start = Offset;
        try
        {
            int read = _stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            Offset += read;
            if (read < bytes.Length)
            {
                throw TooShort(start, bytes.Length, what);
            }
        }
        catch (InvalidDataException error)
        {
            throw new FileFormatException(_file, -1, $"the compressed data is damaged ({error.Message})", error);
        }
    }

    /// <summary>Reads bytes whose number comes from the file into managed memory.</summary>
    public byte[] ReadBytes(long count, string what)
    {
        RequireBytes(count, what);
        if (count <= UncheckedBytes)
        {
            byte[] bytes = new byte[count];
            Read(bytes, what);
            return bytes;
        }

        if (count > Array.MaxLength)
        {
            throw Error($"{what} of {count:N0} bytes is longer than any that makes sense");
        }

        MemoryLease lease = ReadBlock(count, what);
        try
        {
            return new ReadOnlySpan<byte>(lease.Pointer, (int)count).ToArray();
        }
        finally
        {
            lease.Dispose();
        }
    }

    /// <summary>Reads bytes whose number comes from the file into memory of the pool.</summary>
    /// <returns>A lease of at least so many bytes; <c>default</c> for none.</returns>
    public MemoryLease ReadBlock(long count, string what)
    {
        RequireBytes(count, what);
        if (count == 0)
        {
            return default;
        }

        bool isThere = _length != long.MaxValue;
        MemoryLease lease = _pool.Lease(isThere ? count : Math.Min(count, UncheckedBytes), what);
        try
        {
            long read = 0;
            while (true)
            {
                long end = Math.Min(count, lease.Length);
                while (read < end)
                {
                    int chunk = (int)Math.Min(end - read, 1 << 30);
                    Read(new Span<byte>((byte*)lease.Pointer + read, chunk), what);
                    read += chunk;
                }

                if (read == count)
                {
                    return lease;
                }

                lease = Grow(lease, Math.Min(count, lease.Length * 4), what);
            }
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <summary>Fails unless the stream can still hold so many bytes.</summary>
    public void RequireBytes(long count, string what)
    {
        if (count > Remaining)
        {
            throw TooShort(Offset, count, what);
        }
    }

    /// <summary>Fails unless the stream has ended; also makes a compressed stream check its sum.</summary>
    public void RequireEnd()
    {
        int read;
        try
        {
            read = _stream.ReadByte();
        }
        catch (InvalidDataException error)
        {
            throw new FileFormatException(_file, -1, $"the compressed data is damaged ({error.Message})", error);
        }

        if (read >= 0)
        {
            throw Error("more bytes follow than the header announces");
        }
    }

    private MemoryLease Grow(MemoryLease old, long bytes, string what)
    {
        MemoryLease lease = _pool.Lease(bytes, what);
        NativeMemory.Copy(old.Pointer, lease.Pointer, (nuint)old.Length);
        old.Dispose();
        return lease;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private FileFormatException TooShort(long start, long count, string what) =>
        new(
            _file,
            start,
            $"{what} should take {count:N0} bytes but the file "
                + (_length == long.MaxValue ? "ends" : $"holds {Math.Max(0, _length - start):N0} more")
                + "; it is damaged or was cut short"
        );
}
