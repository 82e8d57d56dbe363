using System.Runtime.InteropServices;

namespace CoreEngine.Kernels.Tests;

[TestClass]
public sealed unsafe class ConvolutionTests
{
    private static readonly ConvolutionShape[] s_shapes =
    [
        Shape(2, 1, 1, 3, [9], [3], [2], [1], [1]),
        Shape(2, 2, 4, 6, [12], [2], [1], [3], [0]),
        Shape(3, 1, 1, 5, [12, 11], [5, 5], [1, 1], [1, 1], [0, 0]),
        Shape(2, 1, 3, 4, [6, 7], [3, 3], [1, 1], [1, 1], [1, 1]),
        Shape(1, 2, 4, 6, [9, 8], [3, 2], [2, 3], [2, 1], [2, 1]),
        Shape(2, 6, 6, 6, [7, 9], [3, 3], [1, 1], [1, 1], [1, 1]),
        Shape(2, 3, 3, 6, [7, 9], [3, 3], [2, 2], [1, 1], [1, 1]),
        Shape(2, 1, 7, 5, [5, 6], [1, 1], [1, 1], [1, 1], [0, 0]),
        Shape(1, 1, 4, 9, [8, 8], [1, 1], [2, 2], [1, 1], [0, 0]),
        Shape(1, 1, 2, 3, [4, 5, 6], [2, 3, 3], [1, 2, 1], [1, 1, 2], [1, 1, 2]),
        Shape(2, 1, 2, 3, [1, 1], [3, 3], [1, 1], [1, 1], [1, 1]),
        Shape(1, 1, 2, 3, [3, 3], [1, 1], [1, 1], [1, 1], [2, 2]),
        Shape(18, 1, 2, 3, [5, 20], [3, 3], [1, 1], [1, 1], [1, 1]),
        Shape(1, 1, 80, 90, [3, 3], [3, 3], [1, 1], [1, 1], [1, 1]),
        Shape(1, 1, 2, 3, [14, 19], [5, 5], [2, 2], [1, 1], [2, 2]),
        Shape(18, 1, 12, 57, [6, 6], [5, 5], [1, 1], [1, 1], [0, 0]),
        Shape(17, 2, 24, 114, [2, 2], [5, 5], [1, 1], [1, 1], [2, 2]),
        Shape(5, 1, 3, 7, [12, 12], [5, 5], [1, 1], [1, 1], [0, 0]),
        Shape(5, 1, 1, 7, [6, 28], [5, 5], [1, 1], [1, 1], [0, 0]),
        Shape(2, 1, 40, 33, [15, 14], [3, 3], [1, 1], [1, 1], [1, 1]),
        Shape(1, 1, 64, 64, [7, 7], [3, 3], [1, 1], [1, 1], [1, 1]),
        Shape(3, 1, 24, 17, [7, 6], [3, 3], [1, 1], [1, 1], [0, 2]),
        Shape(1, 1, 19, 130, [12, 11], [1, 1], [1, 1], [1, 1], [0, 0]),
        Shape(1, 2, 14, 256, [13, 10], [1, 1], [1, 1], [1, 1], [0, 0]),
    ];

    [TestMethod]
    [DataRow(DType.Float32)]
    [DataRow(DType.Float64)]
    [DataRow(DType.Float16)]
    public void ForwardAgreesWithTheDefinition(DType dtype)
    {
        foreach (ConvolutionShape shape in s_shapes)
        {
            using var arrays = new Arrays(dtype, shape);
            foreach (bool accumulate in (bool[])[false, true])
            {
                foreach (bool withBias in (bool[])[false, true])
                {
                    double[] expected = accumulate ? arrays.Y.ToArray() : new double[shape.OutSize];
                    Visit(shape, (x, w, y) => expected[y] += arrays.X[x] * arrays.Weight[w]);
                    for (long i = 0; i < expected.Length && withBias; i++)
                    {
                        expected[i] += arrays.Bias[i / shape.Out.Product % shape.OutChannels];
                    }

                    if (!accumulate)
                    {
                        arrays.Y.Fill(double.NaN);
                    }

                    using var scratch = new Scratch(Convolution.ForwardScratch(dtype, shape));
                    Convolution.Forward(
                        dtype,
                        shape,
                        arrays.X.Data,
                        arrays.Weight.Data,
                        withBias ? arrays.Bias.Data : null,
                        arrays.Y.Data,
                        accumulate,
                        scratch.Data
                    );
                    AssertClose(dtype, expected, arrays.Y, shape.Taps, $"{shape} {accumulate} {withBias}");
                }
            }
        }
    }

