using System.Runtime.InteropServices;
using CsCheck;

namespace CoreEngine.Kernels.Tests;

/// <summary>The forward convolution with its epilogue, from plain and from prepared weights.</summary>
[TestClass]
[DoNotParallelize]
public sealed unsafe partial class ConvolutionForwardTests
{
    private const int ProtectNone = 0;
    private const int ProtectReadWrite = 3;
    private const int PrivateAnonymous = 0x22;

    private static readonly Gen<Extents> s_small =
        from d in Gen.Long[1, 3]
        from h in Gen.Long[1, 4]
        from w in Gen.Long[1, 5]
        select new Extents(d, h, w);

    private static readonly Gen<(ConvolutionShape Shape, int Bits)> s_cases =
        from groups in Gen.OneOfConst(1L, 1, 2, 3)
        from channels in Gen.Long[1, 12]
        from filters in Gen.Long[1, 20]
        from batch in Gen.Long[1, 4]
        from image in Gen.Select(Gen.Long[1, 4], Gen.Long[1, 20], Gen.Long[1, 40])
        from kernel in s_small
        from stride in s_small
        from dilate in s_small
        from pad in Gen.Select(Gen.Long[0, 2], Gen.Long[0, 3], Gen.Long[0, 6])
        from bits in Gen.Int[0, 31]
        let shape = new ConvolutionShape(
            batch,
            groups,
            groups * channels,
            groups * filters,
            new Extents(image.Item1, image.Item2, image.Item3),
            kernel,
            stride,
            dilate,
            new Extents(pad.Item1, pad.Item2, pad.Item3)
        )
        where shape.Out.D > 0 && shape.Out.H > 0 && shape.Out.W > 0 && shape.OutSize * shape.Taps < 2_000_000
        select (shape, bits);

    [TestMethod]
    public void AnyGeometryAgreesWithTheDefinition() =>
        s_cases.Sample(
            c =>
            {
                Compare(DType.Float32, c.Shape, c.Bits);
                Compare(DType.Float64, c.Shape, c.Bits);
            },
            iter: 150,
            threads: 1
        );

    /// <summary>Strides with more phases than a word has bits, images smaller than a vector, several slices of the taps.</summary>
    [TestMethod]
    public void UnusualGeometriesAgreeWithTheDefinition()
    {
        foreach (
            ConvolutionShape shape in (ConvolutionShape[])
                [
                    Shape(2, 3, 5, (1, 300), (1, 3), stride: (1, 70), pad: (0, 65)),
                    Shape(1, 2, 3, (1, 400), (1, 4), stride: (1, 64), pad: (0, 7)),
                    Shape(3, 200, 30, (3, 3), (3, 3), stride: (2, 2), pad: (1, 1)),
                    Shape(9, 600, 18, (5, 5), (1, 1), stride: (1, 1), pad: (0, 0)),
                    Shape(2, 40, 70, (13, 15), (1, 1), stride: (2, 2), pad: (0, 0)),
                    Shape(2, 3, 64, (30, 31), (7, 7), stride: (2, 2), pad: (3, 3)),
                    Shape(1, 5, 9, (2, 2), (2, 2), stride: (1, 1), pad: (5, 9)),
                ]
        )
        {
            for (int bits = 0; bits < 32; bits += 5)
            {
                Compare(DType.Float32, shape, bits);
                Compare(DType.Float64, shape, bits);
            }
        }
    }

