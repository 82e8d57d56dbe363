using System.Runtime.InteropServices;

namespace CoreEngine.CApi;

/// <summary>Texts for one call into C: UTF-8 with zeros at their ends.</summary>
internal sealed unsafe class NativeTexts : IDisposable
{
    private readonly int _count;

    internal NativeTexts(IReadOnlyList<string> texts)
    {
        _count = texts.Count;
        Pointers = (byte**)NativeMemory.AllocZeroed((nuint)Math.Max(_count, 1), (nuint)sizeof(byte*));
        for (int i = 0; i < _count; i++)
        {
            Pointers[i] = (byte*)Marshal.StringToCoTaskMemUTF8(texts[i]);
        }
    }

    /// <summary>The texts in order.</summary>
    internal byte** Pointers { get; }

    public void Dispose()
    {
        for (int i = 0; i < _count; i++)
        {
            Marshal.FreeCoTaskMem((nint)Pointers[i]);
        }

        NativeMemory.Free(Pointers);
    }
}