    [TestMethod]
    [DataRow(DType.Float32)]
    [DataRow(DType.Float64)]
    [DataRow(DType.Float16)]
    public void GradientsAreTheAdjointsOfTheDefinition(DType dtype)
    {
        foreach (ConvolutionShape shape in s_shapes)
        {
            using var arrays = new Arrays(dtype, shape);
            using var dx = Operand.Random(new Random(5), dtype, shape.DataSize, 1);
            using var dw = Operand.Random(new Random(6), dtype, shape.WeightSize, 1);
            using var db = Operand.Random(new Random(7), dtype, shape.OutChannels, 1);
            foreach (bool accumulate in (bool[])[true, false])
            {
                double[] data = accumulate ? dx.ToArray() : new double[shape.DataSize];
                double[] weight = accumulate ? dw.ToArray() : new double[shape.WeightSize];
                double[] bias = accumulate ? db.ToArray() : new double[shape.OutChannels];
                Visit(
                    shape,
                    (x, w, y) =>
                    {
                        data[x] += arrays.Y[y] * arrays.Weight[w];
                        weight[w] += arrays.Y[y] * arrays.X[x];
                    }
                );
                for (long i = 0; i < shape.OutSize; i++)
                {
                    bias[i / shape.Out.Product % shape.OutChannels] += arrays.Y[i];
                }

                if (!accumulate)
                {
                    dx.Fill(double.NaN);
                    dw.Fill(double.NaN);
                    db.Fill(double.NaN);
                }

                using var scratch = new Scratch(
                    Math.Max(
                        Convolution.BackwardDataScratch(dtype, shape),
                        Convolution.BackwardWeightScratch(dtype, shape)
                    )
                );
                void* y = arrays.Y.Data;
                Convolution.BackwardData(dtype, shape, y, arrays.Weight.Data, dx.Data, accumulate, scratch.Data);
                Convolution.BackwardWeight(dtype, shape, arrays.X.Data, y, dw.Data, accumulate, scratch.Data);
                Convolution.BackwardBias(dtype, shape, y, db.Data, accumulate);
                AssertClose(dtype, data, dx, shape.GroupOut * shape.Kernel.Product, $"data {shape} {accumulate}");
                AssertClose(dtype, weight, dw, shape.Batch * shape.Out.Product, $"weight {shape} {accumulate}");
                AssertClose(dtype, bias, db, shape.Batch * shape.Out.Product, $"bias {shape} {accumulate}");
            }
        }
    }

    [TestMethod]
    public void GradientsAgreeWithFiniteDifferences()
    {
        ConvolutionShape shape = Shape(2, 2, 4, 4, [5, 4], [3, 2], [2, 1], [1, 2], [1, 1]);
        using var arrays = new Arrays(DType.Float64, shape);
        using var dx = new Operand(DType.Float64, shape.DataSize);
        using var dw = new Operand(DType.Float64, shape.WeightSize);
        using var y = new Operand(DType.Float64, shape.OutSize);
        using var scratch = new Scratch(
            Math.Max(
                Convolution.ForwardScratch(DType.Float64, shape),
                Convolution.BackwardWeightScratch(DType.Float64, shape)
            )
        );
        Convolution.BackwardData(DType.Float64, shape, arrays.Y.Data, arrays.Weight.Data, dx.Data, false, scratch.Data);
        Convolution.BackwardWeight(DType.Float64, shape, arrays.X.Data, arrays.Y.Data, dw.Data, false, scratch.Data);
        double Loss()
        {
            Convolution.Forward(
                DType.Float64,
                shape,
                arrays.X.Data,
                arrays.Weight.Data,
                null,
                y.Data,
                false,
                scratch.Data
            );
            double sum = 0;
            for (long i = 0; i < y.Length; i++)
            {
                sum += y[i] * arrays.Y[i];
            }

            return sum;
        }

        foreach ((Operand value, Operand gradient) in ((Operand, Operand)[])[(arrays.X, dx), (arrays.Weight, dw)])
        {
            for (long i = 0; i < value.Length; i++)
            {
                double before = value[i];
                value[i] = before + 1e-4;
                double above = Loss();
                value[i] = before - 1e-4;
                double below = Loss();
                value[i] = before;
                Assert.AreEqual((above - below) / 2e-4, gradient[i], 1e-7);
            }
        }
    }

