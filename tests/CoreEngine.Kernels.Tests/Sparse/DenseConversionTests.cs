using CsCheck;

namespace CoreEngine.Kernels.Tests;

[TestClass]
public sealed unsafe class DenseConversionTests
{
    private static readonly Gen<(DType Type, int Rows, int Columns, int Seed)> s_cases = Gen.Select(
        Values.AnyType,
        Gen.Int[1, 40],
        Gen.OneOf(Gen.Int[1, 10], Gen.Int[11, 200]),
        Gen.Int[0, 1000]
    );

    [TestMethod]
    public void RowSparse_ThereAndBack() =>
        s_cases.Sample(
            c =>
            {
                using SparseOperand x = SparseOperand.RandomRowSparse(c.Type, c.Rows, c.Columns, c.Seed);
                using var dense = new Native(c.Type, c.Rows * c.Columns, c.Seed % 5);
                DenseConversion.ToDense(x.RowSparse, dense.Pointer);
                CollectionAssert.AreEqual(x.Dense, dense.ToArray());
                using var found = new Native(DType.Int64, c.Rows);
                long count = DenseConversion.FindRows(c.Type, dense.Pointer, c.Rows, c.Columns, (long*)found.Pointer);
                Assert.AreEqual(x.RowSparse.Stored, count);
                for (int i = 0; i < count; i++)
                {
                    Assert.AreEqual(x.RowSparse.Indices[i], ((long*)found.Pointer)[i]);
                }
            },
            iter: 300
        );

    [TestMethod]
    public void Csr_ThereAndBack() =>
        s_cases.Sample(
            c =>
            {
                using SparseOperand x = SparseOperand.RandomCsr(c.Type, c.Rows, c.Columns, 0.2, c.Seed);
                using var dense = new Native(c.Type, c.Rows * c.Columns, c.Seed % 5);
                DenseConversion.ToDense(x.Csr, dense.Pointer);
                CollectionAssert.AreEqual(x.Dense, dense.ToArray());
                using var rowPointers = new Native(DType.Int64, c.Rows + 1);
                DenseConversion.CountElements(c.Type, dense.Pointer, c.Rows, c.Columns, (long*)rowPointers.Pointer);
                long stored = ((long*)rowPointers.Pointer)[c.Rows];
                Assert.AreEqual(x.Csr.Stored, stored);
                using var values = new Native(c.Type, stored, c.Seed % 3);
                using var indices = new Native(DType.Int64, stored);
                var y = new CsrMatrix(c.Type, c.Rows, c.Columns)
                {
                    Values = values.Pointer,
                    Indices = (long*)indices.Pointer,
                    RowPointers = (long*)rowPointers.Pointer,
                };
                DenseConversion.ToCsr(dense.Pointer, y);
                for (long i = 0; i < stored; i++)
                {
                    Assert.AreEqual(x.Csr.Indices[i], y.Indices[i]);
                }

                using var again = new Native(c.Type, dense.Count);
                DenseConversion.ToDense(y, again.Pointer);
                CollectionAssert.AreEqual(x.Dense, again.ToArray());
            },
            iter: 300
        );

    [TestMethod]
    [DataRow(DType.Float32)]
    [DataRow(DType.Float64)]
    [DataRow(DType.Float16)]
    public void NegativeZerosAreZeros_AndWhatIsNoNumberIsStored(DType dtype)
    {
        double[] values = new double[3 * 37];
        values.AsSpan(0, 37).Fill(-0.0);
        values[37 + 36] = double.NaN;
        values[74 + 5] = dtype == DType.Float64 ? double.Epsilon : (double)(Half)6e-8;
        using Native x = Native.Of(dtype, values);
        using var found = new Native(DType.Int64, 3);
        Assert.AreEqual(2, DenseConversion.FindRows(dtype, x.Pointer, 3, 37, (long*)found.Pointer));
        CollectionAssert.AreEqual(new[] { 1.0, 2.0 }, found.ToArray()[..2]);
        using var rowPointers = new Native(DType.Int64, 4);
        DenseConversion.CountElements(dtype, x.Pointer, 3, 37, (long*)rowPointers.Pointer);
        CollectionAssert.AreEqual(new[] { 0.0, 0, 1, 2 }, rowPointers.ToArray());
    }
}
