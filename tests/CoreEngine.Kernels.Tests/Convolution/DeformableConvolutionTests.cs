using System.Runtime.InteropServices;

namespace CoreEngine.Kernels.Tests;

/// <summary>The deformable convolution and its gradients.</summary>
[TestClass]
[DoNotParallelize]
public sealed unsafe class DeformableConvolutionTests
{
    private static readonly (ConvolutionShape Shape, long Sets)[] s_shapes =
    [
        (Shape(2, 1, 3, 4, [6, 7], [3, 3], [1, 1], [1, 1], [1, 1]), 1),
        (Shape(1, 2, 4, 6, [9, 8], [3, 2], [2, 3], [2, 1], [2, 1]), 2),
        (Shape(2, 2, 6, 2, [5, 11], [2, 4], [1, 2], [1, 2], [0, 3]), 3),
        (Shape(3, 1, 5, 7, [4, 5], [1, 1], [1, 1], [1, 1], [0, 0]), 5),
        (Shape(1, 1, 2, 3, [1, 1], [3, 3], [1, 1], [1, 1], [1, 1]), 1),
        (Shape(1, 1, 1, 1, [1, 9], [1, 3], [1, 1], [1, 1], [0, 1]), 1),
        // More positions than one tile holds, and a last tile that is not full.
        (Shape(1, 4, 32, 4, [31, 33], [5, 5], [1, 1], [1, 1], [2, 2]), 2),
    ];

    [TestMethod]
    [DataRow(DType.Float32)]
    [DataRow(DType.Float64)]
    public void ForwardAgreesWithTheDefinition(DType dtype)
    {
        foreach ((ConvolutionShape shape, long sets) in s_shapes)
        {
            using var arrays = new Arrays(dtype, shape, sets);
            double[] convolved = arrays.Reference.Forward();
            foreach (bool accumulate in (bool[])[false, true])
            foreach (bool withBias in (bool[])[false, true])
            {
                double[] before = accumulate ? arrays.Y.ToArray() : new double[shape.OutSize];
                double[] expected =
                [
                    .. convolved.Select(
                        (y, i) =>
                            y + before[i] + (withBias ? arrays.Bias[i / shape.Out.Product % shape.OutChannels] : 0)
                    ),
                ];
                arrays.Forward(arrays.Y, accumulate, withBias);
                AssertClose(dtype, expected, arrays.Y, shape.Taps, $"{shape} {accumulate} {withBias}");
            }
        }
    }

    [TestMethod]
    [DataRow(DType.Float32)]
    [DataRow(DType.Float64)]
    public void GradientsAgreeWithTheDefinition(DType dtype)
    {
        foreach ((ConvolutionShape shape, long sets) in s_shapes)
        {
            using var arrays = new Arrays(dtype, shape, sets);
            (double[] data, double[] offsets, double[] weight) = arrays.Reference.Backward(arrays.Y.ToArray());
            foreach (bool accumulate in (bool[])[false, true])
            {
                double start = accumulate ? 3 : double.NaN;
                using Native dData = Filled(dtype, data.Length, start);
                using Native dOffsets = Filled(dtype, offsets.Length, start);
                using Native dWeight = Filled(dtype, weight.Length, start);
                arrays.Backward(dData, dOffsets, dWeight, accumulate);
                double before = accumulate ? 3 : 0;
                string what = $"{shape} {accumulate}";
                long depth = shape.GroupOut * shape.Kernel.Product;
                AssertClose(dtype, [.. data.Select(x => x + before)], dData, depth, $"{what} data");
                depth = shape.GroupOut * shape.InChannels;
                AssertClose(dtype, [.. offsets.Select(x => x + before)], dOffsets, depth, $"{what} offsets");
                depth = shape.Batch * shape.Out.Product;
                AssertClose(dtype, [.. weight.Select(x => x + before)], dWeight, depth, $"{what} weight");

                using Native alone = Filled(dtype, offsets.Length, start);
                arrays.Backward(null, alone, null, accumulate);
                CollectionAssert.AreEqual(dOffsets.ToArray(), alone.ToArray(), $"{what} offsets alone");
            }
        }
    }

    [TestMethod]
    public void NothingDependsOnTheNumberOfThreads()
    {
        KernelTeam before = KernelTeam.Default;
        try
        {
            double[][] runs = [.. new[] { 1, 2, 3 }.Select(Run)];
            CollectionAssert.AreEqual(runs[0], runs[1]);
            CollectionAssert.AreEqual(runs[0], runs[2]);
        }
        finally
        {
            KernelTeam.Default = before;
        }

        static double[] Run(int threads)
        {
            using var team = new KernelTeam(threads);
            KernelTeam.Default = team;
            (ConvolutionShape shape, long sets) = s_shapes[^1];
            using var arrays = new Arrays(DType.Float32, shape, sets);
            using var y = new Native(DType.Float32, shape.OutSize);
            using var dData = new Native(DType.Float32, shape.DataSize);
            using var dOffsets = new Native(DType.Float32, arrays.Offsets.Count);
            using var dWeight = new Native(DType.Float32, shape.WeightSize);
            arrays.Forward(y, accumulate: false, withBias: true);
            arrays.Backward(dData, dOffsets, dWeight, accumulate: false);
            return [.. y.ToArray(), .. dData.ToArray(), .. dOffsets.ToArray(), .. dWeight.ToArray()];
        }
    }