    [TestMethod]
    public void TheNumberOfThreadsDoesNotChangeABit()
    {
        KernelTeam before = KernelTeam.Default;
        foreach (ConvolutionShape shape in s_shapes)
        {
            byte[]? first = null;
            foreach (int threads in (int[])[1, 2, 5])
            {
                using var team = new KernelTeam(threads);
                KernelTeam.Default = team;
                try
                {
                    using var arrays = new Arrays(DType.Float32, shape);
                    using var y = new Operand(DType.Float32, shape.OutSize);
                    using var dx = new Operand(DType.Float32, shape.DataSize);
                    using var dw = new Operand(DType.Float32, shape.WeightSize);
                    using var db = new Operand(DType.Float32, shape.OutChannels);
                    using var scratch = new Scratch(
                        Math.Max(
                            Convolution.ForwardScratch(DType.Float32, shape),
                            Math.Max(
                                Convolution.BackwardDataScratch(DType.Float32, shape),
                                Convolution.BackwardWeightScratch(DType.Float32, shape)
                            )
                        )
                    );
                    void* x = arrays.X.Data;
                    void* w = arrays.Weight.Data;
                    void* dy = arrays.Y.Data;
                    Convolution.Forward(DType.Float32, shape, x, w, arrays.Bias.Data, y.Data, false, scratch.Data);
                    Convolution.BackwardData(DType.Float32, shape, dy, w, dx.Data, false, scratch.Data);
                    Convolution.BackwardWeight(DType.Float32, shape, x, dy, dw.Data, false, scratch.Data);
                    Convolution.BackwardBias(DType.Float32, shape, dy, db.Data, false);
                    byte[] all = [.. y.Bytes, .. dx.Bytes, .. dw.Bytes, .. db.Bytes];
                    first ??= all;
                    CollectionAssert.AreEqual(first, all, $"{shape} with {threads} threads");
                }
                finally
                {
                    KernelTeam.Default = before;
                }
            }
        }
    }

    [TestMethod]
    public void ImpossibleShapesAndTypesAreRefused()
    {
        ConvolutionShape good = s_shapes[3];
        Assert.ThrowsExactly<ArgumentException>(() => Convolution.ForwardScratch(DType.Int32, good));
        foreach (
            ConvolutionShape bad in (ConvolutionShape[])
                [
                    good with
                    {
                        Groups = 2,
                    },
                    good with
                    {
                        Stride = new Extents(1, 0, 1),
                    },
                    good with
                    {
                        Pad = new Extents(0, -1, 0),
                    },
                    good with
                    {
                        Kernel = new Extents(1, 9, 3),
                    },
                    good with
                    {
                        Batch = 0,
                    },
                ]
        )
        {
            Assert.ThrowsExactly<ArgumentException>(() => Convolution.ForwardScratch(DType.Float32, bad), $"{bad}");
        }

        Assert.ThrowsExactly<ArgumentException>(() => Extents.Of([1, 2, 3, 4], 1));
    }

    private static ConvolutionShape Shape(
        long batch,
        long groups,
        long inChannels,
        long outChannels,
        long[] size,
        long[] kernel,
        long[] stride,
        long[] dilate,
        long[] pad
    ) =>
        new(
            batch,
            groups,
            inChannels,
            outChannels,
            Extents.Of(size, 1),
            Extents.Of(kernel, 1),
            Extents.Of(stride, 1),
            Extents.Of(dilate, 1),
            Extents.Of(pad, 0)
        );

