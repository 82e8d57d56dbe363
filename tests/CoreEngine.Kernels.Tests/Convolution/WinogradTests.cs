using System.Runtime.InteropServices;
using CsCheck;

namespace CoreEngine.Kernels.Tests;

/// <summary>Minimal filtering against the definition in float64, for any size, padding, channels and blocks.</summary>
[TestClass]
public sealed unsafe class WinogradTests
{
    /// <summary>
    /// The largest error of a result in units of 2^-24 times the root of the number of products, all factors being below 1:
    /// measured up to 15 (the plain product of matrices: 22), held to twice that.
    /// </summary>
    private const double Bound2 = 30;

    /// <summary>The same for tiles of four: measured up to 71.</summary>
    private const double Bound4 = 142;

    private static readonly Gen<(long N, long C, long O, long H, long W, long Pad, int Epilogue)> s_cases =
        from n in Gen.Long[1, 3]
        from c in Gen.Long[1, 40]
        from o in Gen.Long[1, 40]
        from h in Gen.Long[1, 21]
        from w in Gen.Long[1, 21]
        from p in Gen.Long[0, 3]
        from e in Gen.Int[0, 15]
        where h + (2 * p) >= 3 && w + (2 * p) >= 3
        select (n, c, o, h, w, p, e);

    [TestMethod]
    public void TilesOfTwoAgreeWithTheDefinition() =>
        s_cases.Sample(c => Compare<WinogradTile2>(Shape(c), c.Epilogue, Bound2), iter: 60, threads: 1);

    [TestMethod]
    public void TilesOfFourAgreeWithTheDefinition() =>
        s_cases.Sample(c => Compare<WinogradTile4>(Shape(c), c.Epilogue, Bound4), iter: 60, threads: 1);

    /// <summary>Several blocks of tile rows, several slices of the depth, and the sizes of real layers.</summary>
    [TestMethod]
    [DataRow(1, 64, 64, 56)]
    [DataRow(2, 400, 48, 7)]
    [DataRow(5, 32, 130, 30)]
    public void RealLayersAgreeWithTheDefinition(int n, int channels, int filters, int size)
    {
        ConvolutionShape shape = Shape((n, channels, filters, size, size, 1, 0));
        Compare<WinogradTile2>(shape, 7, Bound2);
        Compare<WinogradTile4>(shape, 7, Bound4);
    }

    private static ConvolutionShape Shape((long N, long C, long O, long H, long W, long Pad, int Epilogue) c) =>
        new(
            c.N,
            1,
            c.C,
            c.O,
            new Extents(1, c.H, c.W),
            new Extents(1, 3, 3),
            Extents.One,
            Extents.One,
            new Extents(0, c.Pad, c.Pad)
        );

    /// <summary>Bits of the epilogue: bias, residual, activation, clipped.</summary>
    private static void Compare<TTile>(ConvolutionShape shape, int bits, double bound)
        where TTile : struct, IWinogradTile
    {
        if (!ForwardChoice.SupportsWinograd)
            return; // A processor without vectors has no transforms.
        using var x = Operand.Random(new Random(1), DType.Float32, shape.DataSize, 1);
        using var weight = Operand.Random(new Random(2), DType.Float32, shape.WeightSize, 1);
        using var bias = Operand.Random(new Random(3), DType.Float32, shape.OutChannels, 1);
        using var residual = Operand.Random(new Random(4), DType.Float32, shape.OutSize, 1);
        using var y = new Operand(DType.Float32, shape.OutSize);
        y.Fill(double.NaN);
        var epilogue = new ConvolutionEpilogue
        {
            Bias = (bits & 1) != 0 ? bias.Data : null,
            Residual = (bits & 2) != 0 ? residual.Data : null,
            Activation =
                (bits & 4) == 0 ? ConvolutionActivation.None
                : (bits & 8) == 0 ? ConvolutionActivation.Relu
                : ConvolutionActivation.ClippedRelu,
            Limit = 0.5,
        };
        float* transformed = Allocate(Winograd<TTile>.WeightSize(shape));
        float* scratch = Allocate(Winograd<TTile>.Scratch(shape));
        Winograd<TTile>.TransformWeights(shape, (float*)weight.Data, transformed);
        Winograd<TTile>.Run(shape, (float*)x.Data, transformed, new Epilogue<float>(epilogue), (float*)y.Data, scratch);
        NativeMemory.AlignedFree(transformed);
        NativeMemory.AlignedFree(scratch);

        double[] expected = ConvolutionReference.Forward(shape, x, weight);
        double tolerance = bound * Math.Pow(2, -24) * Math.Sqrt(shape.Taps);
        for (long i = 0; i < expected.Length; i++)
        {
            double value = expected[i];
            value += epilogue.Bias == null ? 0 : bias[i / shape.Out.Product % shape.OutChannels];
            value += epilogue.Residual == null ? 0 : residual[i];
            value = epilogue.Activation == ConvolutionActivation.None ? value : Math.Max(value, 0);
            value = epilogue.Activation == ConvolutionActivation.ClippedRelu ? Math.Min(value, 0.5) : value;
            Assert.AreEqual(value, y[i], tolerance + (2e-7 * Math.Abs(value)), $"{shape} {bits} at {i}");
        }
    }

    private static float* Allocate(long count)
    {
        float* memory = (float*)NativeMemory.AlignedAlloc((nuint)count * sizeof(float), 64);
        new Span<float>(memory, (int)count).Fill(float.NaN);
        return memory;
    }
}
