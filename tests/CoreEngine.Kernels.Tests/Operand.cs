using System.Runtime.InteropServices;

namespace CoreEngine.Kernels.Tests;

/// <summary>An array of any element type that tests read and write as float64. Off every alignment on purpose.</summary>
internal sealed unsafe class Operand : IDisposable
{
    private readonly byte* _memory;

    /// <summary>An array of zeros.</summary>
    public Operand(DType dtype, long length)
    {
        DType = dtype;
        Length = length;
        _memory = (byte*)NativeMemory.AllocZeroed((nuint)((length * dtype.ItemSize()) + 32));
        Data = _memory + dtype.ItemSize();
    }

    public DType DType { get; }

    public long Length { get; }

    public void* Data { get; }

    public Span<byte> Bytes => new(Data, (int)(Length * DType.ItemSize()));

    public double this[long index]
    {
        get =>
            DType switch
            {
                DType.Float32 => ((float*)Data)[index],
                DType.Float64 => ((double*)Data)[index],
                DType.Float16 => (double)((Half*)Data)[index],
                DType.UInt8 => ((byte*)Data)[index],
                DType.Int8 => ((sbyte*)Data)[index],
                DType.Int32 => ((int*)Data)[index],
                _ => ((long*)Data)[index],
            };
        set
        {
            switch (DType)
            {
                case DType.Float32:
                    ((float*)Data)[index] = (float)value;
                    break;
                case DType.Float64:
                    ((double*)Data)[index] = value;
                    break;
                case DType.Float16:
                    ((Half*)Data)[index] = (Half)value;
                    break;
                case DType.UInt8:
                    ((byte*)Data)[index] = (byte)value;
                    break;
                case DType.Int8:
                    ((sbyte*)Data)[index] = (sbyte)value;
                    break;
                case DType.Int32:
                    ((int*)Data)[index] = (int)value;
                    break;
                default:
                    ((long*)Data)[index] = (long)value;
                    break;
            }
        }
    }

    /// <summary>Uniform values in [-size, size); for unsigned types in [0, size).</summary>
    public static Operand Random(Random random, DType dtype, long length, double size)
    {
        var operand = new Operand(dtype, length);
        for (long i = 0; i < length; i++)
        {
            double low = dtype == DType.UInt8 ? 0 : -size;
            operand[i] = low + (random.NextDouble() * (size - low));
        }

        return operand;
    }

    public static Operand Of(DType dtype, IReadOnlyList<double> values)
    {
        var operand = new Operand(dtype, values.Count);
        for (int i = 0; i < values.Count; i++)
        {
            operand[i] = values[i];
        }

        return operand;
    }

    public void Fill(double value)
    {
        for (long i = 0; i < Length; i++)
        {
            this[i] = value;
        }
    }

    public double[] ToArray()
    {
        var values = new double[Length];
        for (long i = 0; i < Length; i++)
        {
            values[i] = this[i];
        }

        return values;
    }

    public void Dispose() => NativeMemory.Free(_memory);
}
