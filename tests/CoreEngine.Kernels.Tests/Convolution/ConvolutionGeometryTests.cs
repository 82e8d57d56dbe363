using System.Runtime.InteropServices;
using CsCheck;

namespace CoreEngine.Kernels.Tests;

/// <summary>All passes on shapes by chance, and on those that take a way of their own.</summary>
[TestClass]
public sealed unsafe class ConvolutionGeometryTests
{
    /// <summary>Rows longer than a register, shorter, and multiples of it; strides, phases without taps, many strips.</summary>
    private static readonly ConvolutionShape[] s_depthwise =
    [
        Plane(2, 3, 1, 56, 56, 3, 1, 1, 1),
        Plane(1, 5, 1, 7, 7, 3, 1, 1, 1),
        Plane(2, 4, 2, 14, 14, 3, 1, 1, 1),
        Plane(1, 2, 1, 113, 115, 3, 2, 1, 1),
        Plane(2, 3, 1, 28, 28, 3, 2, 1, 1),
        Plane(2, 3, 3, 14, 15, 3, 2, 1, 0),
        Plane(1, 3, 1, 9, 9, 5, 1, 1, 2),
        Plane(1, 3, 1, 30, 31, 5, 2, 1, 2),
        Plane(1, 3, 1, 30, 31, 3, 1, 2, 2),
        Plane(1, 3, 1, 12, 19, 1, 2, 1, 0),
        Plane(1, 3, 1, 12, 19, 2, 3, 1, 3),
        Plane(1, 3, 1, 6, 5, 3, 1, 1, 4),
        Plane(2, 2, 1, 1, 40, 7, 1, 1, 3),
        Plane(1, 2, 2, 4, 3, 4, 2, 1, 2),
        Plane(1, 17, 1, 2, 2, 3, 1, 1, 1),
    ];

    /// <summary>Enough windows for sums without matrices: rows that share their padding, or end in zeros, or need no copy; pieces.</summary>
    private static readonly ConvolutionShape[] s_direct =
    [
        Plane(1, 1, 1, 28, 28, 3, 1, 1, 1) with
        {
            InChannels = 3,
            OutChannels = 6,
        },
        Plane(9, 1, 1, 7, 9, 3, 1, 1, 1) with
        {
            InChannels = 2,
            OutChannels = 5,
        },
        Plane(9, 1, 1, 12, 12, 5, 1, 1, 0) with
        {
            InChannels = 3,
            OutChannels = 7,
        },
        Plane(2, 1, 1, 61, 73, 3, 1, 1, 1) with
        {
            InChannels = 2,
            OutChannels = 4,
        },
        Plane(2, 1, 1, 63, 60, 7, 2, 1, 3) with
        {
            InChannels = 3,
            OutChannels = 9,
        },
        Plane(2, 2, 1, 40, 33, 3, 1, 2, 2) with
        {
            InChannels = 4,
            OutChannels = 10,
        },
        Plane(3, 1, 1, 1, 400, 5, 1, 1, 2) with
        {
            InChannels = 2,
            OutChannels = 4,
        },
        Plane(2, 1, 1, 24, 24, 4, 1, 1, 0) with
        {
            InChannels = 1,
            OutChannels = 70,
        },
    ];

    /// <summary>Steps, with as many channels as make it worth to go phase by phase: taps that no phase has, rows without any.</summary>
    private static readonly ConvolutionShape[] s_phases =
    [
        Plane(2, 1, 1, 14, 17, 3, 2, 1, 1) with
        {
            InChannels = 9,
            OutChannels = 5,
        },
        Plane(2, 1, 1, 13, 18, 1, 2, 1, 0) with
        {
            InChannels = 8,
            OutChannels = 3,
        },
        Plane(1, 2, 1, 15, 12, 2, 3, 1, 2) with
        {
            InChannels = 16,
            OutChannels = 6,
        },
        Plane(1, 1, 1, 16, 16, 4, 2, 1, 1) with
        {
            InChannels = 8,
            OutChannels = 7,
        },
        Plane(1, 1, 1, 17, 20, 7, 2, 1, 3) with
        {
            InChannels = 8,
            OutChannels = 2,
        },
        Plane(2, 1, 1, 1, 41, 5, 3, 1, 4) with
        {
            InChannels = 10,
            OutChannels = 3,
        },
        Plane(1, 1, 1, 9, 9, 3, 2, 1, 0) with
        {
            InChannels = 8,
            OutChannels = 4,
            Stride = new(1, 1, 2),
        },
    ];

