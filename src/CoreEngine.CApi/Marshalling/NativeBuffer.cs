using System.Runtime.InteropServices;
using System.Text;

namespace CoreEngine.CApi;

/// <summary>Native memory that is used again by every call, and grows when one needs more.</summary>
internal sealed unsafe class NativeBuffer
{
    private byte* _memory;
    private nuint _length;

    ~NativeBuffer() => NativeMemory.Free(_memory);

    /// <summary>Room for so many bytes; what was there before is lost.</summary>
    internal byte* Bytes(nuint length)
    {
        if (length > _length)
        {
            nuint grown = Math.Max(Math.Max(length, 256), _length * 2);
            NativeMemory.Free(_memory);
            _memory = null;
            _length = 0;
            _memory = (byte*)NativeMemory.Alloc(grown);
            _length = grown;
        }

        return _memory;
    }

    /// <summary>A copy of values.</summary>
    internal T* Copy<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        var memory = (T*)Bytes((nuint)values.Length * (nuint)sizeof(T));
        values.CopyTo(new Span<T>(memory, values.Length));
        return memory;
    }

    /// <summary>A text in UTF-8 with a zero at its end.</summary>
    internal byte* Text(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        byte* memory = Bytes((nuint)length + 1);
        Encoding.UTF8.GetBytes(text, new Span<byte>(memory, length));
        memory[length] = 0;
        return memory;
    }
}