    /// <summary>Offsets that lead nowhere read 0, whatever the image holds, and get no gradient.</summary>
    [TestMethod]
    [DataRow(DType.Float32)]
    [DataRow(DType.Float64)]
    public void PlacesBeyondTheImageAreZero(DType dtype)
    {
        ConvolutionShape shape = Shape(1, 1, 1, 1, [1, 8], [1, 1], [1, 1], [1, 1], [0, 0]);
        double[] wild = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e30, -1e30, -5.5, 9, -7.0001];
        using var arrays = new Arrays(dtype, shape, 1);
        for (int i = 0; i < 8; i++)
        {
            arrays.Data[i] = double.NaN;
            arrays.Offsets[i] = 0;
            arrays.Offsets[8 + i] = wild[i];
        }

        using Native dData = Filled(dtype, 8, double.NaN);
        using Native dOffsets = Filled(dtype, 16, double.NaN);
        using Native dWeight = Filled(dtype, 1, double.NaN);
        arrays.Forward(arrays.Y, accumulate: false, withBias: false);
        Assert.IsTrue(arrays.Y.ToArray().All(y => y == 0));
        arrays.Backward(dData, dOffsets, dWeight, accumulate: false);
        Assert.IsTrue(dData.ToArray().Concat(dOffsets.ToArray()).Concat(dWeight.ToArray()).All(g => g == 0));
    }

    private static ConvolutionShape Shape(
        long batch,
        long groups,
        long channels,
        long filters,
        long[] size,
        long[] kernel,
        long[] stride,
        long[] dilate,
        long[] pad
    ) =>
        new(
            batch,
            groups,
            channels,
            filters,
            Extents.Of(size, 1),
            Extents.Of(kernel, 1),
            Extents.Of(stride, 1),
            Extents.Of(dilate, 1),
            Extents.Of(pad, 0)
        );

    private static Native Filled(DType dtype, long count, double value)
    {
        var array = new Native(dtype, count);
        for (long i = 0; i < count; i++)
        {
            array[i] = value;
        }

        return array;
    }

    private static void AssertClose(DType dtype, double[] expected, Native actual, long depth, string what)
    {
        // Operands are at most 4, and so are slopes; places in float32 are exact to 1e-6 of a pixel.
        double allowed = (dtype == DType.Float32 ? 4e-6 : 1e-8) * Math.Max(8, depth);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], actual[i], allowed, $"{what} at {i}");
        }
    }

    private sealed class Arrays : IDisposable
    {
        private readonly DeformableConvolution _convolution;
        private readonly void* _scratch;

        internal Arrays(DType dtype, ConvolutionShape shape, long sets)
        {
            _convolution = new DeformableConvolution(shape, sets);
            var random = new Random(3);
            Data = Draw(dtype, shape.DataSize, random, 1);
            Weight = Draw(dtype, shape.WeightSize, random, 1);
            Bias = Draw(dtype, shape.OutChannels, random, 1);
            Y = Draw(dtype, shape.OutSize, random, 1);
            Offsets = Draw(dtype, 2 * sets * shape.Batch * shape.Kernel.Product * shape.Out.Product, random, 2);
            _scratch = NativeMemory.AlignedAlloc((nuint)_convolution.Scratch(dtype), 64);
        }

        internal Native Data { get; }

        internal Native Offsets { get; }

        internal Native Weight { get; }

        internal Native Bias { get; }

        internal Native Y { get; }

        internal DeformableReference Reference =>
            new(_convolution.Shape, _convolution.Sets, Data.ToArray(), Offsets.ToArray(), Weight.ToArray());

        internal void Forward(Native y, bool accumulate, bool withBias) =>
            _convolution.Forward(
                y.DType,
                Data.Pointer,
                Offsets.Pointer,
                Weight.Pointer,
                withBias ? Bias.Pointer : null,
                y.Pointer,
                accumulate,
                _scratch
            );

        internal void Backward(Native? data, Native? offsets, Native? weight, bool accumulate)
        {
            var gradients = new DeformableGradients
            {
                Data = data is null ? null : data.Pointer,
                AddData = accumulate,
                Offsets = offsets is null ? null : offsets.Pointer,
                AddOffsets = accumulate,
                Weight = weight is null ? null : weight.Pointer,
                AddWeight = accumulate,
            };
            _convolution.Backward(
                Y.DType,
                Y.Pointer,
                Data.Pointer,
                Offsets.Pointer,
                Weight.Pointer,
                in gradients,
                _scratch
            );
        }

        public void Dispose()
        {
            Data.Dispose();
            Offsets.Dispose();
            Weight.Dispose();
            Bias.Dispose();
            Y.Dispose();
            NativeMemory.AlignedFree(_scratch);
        }

        /// <summary>Values that stay away from whole numbers, where the slopes jump.</summary>
        private static Native Draw(DType dtype, long count, Random random, int range)
        {
            var array = new Native(dtype, count);
            for (long i = 0; i < count; i++)
            {
                array[i] = random.Next(-range, range) + 0.05 + (0.9 * random.NextDouble());
            }

            return array;
        }
    }
}