    /// <summary>Many weights for few windows: with steps, padding, groups, dilation, in three dimensions.</summary>
    private static readonly ConvolutionShape[] s_fewWindows =
    [
        Plane(1, 1, 1, 4, 5, 3, 1, 1, 1) with
        {
            InChannels = 90,
            OutChannels = 170,
        },
        Plane(2, 2, 1, 7, 5, 3, 2, 1, 1) with
        {
            InChannels = 180,
            OutChannels = 350,
        },
        Plane(1, 1, 1, 3, 3, 1, 1, 1, 0) with
        {
            InChannels = 350,
            OutChannels = 400,
        },
        Plane(2, 1, 1, 5, 6, 1, 2, 1, 0) with
        {
            InChannels = 350,
            OutChannels = 400,
        },
        Plane(1, 1, 1, 6, 5, 3, 1, 2, 2) with
        {
            InChannels = 90,
            OutChannels = 170,
        },
        new(1, 1, 40, 130, new(3, 3, 4), new(3, 3, 3), new(1, 2, 1), Extents.One, new(1, 1, 0)),
    ];

    private static readonly Gen<ConvolutionShape> s_shapes =
        from batch in Gen.Int[1, 3]
        from groups in Gen.Int[1, 3]
        from groupIn in Gen.Int[1, 3]
        from groupOut in Gen.Int[1, 7]
        from rank in Gen.Int[1, 3]
        from size in Gen.Int[1, 20].Array[3]
        from kernel in Gen.Int[1, 4].Array[3]
        from stride in Gen.Int[1, 3].Array[3]
        from dilate in Gen.Int[1, 3].Array[3]
        from pad in Gen.Int[0, 3].Array[3]
        let shape = new ConvolutionShape(
            batch,
            groups,
            groups * groupIn,
            groups * groupOut,
            new(rank > 2 ? Math.Min(size[0], 6) : 1, rank > 1 ? size[1] : 1, size[2]),
            new(rank > 2 ? kernel[0] : 1, rank > 1 ? kernel[1] : 1, kernel[2]),
            new(rank > 2 ? stride[0] : 1, rank > 1 ? stride[1] : 1, stride[2]),
            new(rank > 2 ? dilate[0] : 1, rank > 1 ? dilate[1] : 1, dilate[2]),
            new(rank > 2 ? pad[0] : 0, rank > 1 ? pad[1] : 0, pad[2])
        )
        where IsPossible(shape)
        select shape;

    [TestMethod]
    public void AnyGeometryAgreesWithTheDefinition() =>
        Gen.Select(s_shapes, Gen.Bool, Gen.Bool, Gen.Int)
            .Sample((shape, wide, accumulate, seed) => Compare(shape, Type(wide), accumulate, seed), iter: 300);

    [TestMethod]
    [DataRow(DType.Float32)]
    [DataRow(DType.Float64)]
    [DataRow(DType.Float16)]
    public void DepthwiseAgreesWithTheDefinition(DType dtype)
    {
        foreach (ConvolutionShape shape in s_depthwise)
        {
            Compare(shape, dtype, false, 1);
            Compare(shape, dtype, true, 2);
        }
    }

    [TestMethod]
    [DataRow(DType.Float32)]
    [DataRow(DType.Float64)]
    public void WeightsWithoutMatricesAgreeWithTheDefinition(DType dtype)
    {
        foreach (ConvolutionShape shape in s_direct)
        {
            Assert.IsTrue(DirectWeights<float>.Applies(shape), $"{shape}");
            Compare(shape, dtype, false, 1);
            Compare(shape, dtype, true, 2);
        }
    }

