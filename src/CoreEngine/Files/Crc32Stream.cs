using System.Buffers.Binary;

namespace CoreEngine.Files;

/// <summary>
/// Passes on what another stream gives and keeps the CRC-32 of it, as zip files do (polynomial 0xEDB88320, reflected).
/// </summary>
/// <remarks>Eight bytes a step with eight tables: M. Kounavis and F. Berry, "A Systematic Approach to Building High
/// Performance Software-based CRC Generators", 2005.</remarks>
internal sealed class Crc32Stream(Stream source) : Stream
{
    private const uint Polynomial = 0xEDB88320;
    private const int Slices = 8;

    /// <summary>Entry 256 k + b: what the byte b does to the sum when k bytes follow it.</summary>
    private static readonly uint[] s_table = Table();

    private uint _state = uint.MaxValue;

    /// <summary>The sum of all bytes so far.</summary>
    public uint Crc => ~_state;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        int read = source.Read(buffer);
        Add(buffer[..read]);
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private void Add(ReadOnlySpan<byte> bytes)
    {
        uint state = _state;
        uint[] table = s_table;
        for (; bytes.Length >= Slices; bytes = bytes[Slices..])
        {
            ulong word = BinaryPrimitives.ReadUInt64LittleEndian(bytes) ^ state;
            state = 0;
            for (int k = Slices - 1; k >= 0; k--)
            {
                state ^= table[(k << 8) | (int)(word & 0xFF)];
                word >>= 8;
            }
        }

        foreach (byte value in bytes)
        {
            state = (state >> 8) ^ table[(byte)(state ^ value)];
        }

        _state = state;
    }

    private static uint[] Table()
    {
        uint[] table = new uint[Slices << 8];
        for (int i = 0; i < table.Length; i++)
        {
            // The first 256 from the definition, bit by bit; the others each from the one a byte earlier.
            uint sum = i < 256 ? (uint)i : table[i - 256];
            if (i < 256)
            {
                for (int bit = 0; bit < 8; bit++)
                {
                    sum = (sum & 1) == 0 ? sum >> 1 : (sum >> 1) ^ Polynomial;
                }
            }
            else
            {
                sum = (sum >> 8) ^ table[(byte)sum];
            }

            table[i] = sum;
        }

        return table;
    }
}
