using System.Text;

namespace CoreEngine.CApi;

/// <summary>
/// Where a thread's calls leave arrays and texts that they return: valid until the thread's next call that returns the same
/// kind of thing. MXNet keeps two sets, one for the functions named MX and one for those named NN, and clients rely on it.
/// </summary>
internal sealed unsafe class ReturnBuffers
{
    [ThreadStatic]
    private static ReturnBuffers? t_mx;

    [ThreadStatic]
    private static ReturnBuffers? t_nn;

    private readonly NativeBuffer _text = new();
    private readonly NativeBuffer _texts = new();
    private readonly NativeBuffer _handles = new();

    /// <summary>The set of the functions named MX.</summary>
    internal static ReturnBuffers Mx => t_mx ??= new ReturnBuffers();

    /// <summary>The set of the functions named NN.</summary>
    internal static ReturnBuffers Nn => t_nn ??= new ReturnBuffers();

    /// <summary>Shapes of inputs; the first shape's extents also serve <c>MXNDArrayGetShape</c>.</summary>
    internal ShapeBuffer InputShapes { get; } = new();

    /// <summary>Shapes of outputs.</summary>
    internal ShapeBuffer OutputShapes { get; } = new();

    /// <summary>Shapes of auxiliary states.</summary>
    internal ShapeBuffer StateShapes { get; } = new();

    /// <summary>Types of inputs.</summary>
    internal NativeBuffer InputTypes { get; } = new();

    /// <summary>Types of outputs; storage types of results.</summary>
    internal NativeBuffer OutputTypes { get; } = new();

    /// <summary>Types of auxiliary states.</summary>
    internal NativeBuffer StateTypes { get; } = new();

    /// <summary>Further lists of handles, for functions that return several at once.</summary>
    internal NativeBuffer ArgumentHandles { get; } = new();

    /// <inheritdoc cref="ArgumentHandles"/>
    internal NativeBuffer GradientHandles { get; } = new();

    /// <inheritdoc cref="ArgumentHandles"/>
    internal NativeBuffer StateHandles { get; } = new();

    /// <summary>A text.</summary>
    internal byte* Text(string text) => _text.Text(text);

    /// <summary>Bytes of any kind.</summary>
    internal byte* Bytes(ReadOnlySpan<byte> bytes) => _text.Copy(bytes);

    /// <summary>A list of handles.</summary>
    internal nint* Handles(ReadOnlySpan<nint> handles) => (nint*)_handles.Copy(handles);

    /// <summary>A list of texts.</summary>
    internal byte** Texts(IReadOnlyList<string> texts)
    {
        nuint length = (nuint)texts.Count * (nuint)sizeof(byte*);
        for (int i = 0; i < texts.Count; i++)
        {
            length += (nuint)Encoding.UTF8.GetByteCount(texts[i]) + 1;
        }

        byte* memory = _texts.Bytes(length);
        var pointers = (byte**)memory;
        byte* next = memory + ((nuint)texts.Count * (nuint)sizeof(byte*));
        for (int i = 0; i < texts.Count; i++)
        {
            pointers[i] = next;
            int bytes = Encoding.UTF8.GetBytes(texts[i], new Span<byte>(next, (int)(memory + length - next)));
            next[bytes] = 0;
            next += bytes + 1;
        }

        return pointers;
    }
}