    [TestMethod]
    [DataRow(DType.Float32)]
    [DataRow(DType.Float64)]
    public void DataPhaseByPhaseAgreesWithTheDefinition(DType dtype)
    {
        foreach (ConvolutionShape shape in s_phases)
        {
            Assert.IsTrue(DataPhases<float>.Applies(shape), $"{shape}");
            Compare(shape, dtype, false, 1);
            Compare(shape, dtype, true, 2);
        }
    }

    [TestMethod]
    [DataRow(DType.Float32)]
    [DataRow(DType.Float64)]
    public void DataForFewWindowsAgreesWithTheDefinition(DType dtype)
    {
        foreach (ConvolutionShape shape in s_fewWindows)
        {
            Assert.IsTrue(DataForFewWindows<float>.Applies(shape), $"{shape}");
            Compare(shape, dtype, false, 1);
            Compare(shape, dtype, true, 2);
        }
    }

    [TestMethod]
    public void TheNumberOfThreadsDoesNotChangeABit()
    {
        foreach (
            ConvolutionShape shape in (ConvolutionShape[])[.. s_depthwise, .. s_direct, .. s_phases, .. s_fewWindows]
        )
        {
            CompareThreads(shape);
        }

        s_shapes.Sample(CompareThreads, iter: 50);
    }

