using System.Runtime.InteropServices;
using System.Text;

namespace CoreEngine.CApi.Tests;

/// <summary>Native memory that a test's arguments live in, given back at once.</summary>
internal sealed unsafe class Arena : IDisposable
{
    private readonly nuint _length;
    private readonly byte* _memory;
    private nuint _used;

    /// <summary>Memory of so many bytes.</summary>
    public Arena(int length)
    {
        _length = (nuint)length;
        _memory = (byte*)NativeMemory.AllocZeroed(_length);
    }

    /// <summary>What was handed out since the start.</summary>
    public ReadOnlySpan<byte> Used => new(_memory, (int)_used);

    /// <inheritdoc/>
    public void Dispose() => NativeMemory.Free(_memory);

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        NativeMemory.Clear(_memory, _used);
        _used = 0;
    }

    /// <summary>Room for so many values, all zero.</summary>
    public T* Room<T>(int count = 1)
        where T : unmanaged
    {
        nuint bytes = ((nuint)count * (nuint)sizeof(T)) + 15 & ~(nuint)15;
        if (bytes > _length - _used)
            throw new InvalidOperationException("The arena is too small.");
        byte* room = _memory + _used;
        _used += bytes;
        return (T*)room;
    }

    /// <summary>A copy of values.</summary>
    public nint Copy<T>(params ReadOnlySpan<T> values)
        where T : unmanaged
    {
        T* room = Room<T>(values.Length);
        values.CopyTo(new Span<T>(room, values.Length));
        return (nint)room;
    }

    /// <summary>A text with a zero at its end.</summary>
    public nint Text(string text) => Copy<byte>([.. Encoding.UTF8.GetBytes(text), 0]);

    /// <summary>Several texts.</summary>
    public nint Texts(params ReadOnlySpan<string> texts)
    {
        var pointers = Room<nint>(texts.Length);
        for (int i = 0; i < texts.Length; i++)
        {
            pointers[i] = Text(texts[i]);
        }

        return (nint)pointers;
    }
}