    [TestMethod]
    [DataRow(1, 64, 64, 56, 3, 1, 1)]
    [DataRow(1, 32, 40, 14, 3, 1, 1)]
    [DataRow(3, 48, 64, 7, 3, 1, 1)]
    [DataRow(1, 64, 32, 28, 1, 1, 0)]
    [DataRow(2, 16, 32, 28, 3, 2, 1)]
    [DataRow(5, 500, 33, 7, 1, 1, 0)]
    public void TheNumberOfThreadsDoesNotChangeABit(
        int batch,
        int channels,
        int filters,
        int size,
        int kernel,
        int stride,
        int pad
    )
    {
        ConvolutionShape shape = Shape(
            batch,
            channels,
            filters,
            (size, size),
            (kernel, kernel),
            (stride, stride),
            (pad, pad)
        );
        KernelTeam before = KernelTeam.Default;
        foreach (int bits in (int[])[0, 23])
        {
            byte[]? first = null;
            foreach (int threads in (int[])[1, 2, 3, 5])
            {
                using var team = new KernelTeam(threads);
                KernelTeam.Default = team;
                try
                {
                    using var call = new Call(DType.Float32, shape, bits);
                    call.Run();
                    first ??= [.. call.Y.Bytes];
                    CollectionAssert.AreEqual(first, call.Y.Bytes.ToArray(), $"{threads} threads, {bits}");
                }
                finally
                {
                    KernelTeam.Default = before;
                }
            }
        }
    }

    [TestMethod]
    [DataRow(64, 14, 3)]
    [DataRow(24, 14, 1)]
    [DataRow(8, 14, 3)]
    public void NothingIsAllocatedInSteadyState(int channels, int size, int kernel)
    {
        ConvolutionShape shape = Shape(
            2,
            channels,
            32,
            (size, size),
            (kernel, kernel),
            (1, 1),
            (kernel / 2, kernel / 2)
        );
        using var call = new Call(DType.Float32, shape, 23);
        call.Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++)
        {
            call.Run();
        }

        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>NaN and infinity reach the results whose window holds them, and no other; activations keep NaN.</summary>
    [TestMethod]
    public void NotANumberReachesItsWindowsOnly()
    {
        ConvolutionShape shape = Shape(1, 3, 5, (9, 11), (3, 3), (1, 1), (1, 1));
        using var call = new Call(DType.Float32, shape, 8);
        call.X[(4 * 11) + 6] = double.NaN;
        call.Run();
        for (long i = 0; i < shape.OutSize; i++)
        {
            (long h, long w) = (i / 11 % 9, i % 11);
            bool near = Math.Abs(h - 4) <= 1 && Math.Abs(w - 6) <= 1;
            Assert.AreEqual(near, double.IsNaN(call.Y[i]), $"at {i}");
        }
    }

    /// <summary>Kernels read whole registers; this proves that they never read behind the data.</summary>
    [TestMethod]
    [DataRow(1, 3, 7, 1, 1, 0)]
    [DataRow(2, 20, 5, 3, 1, 0)]
    [DataRow(1, 40, 7, 3, 1, 1)]
    [DataRow(2, 17, 10, 3, 1, 1)]
    [DataRow(1, 4, 9, 3, 2, 1)]
    [DataRow(1, 4, 10, 1, 2, 0)]
    public void NothingBehindTheDataIsRead(int batch, int channels, int size, int kernel, int stride, int pad)
    {
        if (!OperatingSystem.IsLinux())
            return;
        ConvolutionShape shape = Shape(
            batch,
            channels,
            24,
            (size, size),
            (kernel, kernel),
            (stride, stride),
            (pad, pad)
        );
        nint page = Environment.SystemPageSize;
        nint bytes = (nint)shape.DataSize * sizeof(float);
        nint whole = (bytes + page - 1) / page * page;
        byte* memory = (byte*)Map(0, whole + page, ProtectReadWrite, PrivateAnonymous, -1, 0);
        Assert.AreEqual(0, Protect((nint)memory + whole, page, ProtectNone));
        using var call = new Call(DType.Float32, shape, 0);
        float* x = (float*)(memory + whole - bytes);
        for (long i = 0; i < shape.DataSize; i++)
        {
            x[i] = (float)call.X[i];
        }

        call.Run(x);
        Assert.AreEqual(0, Unmap((nint)memory, whole + page));
        call.AssertCorrect();
    }

    private static ConvolutionShape Shape(
        long batch,
        long channels,
        long filters,
        (long H, long W) size,
        (long H, long W) kernel,
        (long H, long W) stride,
        (long H, long W) pad
    ) =>
        new(
            batch,
            1,
            channels,
            filters,
            new Extents(1, size.H, size.W),
            new Extents(1, kernel.H, kernel.W),
            new Extents(1, stride.H, stride.W),
            Extents.One,
            new Extents(0, pad.H, pad.W)
        );

