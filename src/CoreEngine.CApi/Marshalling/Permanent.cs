using System.Runtime.InteropServices;
using System.Text;

namespace CoreEngine.CApi;

/// <summary>Memory that is never freed: what C may keep pointers to for as long as the process lives.</summary>
internal static unsafe class Permanent
{
    /// <summary>A text in UTF-8 with a zero at its end.</summary>
    internal static byte* Text(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        byte* memory = (byte*)NativeMemory.Alloc((nuint)length + 1);
        Encoding.UTF8.GetBytes(text, new Span<byte>(memory, length));
        memory[length] = 0;
        return memory;
    }

    /// <summary>Several texts.</summary>
    internal static byte** Texts(IReadOnlyList<string> texts)
    {
        byte** pointers = (byte**)NativeMemory.Alloc((nuint)Math.Max(texts.Count, 1) * (nuint)sizeof(byte*));
        for (int i = 0; i < texts.Count; i++)
        {
            pointers[i] = Text(texts[i]);
        }

        return pointers;
    }

    /// <summary>Several handles.</summary>
    internal static nint* Handles(IReadOnlyList<nint> handles)
    {
        nint* memory = (nint*)NativeMemory.Alloc((nuint)Math.Max(handles.Count, 1) * (nuint)sizeof(nint));
        for (int i = 0; i < handles.Count; i++)
        {
            memory[i] = handles[i];
        }

        return memory;
    }
}
