using System.Runtime.InteropServices;

namespace CoreEngine.Kernels.Tests;

/// <summary>
/// An array in native memory for a kernel under test: at a chosen misalignment, between guard bytes that reveal a write
/// outside of it when it is disposed.
/// </summary>
internal sealed unsafe class Native : IDisposable
{
    private const int Guard = 128;
    private const byte Pattern = 0xA5;

    private readonly byte* _block;
    private readonly long _blockBytes;
    private readonly long _bytes;

    public Native(DType dtype, long count, int misalignment = 0)
    {
        DType = dtype;
        Count = count;
        _bytes = count * dtype.ItemSize();
        _blockBytes = _bytes + (2 * Guard) + 64;
        _block = (byte*)NativeMemory.AlignedAlloc((nuint)_blockBytes, 64);
        NativeMemory.Fill(_block, (nuint)_blockBytes, Pattern);
        Pointer = _block + Guard + (misalignment * dtype.ItemSize() % 64);
    }

    public DType DType { get; }

    public long Count { get; }

    public byte* Pointer { get; }

    /// <summary>An array that holds values, converted with the rules of .NET, independently of the kernels.</summary>
    public static Native Of(DType dtype, ReadOnlySpan<double> values, int misalignment = 0)
    {
        var array = new Native(dtype, values.Length, misalignment);
        for (int i = 0; i < values.Length; i++)
        {
            array[i] = values[i];
        }

        return array;
    }

    /// <summary>An element as float64.</summary>
    public double this[long index]
    {
        get =>
            DType switch
            {
                DType.Float32 => ((float*)Pointer)[index],
                DType.Float64 => ((double*)Pointer)[index],
                DType.Float16 => (double)((Half*)Pointer)[index],
                DType.UInt8 => Pointer[index],
                DType.Int8 => ((sbyte*)Pointer)[index],
                DType.Int32 => ((int*)Pointer)[index],
                _ => ((long*)Pointer)[index],
            };
        set
        {
            switch (DType)
            {
                case DType.Float32:
                    ((float*)Pointer)[index] = (float)value;
                    break;
                case DType.Float64:
                    ((double*)Pointer)[index] = value;
                    break;
                case DType.Float16:
                    ((Half*)Pointer)[index] = (Half)value;
                    break;
                case DType.UInt8:
                    Pointer[index] = unchecked((byte)(long)value);
                    break;
                case DType.Int8:
                    ((sbyte*)Pointer)[index] = unchecked((sbyte)(long)value);
                    break;
                case DType.Int32:
                    ((int*)Pointer)[index] = unchecked((int)(long)value);
                    break;
                default:
                    ((long*)Pointer)[index] = (long)value;
                    break;
            }
        }
    }

    public Span<byte> Bytes => new(Pointer, checked((int)_bytes));

    public double[] ToArray()
    {
        double[] values = new double[Count];
        for (long i = 0; i < Count; i++)
        {
            values[i] = this[i];
        }

        return values;
    }

    public void Dispose()
    {
        bool intact = true;
        for (byte* p = _block; p < _block + _blockBytes; p++)
        {
            intact &= (p >= Pointer && p < Pointer + _bytes) || *p == Pattern;
        }

        NativeMemory.AlignedFree(_block);
        Assert.IsTrue(intact, $"A kernel wrote outside an array of {Count} {DType.Name()}.");
    }
}
