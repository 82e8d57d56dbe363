using CoreEngine.Kernels;

namespace CoreEngine.Perf.Tests;

/// <summary>Each kind of primitive computes what its name says: otherwise a comparison with it means nothing.</summary>
[TestClass]
public sealed unsafe class OneDnnTests
{
    private const double Bound = 1e-5;

    private static readonly ConvolutionShape[] s_shapes =
    [
        new(2, 1, 8, 16, new(1, 9, 11), new(1, 3, 3), Extents.One, Extents.One, new(0, 1, 1)),
        new(2, 1, 3, 16, new(1, 17, 19), new(1, 7, 7), new(1, 2, 2), Extents.One, new(0, 3, 3)),
        new(2, 16, 16, 16, new(1, 9, 11), new(1, 3, 3), new(1, 2, 2), Extents.One, new(0, 1, 1)),
        new(2, 2, 16, 8, new(1, 9, 11), new(1, 3, 3), Extents.One, new(1, 2, 2), new(0, 1, 1)),
        new(2, 1, 16, 8, new(1, 1, 21), new(1, 1, 3), Extents.One, Extents.One, new(0, 0, 1)),
        new(2, 1, 16, 8, new(5, 6, 7), new(2, 3, 3), Extents.One, Extents.One, new(0, 1, 1)),
        new(2, 1, 16, 8, new(1, 10, 10), new(1, 3, 3), new(1, 2, 2), Extents.One, default),
    ];

    [TestInitialize]
    public void Initialize()
    {
        if (!OneDnn.IsAvailable)
        {
            Assert.Inconclusive("oneDNN is not on this machine (Debian: apt-get install libdnnl2).");
        }

        OpenMp.SetThreads(1);
    }

    [TestMethod]
    [DataRow(1, false, false)]
    [DataRow(1, true, false)]
    [DataRow(1, false, true)]
    [DataRow(1, true, true)]
    [DataRow(5, true, true)]
    public void MatmulMultiplies(int batch, bool transA, bool transB)
    {
        const int M = 17;
        const int N = 23;
        const int K = 31;
        float[] a = Values(batch * M * K, 1);
        float[] b = Values(batch * K * N, 2);
        float[] c = new float[batch * M * N];
        for (int i = 0; i < c.Length; i++)
        {
            (int matrix, int row, int column) = (i / (M * N), i / N % M, i % N);
            double sum = 0;
            for (int k = 0; k < K; k++)
            {
                float x = a[(matrix * M * K) + (transA ? (k * M) + row : (row * K) + k)];
                float y = b[(matrix * K * N) + (transB ? (column * K) + k : (k * N) + column)];
                sum += (double)x * y;
            }

            c[i] = (float)sum;
        }

        fixed (
            float* pa = a,
                pb = b
        )
        {
            AreSame(c, OneDnn.Matmul(batch, transA, transB, M, N, K, pa, pb), OneDnnArg.Result);
        }
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(4)]
    [DataRow(5)]
    [DataRow(6)]
    public void ConvolutionAndItsTranspositionComputeWhatOursDo(int index)
    {
        ConvolutionShape shape = s_shapes[index];
        // Made from the same seeds as the arrays inside ConvolutionWork.
        using var x = new BenchArray<float>(shape.DataSize, 1);
        using var weight = new BenchArray<float>(shape.WeightSize, 2);
        using var y = new BenchArray<float>(shape.OutSize, 3);
        float* px = x.Data;
        float* pw = weight.Data;
        float* py = y.Data;

        AreSame(Ours(ConvolutionPass.Forward), OneDnn.Convolution(shape, px, pw), OneDnnArg.Result);
        AreSame(
            Ours(ConvolutionPass.Forward),
            OneDnn.DeconvolutionBackwardData(shape, px, pw),
            OneDnnArg.SourceGradient
        );
        AreSame(
            Ours(ConvolutionPass.BackwardData),
            OneDnn.ConvolutionBackwardData(shape, py, pw),
            OneDnnArg.SourceGradient
        );
        AreSame(Ours(ConvolutionPass.BackwardData), OneDnn.Deconvolution(shape, py, pw), OneDnnArg.Result);
        AreSame(
            Ours(ConvolutionPass.BackwardWeight),
            OneDnn.ConvolutionBackwardWeights(shape, px, py),
            OneDnnArg.WeightsGradient
        );
        AreSame(
            Ours(ConvolutionPass.BackwardWeight),
            OneDnn.DeconvolutionBackwardWeights(shape, py, px),
            OneDnnArg.WeightsGradient
        );

        float[] Ours(ConvolutionPass pass)
        {
            using var work = new ConvolutionWork(pass, shape);
            work.Run();
            return new Span<float>(work.Result.Data, (int)work.Result.Length).ToArray();
        }
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void SoftmaxSumsToOne(bool logarithm)
    {
        const int Rows = 10;
        const int Columns = 30;
        float[] x = Values(Rows * Columns, 1);
        float[] y = new float[x.Length];
        for (int row = 0; row < Rows; row++)
        {
            double sum = x.Skip(row * Columns).Take(Columns).Sum(static value => Math.Exp(value));
            for (int i = row * Columns; i < (row + 1) * Columns; i++)
            {
                y[i] = (float)(logarithm ? x[i] - Math.Log(sum) : Math.Exp(x[i]) / sum);
            }
        }

        fixed (float* px = x)
        {
            AreSame(y, OneDnn.Softmax([Rows, Columns], 1, px, logarithm), OneDnnArg.Result);
        }
    }

    [TestMethod]
    public void ARefusalIsAnExceptionThatNamesTheOperation()
    {
        float[] x = new float[3];
        fixed (float* px = x)
        {
            float* data = px;
            OneDnnException error = Assert.ThrowsExactly<OneDnnException>(() => OneDnn.Softmax([3], 7, data));
            StringAssert.Contains(error.Message, "Softmax", StringComparison.Ordinal);
        }
    }

    private static float[] Values(int length, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() - 0.5f)];
    }

    private static void AreSame(float[] expected, OneDnnPrimitive primitive, OneDnnArg argument)
    {
        float[] actual = new float[expected.Length];
        primitive.Execute();
        fixed (
            float* a = actual,
                e = expected
        )
        {
            primitive.Read(argument, a);
            PeerCheck.Same(primitive.Implementation, e, a, actual.Length, Bound);
        }

        primitive.Dispose();
    }
}
