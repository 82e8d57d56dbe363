using CsCheck;

namespace CoreEngine.Kernels.Tests;

[TestClass]
public sealed unsafe class CsrPartsTests
{
    private static readonly Gen<(DType Type, int Rows, int Columns, int Seed)> s_cases = Gen.Select(
        Values.AnyType,
        Gen.Int[1, 30],
        Gen.Int[1, 40],
        Gen.Int[0, 1000]
    );

    [TestMethod]
    public void Transposition_ExchangesRowsAndColumns() =>
        s_cases.Sample(
            c =>
            {
                using SparseOperand a = SparseOperand.ShuffledCsr(c.Type, c.Rows, c.Columns, 0.3, c.Seed);
                using var memory = new Native(DType.UInt8, CsrTransposition.Bytes(a.Csr));
                CsrMatrix transposed = CsrTransposition.Run(a.Csr, memory.Pointer);
                double[] dense = Dense(transposed);
                for (int i = 0; i < dense.Length; i++)
                {
                    Assert.AreEqual(a[i % c.Rows, i / c.Rows], dense[i]);
                }

                Assert.IsTrue(CsrTransposition.IsAscending(transposed));
                using var back = new Native(DType.UInt8, CsrTransposition.Bytes(transposed));
                CsrMatrix ordered = CsrTransposition.Run(transposed, back.Pointer);
                CollectionAssert.AreEqual(a.Dense, Dense(ordered));
                Assert.IsTrue(CsrTransposition.IsAscending(ordered));
            },
            iter: 200
        );

    [TestMethod]
    public void Block_IsTheDenseBlock() =>
        s_cases.Sample(
            c =>
            {
                var random = new Random(c.Seed);
                int row = random.Next(c.Rows);
                int rows = 1 + random.Next(c.Rows - row);
                int column = c.Seed % 3 == 0 ? 0 : random.Next(c.Columns);
                int columns = c.Seed % 3 == 0 ? c.Columns : 1 + random.Next(c.Columns - column);
                using SparseOperand a = SparseOperand.ShuffledCsr(c.Type, c.Rows, c.Columns, 0.3, c.Seed);
                using var rowPointers = new Native(DType.Int64, rows + 1);
                CsrRows.CountBlock(a.Csr, row, rows, column, columns, (long*)rowPointers.Pointer);
                long stored = ((long*)rowPointers.Pointer)[rows];
                using var values = new Native(c.Type, stored);
                using var indices = new Native(DType.Int64, stored);
                var block = new CsrMatrix(c.Type, rows, columns)
                {
                    Values = values.Pointer,
                    Indices = (long*)indices.Pointer,
                    RowPointers = (long*)rowPointers.Pointer,
                };
                CsrRows.CopyBlock(a.Csr, row, column, block);
                double[] dense = Dense(block);
                for (int i = 0; i < dense.Length; i++)
                {
                    Assert.AreEqual(a[row + (i / columns), column + (i % columns)], dense[i]);
                }
            },
            iter: 200
        );

    [TestMethod]
    public void Select_TakesTheNamedRows() =>
        s_cases.Sample(
            c =>
            {
                using SparseOperand a = SparseOperand.ShuffledCsr(c.Type, c.Rows, c.Columns, 0.3, c.Seed);
                long[] rows =
                [
                    .. Enumerable.Range(0, c.Rows).Where(row => (row + c.Seed) % 3 != 0).Select(i => (long)i),
                ];
                fixed (long* numbers = rows)
                {
                    using var memory = new Native(DType.UInt8, CsrRows.SelectedBytes(a.Csr, numbers, rows.Length));
                    double[] dense = Dense(CsrRows.Select(a.Csr, numbers, rows.Length, memory.Pointer));
                    for (int i = 0; i < dense.Length; i++)
                    {
                        Assert.AreEqual(a[rows[i / c.Columns], i % c.Columns], dense[i]);
                    }
                }
            },
            iter: 200
        );

    [TestMethod]
    public void Renumber_MovesColumns_AndLeavesOut() =>
        s_cases.Sample(
            c =>
            {
                using SparseOperand a = SparseOperand.ShuffledCsr(c.Type, c.Rows, c.Columns, 0.3, c.Seed);
                using var memory = new Native(DType.UInt8, CsrRows.RenumberedBytes(a.Csr));
                long[] numbers = new long[a.Csr.Stored];
                for (int i = 0; i < numbers.Length; i++)
                {
                    long column = a.Csr.Indices[i];
                    numbers[i] = column % 2 == 0 ? column / 2 : -1;
                }

                int columns = (c.Columns + 1) / 2;
                fixed (long* to = numbers)
                {
                    double[] dense = Dense(CsrRows.Renumber(a.Csr, to, columns, memory.Pointer));
                    for (int i = 0; i < dense.Length; i++)
                    {
                        Assert.AreEqual(a[i / columns, 2 * (i % columns)], dense[i]);
                    }
                }
            },
            iter: 200
        );

    [TestMethod]
    public void Sums_OfRowsAndColumns_AgreeWithDense() =>
        s_cases.Sample(
            c =>
            {
                using SparseOperand a = SparseOperand.ShuffledCsr(c.Type, c.Rows, c.Columns, 0.3, c.Seed);
                CheckSums(a, overRows: true, c.Columns, (kept, summed) => a[summed, kept], c.Rows);
                CheckSums(a, overRows: false, c.Rows, (kept, summed) => a[kept, summed], c.Columns);
            },
            iter: 200
        );

    private static void CheckSums(SparseOperand a, bool overRows, int kept, Func<int, int, double> element, int summed)
    {
        DType dtype = a.Csr.DType;
        using var y = new Native(dtype, kept);
        using Native added = Native.Of(dtype, [.. Enumerable.Repeat(1.0, kept)]);
        using Native mean = new(dtype, kept);
        using var scratch = new Native(DType.Float64, CsrSums.Scratch(a.Csr, overRows) / sizeof(double));
        CsrSums.Run(a.Csr, overRows, 1, y.Pointer, accumulate: false, scratch.Pointer);
        CsrSums.Run(a.Csr, overRows, 1, added.Pointer, accumulate: true, scratch.Pointer);
        CsrSums.Run(a.Csr, overRows, summed, mean.Pointer, accumulate: false, scratch.Pointer);
        for (int i = 0; i < kept; i++)
        {
            double sum = Enumerable.Range(0, summed).Sum(k => element(i, k));
            double average = dtype.IsFloat() ? sum / summed : Math.Truncate(sum / summed);
            Values.AreClose(Values.Round(dtype, sum), y[i], Values.Epsilon(dtype) * 80, $"sum {i}");
            Values.AreClose(Values.Round(dtype, sum + 1), added[i], Values.Epsilon(dtype) * 80, $"added sum {i}");
            Values.AreClose(Values.Round(dtype, average), mean[i], Values.Epsilon(dtype) * 4, $"mean {i}");
        }
    }

    private static double[] Dense(CsrMatrix matrix)
    {
        using var dense = new Native(matrix.DType, matrix.Rows * matrix.Columns);
        DenseConversion.ToDense(matrix, dense.Pointer);
        return dense.ToArray();
    }
}