    [TestMethod]
    public void NothingIsAllocatedInTheLongRun()
    {
        foreach (
            ConvolutionShape shape in (ConvolutionShape[])[.. s_depthwise, .. s_direct, .. s_phases, .. s_fewWindows]
        )
        {
            using var passes = new Passes(shape, DType.Float32, 3);
            passes.Run(true);
            long before = GC.GetAllocatedBytesForCurrentThread();
            passes.Run(true);
            Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before, $"{shape}");
        }
    }

    private static DType Type(bool wide) => wide ? DType.Float64 : DType.Float32;

    private static ConvolutionShape Plane(
        long batch,
        long channels,
        long multiplier,
        long height,
        long width,
        long kernel,
        long stride,
        long dilate,
        long pad
    ) =>
        new(
            batch,
            channels,
            channels,
            channels * multiplier,
            new(1, height, width),
            new(1, Math.Min(kernel, height + (2 * pad)), kernel),
            new(1, stride, stride),
            new(1, dilate, dilate),
            new(0, pad, pad)
        );

    private static bool IsPossible(in ConvolutionShape shape)
    {
        Extents room = shape.Out;
        return room.D > 0 && room.H > 0 && room.W > 0;
    }

    private static void Compare(ConvolutionShape shape, DType dtype, bool accumulate, int seed)
    {
        using var passes = new Passes(shape, dtype, seed);
        double[] x = passes.X.ToArray();
        double[] weight = passes.Weight.ToArray();
        double[] dy = passes.Dy.ToArray();
        double[] y = accumulate ? passes.Y.ToArray() : new double[shape.OutSize];
        double[] dx = accumulate ? passes.Dx.ToArray() : new double[shape.DataSize];
        double[] dw = accumulate ? passes.Dw.ToArray() : new double[shape.WeightSize];
        if (!accumulate)
        {
            passes.Y.Fill(double.NaN);
            passes.Dx.Fill(double.NaN);
            passes.Dw.Fill(double.NaN);
        }

        ConvolutionPasses.Forward(shape, x, weight, y);
        for (long i = 0; i < y.Length; i++)
        {
            y[i] += passes.Bias[i / shape.Out.Product % shape.OutChannels];
        }

        ConvolutionPasses.BackwardData(shape, dy, weight, dx);
        ConvolutionPasses.BackwardWeight(shape, x, dy, dw);
        passes.Run(accumulate);
        long window = shape.Kernel.Product;
        AssertClose(dtype, y, passes.Y, shape.InChannels / shape.Groups * window, $"y of {shape} {accumulate}");
        AssertClose(dtype, dx, passes.Dx, shape.OutChannels / shape.Groups * window, $"dx of {shape} {accumulate}");
        AssertClose(dtype, dw, passes.Dw, shape.Batch * shape.Out.Product, $"dw of {shape} {accumulate}");
    }

    /// <summary>Sums of so many products below 1: each step rounds by at most half a unit of the sum's size.</summary>
    private static void AssertClose(DType dtype, double[] expected, Operand actual, long terms, string what)
    {
        double unit = dtype == DType.Float64 ? Math.ScaleB(1, -53) : Math.ScaleB(1, -24);
        double bound = 4 * unit * Math.Sqrt(terms + 2) * (Math.Sqrt(terms + 2) + 2);
        for (int i = 0; i < expected.Length; i++)
        {
            double storing = dtype == DType.Float16 ? Math.Abs(expected[i]) * Math.ScaleB(1, -10) : 0;
            Assert.AreEqual(expected[i], actual[i], bound + storing, $"{what} at {i}");
        }
    }

    private static void CompareThreads(ConvolutionShape shape)
    {
        KernelTeam before = KernelTeam.Default;
        byte[][]? first = null;
        foreach (int threads in (int[])[1, 2, 5])
        {
            using var team = new KernelTeam(threads);
            KernelTeam.Default = team;
            try
            {
                using var passes = new Passes(shape, DType.Float32, 7);
                passes.Run(true);
                byte[][] all = [passes.Y.Bytes.ToArray(), passes.Dx.Bytes.ToArray(), passes.Dw.Bytes.ToArray()];
                first ??= all;
                CollectionAssert.AreEqual(first[0], all[0], $"y of {shape} with {threads} threads");
                CollectionAssert.AreEqual(first[1], all[1], $"dx of {shape} with {threads} threads");
                CollectionAssert.AreEqual(first[2], all[2], $"dw of {shape} with {threads} threads");
            }
            finally
            {
                KernelTeam.Default = before;
            }
        }
    }

    /// <summary>The arrays of the three passes.</summary>
    private sealed class Passes : IDisposable
    {
        private readonly ConvolutionShape _shape;
        private readonly DType _dtype;
        private readonly void* _scratch;

        public Passes(ConvolutionShape shape, DType dtype, int seed)
        {
            _shape = shape;
            _dtype = dtype;
            var random = new Random(seed);
            X = Operand.Random(random, dtype, shape.DataSize, 1);
            Weight = Operand.Random(random, dtype, shape.WeightSize, 1);
            Bias = Operand.Random(random, dtype, shape.OutChannels, 1);
            Dy = Operand.Random(random, dtype, shape.OutSize, 1);
            Y = Operand.Random(random, dtype, shape.OutSize, 1);
            Dx = Operand.Random(random, dtype, shape.DataSize, 1);
            Dw = Operand.Random(random, dtype, shape.WeightSize, 1);
            long bytes = Math.Max(
                Convolution.ForwardScratch(dtype, shape),
                Math.Max(Convolution.BackwardDataScratch(dtype, shape), Convolution.BackwardWeightScratch(dtype, shape))
            );
            _scratch = NativeMemory.AlignedAlloc((nuint)bytes + 64, 64);
        }

        public Operand X { get; }

        public Operand Weight { get; }

        public Operand Bias { get; }

        public Operand Dy { get; }

        public Operand Y { get; }

        public Operand Dx { get; }

        public Operand Dw { get; }

        public void Run(bool add)
        {
            Convolution.Forward(_dtype, _shape, X.Data, Weight.Data, Bias.Data, Y.Data, add, _scratch);
            Convolution.BackwardData(_dtype, _shape, Dy.Data, Weight.Data, Dx.Data, add, _scratch);
            Convolution.BackwardWeight(_dtype, _shape, X.Data, Dy.Data, Dw.Data, add, _scratch);
        }

        public void Dispose()
        {
            X.Dispose();
            Weight.Dispose();
            Bias.Dispose();
            Dy.Dispose();
            Y.Dispose();
            Dx.Dispose();
            Dw.Dispose();
            NativeMemory.AlignedFree(_scratch);
        }
    }
}