    /// <summary>Calls back with the indices of data, weight and result of every product in the convolution.</summary>
    private static void Visit(ConvolutionShape s, Action<long, long, long> product)
    {
        Extents o = s.Out;
        for (long n = 0; n < s.Batch; n++)
        for (long oc = 0; oc < s.OutChannels; oc++)
        for (long od = 0; od < o.D; od++)
        for (long oh = 0; oh < o.H; oh++)
        for (long ow = 0; ow < o.W; ow++)
        for (long c = 0; c < s.GroupIn; c++)
        for (long kd = 0; kd < s.Kernel.D; kd++)
        for (long kh = 0; kh < s.Kernel.H; kh++)
        for (long kw = 0; kw < s.Kernel.W; kw++)
        {
            long d = (od * s.Stride.D) - s.Pad.D + (kd * s.Dilate.D);
            long h = (oh * s.Stride.H) - s.Pad.H + (kh * s.Dilate.H);
            long w = (ow * s.Stride.W) - s.Pad.W + (kw * s.Dilate.W);
            if (d < 0 || d >= s.In.D || h < 0 || h >= s.In.H || w < 0 || w >= s.In.W)
            {
                continue;
            }

            long channel = (oc / s.GroupOut * s.GroupIn) + c;
            product(
                (((((((n * s.InChannels) + channel) * s.In.D) + d) * s.In.H) + h) * s.In.W) + w,
                (((((((oc * s.GroupIn) + c) * s.Kernel.D) + kd) * s.Kernel.H) + kh) * s.Kernel.W) + kw,
                (((((((n * s.OutChannels) + oc) * o.D) + od) * o.H) + oh) * o.W) + ow
            );
        }
    }

    /// <summary>Sums of up to <paramref name="terms"/> products below 1, each step rounded.</summary>
    private static void AssertClose(DType dtype, double[] expected, Operand actual, long terms, string what)
    {
        double bound = dtype == DType.Float64 ? 2e-15 * (terms + 8) : 4e-7 * Math.Sqrt(terms) * Math.Sqrt(terms + 8);
        for (int i = 0; i < expected.Length; i++)
        {
            double rounding = dtype == DType.Float16 ? Math.Abs(expected[i]) / 1000 : 0;
            Assert.AreEqual(expected[i], actual[i], bound + rounding, $"{what} at {i}");
        }
    }

    private sealed class Arrays : IDisposable
    {
        public Arrays(DType dtype, ConvolutionShape shape)
        {
            X = Operand.Random(new Random(1), dtype, shape.DataSize, 1);
            Weight = Operand.Random(new Random(2), dtype, shape.WeightSize, 1);
            Bias = Operand.Random(new Random(3), dtype, shape.OutChannels, 1);
            Y = Operand.Random(new Random(4), dtype, shape.OutSize, 1);
        }

        public Operand X { get; }

        public Operand Weight { get; }

        public Operand Bias { get; }

        public Operand Y { get; }

        public void Dispose()
        {
            X.Dispose();
            Weight.Dispose();
            Bias.Dispose();
            Y.Dispose();
        }
    }

    /// <summary>Scratch of exactly the promised size between two guards, which are checked at the end.</summary>
    private sealed class Scratch : IDisposable
    {
        private readonly byte* _memory;
        private readonly long _size;

        public Scratch(long size)
        {
            _size = size;
            _memory = (byte*)NativeMemory.AlignedAlloc((nuint)(size + 128), 64);
            new Span<byte>(_memory, (int)size + 128).Fill(0xCD);
        }

        public void* Data => _memory + 64;

        public void Dispose()
        {
            bool intact =
                new Span<byte>(_memory, 64).IndexOfAnyExcept((byte)0xCD) < 0
                && new Span<byte>(_memory + 64 + _size, 64).IndexOfAnyExcept((byte)0xCD) < 0;
            NativeMemory.AlignedFree(_memory);
            Assert.IsTrue(intact, "memory around the scratch was written");
        }
    }
}
