using CsCheck;

namespace CoreEngine.Kernels.Tests;

[TestClass]
[DoNotParallelize]
public sealed unsafe class CsrProductTests
{
    private static readonly Gen<(DType Type, int Rows, int Columns, int N, bool Adds, int Seed)> s_cases = Gen.Select(
        Gen.OneOfConst(DType.Float32, DType.Float64),
        Gen.Int[1, 30],
        Gen.Int[1, 30],
        Gen.OneOf(Gen.Int[1, 12], Gen.Int[13, 150]),
        Gen.Bool,
        Gen.Int[0, 1000]
    );

    [TestMethod]
    public void Multiply_AgreesWithTheDenseProduct() =>
        s_cases.Sample(
            c =>
            {
                using SparseOperand a = SparseOperand.ShuffledCsr(c.Type, c.Rows, c.Columns, 0.4, c.Seed);
                using Native b = Native.Of(c.Type, Values.Random(c.Seed + 1, c.Type, c.Columns * c.N), c.Seed % 4);
                using Native y = Native.Of(c.Type, Values.Random(c.Seed + 2, c.Type, c.Rows * c.N), c.Seed % 5);
                double[] before = y.ToArray();
                CsrProduct.Multiply(a.Csr, b.Pointer, c.N, y.Pointer, c.Adds);
                for (int row = 0; row < c.Rows; row++)
                {
                    for (int n = 0; n < c.N; n++)
                    {
                        double sum = c.Adds ? before[(row * c.N) + n] : 0;
                        for (int k = 0; k < c.Columns; k++)
                        {
                            sum += a[row, k] * b[(k * c.N) + n];
                        }

                        double bound = Values.Epsilon(c.Type) * 5 * (c.Columns + 2);
                        Values.AreClose(sum, y[(row * c.N) + n], bound, $"element ({row}, {n})");
                    }
                }
            },
            iter: 300
        );

    [TestMethod]
    public void MultiplyTransposed_AgreesWithTheDenseProduct() =>
        s_cases.Sample(
            c =>
            {
                using SparseOperand a = SparseOperand.ShuffledCsr(c.Type, c.Rows, c.Columns, 0.4, c.Seed);
                using Native b = Native.Of(c.Type, Values.Random(c.Seed + 1, c.Type, c.Rows * c.N), c.Seed % 4);
                using Native y = Native.Of(c.Type, Values.Random(c.Seed + 2, c.Type, c.Columns * c.N), c.Seed % 5);
                double[] before = y.ToArray();
                using var scratch = new Native(DType.UInt8, CsrProduct.TransposedScratch(a.Csr, c.N));
                CsrProduct.MultiplyTransposed(a.Csr, b.Pointer, c.N, y.Pointer, c.Adds, scratch.Pointer);
                for (int column = 0; column < c.Columns; column++)
                {
                    for (int n = 0; n < c.N; n++)
                    {
                        double sum = c.Adds ? before[(column * c.N) + n] : 0;
                        for (int k = 0; k < c.Rows; k++)
                        {
                            sum += a[k, column] * b[(k * c.N) + n];
                        }

                        double bound = Values.Epsilon(c.Type) * 5 * (c.Rows + 2);
                        Values.AreClose(sum, y[(column * c.N) + n], bound, $"element ({column}, {n})");
                    }
                }
            },
            iter: 300
        );

    [TestMethod]
    [DataRow(1)]
    [DataRow(7)]
    [DataRow(40)]
    [DataRow(67)]
    public void Products_DoNotDependOnTheThreads(int n)
    {
        KernelTeam before = KernelTeam.Default;
        try
        {
            byte[][] results = [.. new[] { 1, 2, 5 }.Select(size => WithThreads(size, n))];
            CollectionAssert.AreEqual(results[0], results[1]);
            CollectionAssert.AreEqual(results[0], results[2]);
        }
        finally
        {
            KernelTeam.Default = before;
        }
    }

    [TestMethod]
    public void NotANumber_StaysInItsRow()
    {
        using SparseOperand a = SparseOperand.RandomCsr(DType.Float32, 9, 6, 0.5, 3);
        ((float*)a.Csr.Values)[0] = float.NaN;
        long first = Enumerable.Range(0, 9).First(row => a.Csr.RowPointers[row + 1] > 0);
        using Native b = Native.Of(DType.Float32, [.. Enumerable.Repeat(1.0, 6 * 20)]);
        using var y = new Native(DType.Float32, 9 * 20);
        CsrProduct.Multiply(a.Csr, b.Pointer, 20, y.Pointer, accumulate: false);
        for (int i = 0; i < y.Count; i++)
        {
            Assert.AreEqual(i / 20 == first, double.IsNaN(y[i]), $"element {i}");
        }
    }

    private static byte[] WithThreads(int threads, int n)
    {
        const int Rows = 700;
        const int Columns = 300;
        using var team = new KernelTeam(threads);
        KernelTeam.Default = team;
        using SparseOperand a = SparseOperand.ShuffledCsr(DType.Float32, Rows, Columns, 0.1, 5);
        var random = new Random(7);
        double[] dense = [.. Enumerable.Range(0, Rows * n).Select(_ => random.NextDouble())];
        using Native b = Native.Of(DType.Float32, dense);
        using var forward = new Native(DType.Float32, Rows * n);
        using var backward = new Native(DType.Float32, Columns * n);
        using var scratch = new Native(DType.UInt8, CsrProduct.TransposedScratch(a.Csr, n));
        CsrProduct.Multiply(a.Csr, b.Pointer, n, forward.Pointer, accumulate: false);
        CsrProduct.MultiplyTransposed(a.Csr, b.Pointer, n, backward.Pointer, accumulate: false, scratch.Pointer);
        return [.. forward.Bytes, .. backward.Bytes];
    }
}