    private static void Compare(DType dtype, in ConvolutionShape shape, int bits)
    {
        using var call = new Call(dtype, shape, bits);
        call.Run();
        call.AssertCorrect();
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nint length);

    /// <summary>A call on random arrays. Bits: bias, residual, residual is the result, activation, prepared weights.</summary>
    private sealed class Call : IDisposable
    {
        private readonly DType _dtype;
        private readonly ConvolutionShape _shape;
        private readonly int _bits;
        private readonly Operand _weight;
        private readonly Operand _bias;
        private readonly Operand _residual;
        private readonly void* _prepared;
        private readonly void* _scratch;
        private readonly double[] _before;

        public Call(DType dtype, in ConvolutionShape shape, int bits)
        {
            (_dtype, _shape, _bits) = (dtype, shape, bits);
            X = Operand.Random(new Random(1), dtype, shape.DataSize, 1);
            _weight = Operand.Random(new Random(2), dtype, shape.WeightSize, 1);
            _bias = Operand.Random(new Random(3), dtype, shape.OutChannels, 1);
            _residual = Operand.Random(new Random(4), dtype, shape.OutSize, 1);
            Y = Operand.Random(new Random(5), dtype, shape.OutSize, 1);
            _before = Y.ToArray();
            _prepared = Allocate(Convolution.PreparedWeightSize(shape) * dtype.ItemSize());
            _scratch = Allocate(Convolution.ForwardScratch(dtype, shape, IsPrepared));
            Convolution.PrepareWeight(dtype, shape, _weight.Data, _prepared);
        }

        public Operand X { get; }

        public Operand Y { get; }

        private bool IsPrepared => (_bits & 16) != 0;

        private Operand? Residual =>
            (_bits & 2) == 0 ? null
            : (_bits & 4) == 0 ? _residual
            : Y;

        public void Run(void* x = null)
        {
            var epilogue = new ConvolutionEpilogue
            {
                Bias = (_bits & 1) != 0 ? _bias.Data : null,
                Residual = Residual == null ? null : Residual.Data,
                Activation = (_bits & 8) != 0 ? ConvolutionActivation.ClippedRelu : ConvolutionActivation.None,
                Limit = 0.75,
            };
            void* weight = IsPrepared ? _prepared : _weight.Data;
            void* data = x == null ? X.Data : x;
            Convolution.Fused(_dtype, _shape, data, weight, IsPrepared, epilogue, Y.Data, _scratch);
        }

        public void AssertCorrect()
        {
            double[] expected = ConvolutionReference.Forward(_shape, X, _weight);
            double unit = _dtype == DType.Float32 ? 4e-7 : 2e-15;
            double bound = unit * (_shape.Taps + 8);
            for (long i = 0; i < expected.Length; i++)
            {
                double value =
                    expected[i] + ((_bits & 1) != 0 ? _bias[i / _shape.Out.Product % _shape.OutChannels] : 0);
                value +=
                    Residual == null ? 0
                    : Residual == Y ? _before[i]
                    : _residual[i];
                if ((_bits & 8) != 0)
                    value = Math.Clamp(value, 0, 0.75);
                Assert.AreEqual(value, Y[i], bound, $"{_dtype} {_shape} {_bits} at {i}");
            }
        }

        public void Dispose()
        {
            X.Dispose();
            Y.Dispose();
            _weight.Dispose();
            _bias.Dispose();
            _residual.Dispose();
            NativeMemory.AlignedFree(_prepared);
            NativeMemory.AlignedFree(_scratch);
        }

        private static void* Allocate(long bytes)
        {
            void* memory = NativeMemory.AlignedAlloc((nuint)bytes + 64, 64);
            new Span<byte>(memory, (int)bytes).Fill(0xFF); // NaN
            return memory;
        }
    }
}
