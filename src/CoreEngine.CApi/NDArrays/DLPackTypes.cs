using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <summary>Element types in the words of DLPack.</summary>
internal static class DLPackTypes
{
    private const byte Signed = 0;
    private const byte Unsigned = 1;
    private const byte Floating = 2;

    /// <summary>Kind and bits of an element type.</summary>
    internal static (byte Code, byte Bits) Of(DType dtype)
    {
        byte code =
            dtype.IsFloat() ? Floating
            : dtype == DType.UInt8 ? Unsigned
            : Signed;
        return (code, (byte)(8 * dtype.ItemSize()));
    }

    /// <summary>The element type of a kind and a number of bits.</summary>
    internal static DType Find(byte code, byte bits, ushort lanes)
    {
        for (var dtype = (DType)0; lanes == 1 && (int)dtype < DTypes.Count; dtype++)
        {
            if (Of(dtype) == (code, bits))
                return dtype;
        }

        throw new EngineException(
            $"'dlpack' holds elements of kind {code} with {bits} bits in {lanes} lanes; arrays hold none like that."
        );
    }
}
