using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels.Tests;

/// <summary>Large sparse matrices, whose rows threads share in ranges of equal work: the result is that of one thread.</summary>
[TestClass]
[DoNotParallelize]
public sealed unsafe class SparseThreadsTests
{
    private const int Rows = 1500;
    private const int Columns = 700;

    [TestMethod]
    public void Results_DoNotDependOnTheThreads()
    {
        KernelTeam before = KernelTeam.Default;
        try
        {
            byte[][] results = [.. new[] { 1, 2, 3, 7 }.Select(WithThreads)];
            foreach (byte[] result in results)
            {
                CollectionAssert.AreEqual(results[0], result);
            }
        }
        finally
        {
            KernelTeam.Default = before;
        }
    }

    private static byte[] WithThreads(int threads)
    {
        using var team = new KernelTeam(threads);
        KernelTeam.Default = team;
        using SparseOperand a = SparseOperand.RandomCsr(DType.Float32, Rows, Columns, 0.1, 1);
        using SparseOperand b = SparseOperand.RandomCsr(DType.Float32, Rows, Columns, 0.02, 2);
        using SparseOperand x = SparseOperand.RandomRowSparse(DType.Float32, Rows, Columns, 3);
        using SparseOperand y = SparseOperand.RandomRowSparse(DType.Float32, Rows, Columns, 4);
        return [.. Products(a, b), .. Conversions(a), .. Sums(a), .. Unions(x, y)];
    }

    private static byte[] Products(SparseOperand a, SparseOperand b)
    {
        using var rowPointers = new Native(DType.Int64, Rows + 1);
        using var scratch = new Native(DType.UInt8, CsrElementwise.Scratch(a.Csr, b.Csr));
        CsrElementwise.Compute<Difference>(a.Csr, b.Csr, (long*)rowPointers.Pointer, scratch.Pointer);
        long stored = ((long*)rowPointers.Pointer)[Rows];
        using var values = new Native(DType.Float32, stored);
        using var indices = new Native(DType.Int64, stored);
        var result = new CsrMatrix(DType.Float32, Rows, Columns)
        {
            Values = values.Pointer,
            Indices = (long*)indices.Pointer,
            RowPointers = (long*)rowPointers.Pointer,
        };
        CsrElementwise.Store(a.Csr, b.Csr, scratch.Pointer, result);
        using var dense = new Native(DType.Float32, Rows * Columns);
        DenseConversion.ToDense(result, dense.Pointer);
        for (int i = 0; i < dense.Count; i++)
        {
            Assert.AreEqual((float)a.Dense[i] - (float)b.Dense[i], (float)dense[i]);
        }

        return [.. rowPointers.Bytes, .. values.Bytes, .. indices.Bytes];
    }

    private static byte[] Conversions(SparseOperand a)
    {
        using Native dense = Native.Of(DType.Float32, a.Dense);
        using var rowPointers = new Native(DType.Int64, Rows + 1);
        DenseConversion.CountElements(DType.Float32, dense.Pointer, Rows, Columns, (long*)rowPointers.Pointer);
        using var rows = new Native(DType.Int64, Rows);
        long found = DenseConversion.FindRows(DType.Float32, dense.Pointer, Rows, Columns, (long*)rows.Pointer);
        return [.. rowPointers.Bytes, .. rows.Bytes[..(int)(found * sizeof(long))]];
    }

    private static byte[] Sums(SparseOperand a)
    {
        using var ofRows = new Native(DType.Float32, Rows);
        using var ofColumns = new Native(DType.Float32, Columns);
        using var scratch = new Native(DType.Float64, CsrSums.Scratch(a.Csr, overRows: true) / sizeof(double));
        CsrSums.Run(a.Csr, overRows: false, 1, ofRows.Pointer, accumulate: false, null);
        CsrSums.Run(a.Csr, overRows: true, 1, ofColumns.Pointer, accumulate: false, scratch.Pointer);
        return [.. ofRows.Bytes, .. ofColumns.Bytes];
    }

    private static byte[] Unions(SparseOperand x, SparseOperand y)
    {
        long stored = RowSparseElementwise.CountUnion(x.RowSparse, y.RowSparse);
        using var values = new Native(DType.Float32, stored * Columns);
        using var indices = new Native(DType.Int64, stored);
        var union = new RowSparseMatrix(DType.Float32, Rows, Columns, stored)
        {
            Values = values.Pointer,
            Indices = (long*)indices.Pointer,
        };
        RowSparseElementwise.Binary<Difference>(x.RowSparse, y.RowSparse, union);
        RowSparseElementwise.AddTo<Difference>(x.RowSparse, union);
        using var dense = new Native(DType.Float32, Rows * Columns);
        DenseConversion.ToDense(union, dense.Pointer);
        return [.. indices.Bytes, .. dense.Bytes];
    }

    private readonly struct Difference : IBinaryOp
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Invoke<V>(V x, V y)
            where V : struct, ISimd<V> => x - y;
    }
}
