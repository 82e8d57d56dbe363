using System.Runtime.InteropServices;
using CoreEngine.Kernels;

namespace CoreEngine.Operators.Tests;

/// <summary>An array in memory of its own, to call kernels on without arrays or a scheduler.</summary>
internal sealed unsafe class NativeTensor : IDisposable
{
    private readonly void* _data;

    internal NativeTensor(Shape shape, DType dtype)
    {
        _data = NativeMemory.AlignedAlloc((nuint)(shape.Size * dtype.ItemSize()), 64);
        View = new TensorView(_data, shape, dtype);
        Bytes.Fill(0xCD);
    }

    internal TensorView View { get; }

    internal Span<byte> Bytes => new(_data, (int)(View.Size * View.DType.ItemSize()));

    /// <summary>Numbers of both signs around 1, and for floating-point types now and then a special one.</summary>
    internal static NativeTensor Random(Shape shape, DType dtype, Random random)
    {
        double[] special =
        [
            0,
            -0.0,
            double.NaN,
            double.PositiveInfinity,
            double.NegativeInfinity,
            1e-40,
            float.MaxValue,
            -1,
            65504,
        ];
        double[] values = new double[shape.Size];
        for (int i = 0; i < values.Length; i++)
        {
            bool isSpecial = dtype.IsFloat() && random.Next(40) == 0;
            values[i] =
                isSpecial ? special[random.Next(special.Length)]
                : dtype.IsFloat() ? (random.NextDouble() * 4) - 2
                : random.Next(0, 20);
        }

        var tensor = new NativeTensor(shape, dtype);
        fixed (double* from = values)
        {
            Cast.Convert(DType.Float64, from, dtype, tensor._data, values.Length);
        }

        return tensor;
    }

    internal NativeTensor Copy()
    {
        var copy = new NativeTensor(View.Shape, View.DType);
        Bytes.CopyTo(copy.Bytes);
        return copy;
    }

    public void Dispose() => NativeMemory.AlignedFree(_data);
}
