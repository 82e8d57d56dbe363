using System.Runtime.CompilerServices;
using CsCheck;

namespace CoreEngine.Kernels.Tests;

[TestClass]
public sealed unsafe class SparseElementwiseTests
{
    private static readonly Gen<(DType Type, int Rows, int Columns, int Seed)> s_cases = Gen.Select(
        Values.AnyType,
        Gen.Int[1, 30],
        Gen.Int[1, 40],
        Gen.Int[0, 1000]
    );

    [TestMethod]
    public void Csr_AddedAndMultiplied_AgreesWithDense_AndStoresNoZeros() =>
        s_cases.Sample(
            c =>
            {
                CheckCsr<Plus>(c.Type, c.Rows, c.Columns, c.Seed, (x, y) => x + y);
                CheckCsr<Times>(c.Type, c.Rows, c.Columns, c.Seed, (x, y) => x * y);
            },
            iter: 200
        );

    [TestMethod]
    public void Csr_OfOppositeSigns_Cancels()
    {
        using SparseOperand x = SparseOperand.RandomCsr(DType.Int32, 5, 9, 0.5, 1);
        Result result = Compute<Minus>(x.Csr, x.Csr);
        CollectionAssert.AreEqual(new double[45], result.Dense);
        Assert.AreEqual(0, result.Stored);
    }

    [TestMethod]
    public void RowSparse_UnionOfFewAndManyRows_IsCounted()
    {
        var random = new Random(3);
        foreach (int few in (int[])[0, 1, 3, 7])
        {
            foreach (int many in (int[])[0, 31, 33, 250, 800, 1000])
            {
                long[] all = Enumerable.Range(0, 1000).Select(row => (long)row).ToArray();
                long[] a = [.. random.GetItems(all, few).Distinct().Order()];
                random.Shuffle(all);
                long[] b = [.. all.Take(many).Order()];
                fixed (long* aRows = a)
                fixed (long* bRows = b)
                {
                    var left = new RowSparseMatrix(DType.Float32, 1000, 4, a.Length) { Indices = aRows };
                    var right = new RowSparseMatrix(DType.Float32, 1000, 4, b.Length) { Indices = bRows };
                    long expected = a.Union(b).Count();
                    Assert.AreEqual(expected, RowSparseElementwise.CountUnion(left, right));
                    Assert.AreEqual(expected, RowSparseElementwise.CountUnion(right, left));
                }
            }
        }
    }

    [TestMethod]
    public void RowSparse_AddedAndMultiplied_AgreesWithDense() =>
        s_cases.Sample(
            c =>
            {
                using SparseOperand a = SparseOperand.RandomRowSparse(c.Type, c.Rows, c.Columns, c.Seed);
                using SparseOperand b = SparseOperand.RandomRowSparse(c.Type, c.Rows, c.Columns, c.Seed + 1);
                CheckRows<Plus>(a, b, (x, y) => x + y);
                CheckRows<Times>(a, b, (x, y) => x * y);
                CheckRows<Minus>(a, b, (x, y) => x - y);
            },
            iter: 200
        );

    [TestMethod]
    public void RowSparse_OnTheLeft_KeepsItsRows() =>
        s_cases.Sample(
            c =>
            {
                using SparseOperand a = SparseOperand.RandomRowSparse(c.Type, c.Rows, c.Columns, c.Seed);
                using SparseOperand b = SparseOperand.RandomRowSparse(c.Type, c.Rows, c.Columns, c.Seed + 1);
                using Native dense = Native.Of(c.Type, b.Dense);
                using var sparseResult = new Native(c.Type, a.RowSparse.Stored * c.Columns);
                using var denseResult = new Native(c.Type, sparseResult.Count);
                RowSparseElementwise.BinaryOnLeft<Minus>(a.RowSparse, b.RowSparse, sparseResult.Pointer);
                RowSparseElementwise.BinaryOnLeft<Minus>(a.RowSparse, dense.Pointer, denseResult.Pointer);
                for (int i = 0; i < sparseResult.Count; i++)
                {
                    long row = a.RowSparse.Indices[i / c.Columns];
                    double expected = Values.Round(c.Type, a[row, i % c.Columns] - b[row, i % c.Columns]);
                    Assert.AreEqual(expected, sparseResult[i]);
                    Assert.AreEqual(expected, denseResult[i]);
                }
            },
            iter: 200
        );

    [TestMethod]
    public void AddTo_AddsToTheRowsOfTheSameNumbers() =>
        s_cases.Sample(
            c =>
            {
                using SparseOperand a = SparseOperand.RandomRowSparse(c.Type, c.Rows, c.Columns, c.Seed);
                using SparseOperand b = SparseOperand.RandomRowSparse(c.Type, c.Rows, c.Columns, c.Seed + 1);
                using Sum sum = Sum.Of<Plus>(a, b);
                RowSparseElementwise.AddTo<Plus>(a.RowSparse, sum.Matrix);
                for (int i = 0; i < sum.Values.Count; i++)
                {
                    long row = sum.Matrix.Indices[i / c.Columns];
                    double x = a[row, i % c.Columns];
                    double before = Values.Round(c.Type, x + b[row, i % c.Columns]);
                    Assert.AreEqual(Values.Round(c.Type, before + x), sum.Values[i]);
                }
            },
            iter: 200
        );

    private static void CheckRows<TOp>(SparseOperand a, SparseOperand b, Func<double, double, double> op)
        where TOp : struct, IBinaryOp
    {
        using Sum sum = Sum.Of<TOp>(a, b);
        DType dtype = a.RowSparse.DType;
        double[] expected = [.. a.Dense.Zip(b.Dense, (x, y) => Values.Round(dtype, op(x, y)))];
        using var dense = new Native(dtype, expected.Length);
        DenseConversion.ToDense(sum.Matrix, dense.Pointer);
        CollectionAssert.AreEqual(expected, dense.ToArray());
    }

    private static void CheckCsr<TOp>(DType dtype, int rows, int columns, int seed, Func<double, double, double> op)
        where TOp : struct, IBinaryOp
    {
        using SparseOperand a = SparseOperand.RandomCsr(dtype, rows, columns, 0.3, seed);
        using SparseOperand b = SparseOperand.RandomCsr(dtype, rows, columns, 0.3, seed + 1);
        double[] expected = [.. a.Dense.Zip(b.Dense, (x, y) => Values.Round(dtype, op(x, y)))];
        Result result = Compute<TOp>(a.Csr, b.Csr);
        CollectionAssert.AreEqual(expected, result.Dense);
        Assert.AreEqual(expected.Count(value => value != 0), result.Stored);
    }

    private static Result Compute<TOp>(CsrMatrix a, CsrMatrix b)
        where TOp : struct, IBinaryOp
    {
        using var rowPointers = new Native(DType.Int64, a.Rows + 1);
        using var scratch = new Native(DType.UInt8, CsrElementwise.Scratch(a, b));
        CsrElementwise.Compute<TOp>(a, b, (long*)rowPointers.Pointer, scratch.Pointer);
        long stored = ((long*)rowPointers.Pointer)[a.Rows];
        using var values = new Native(a.DType, stored);
        using var indices = new Native(DType.Int64, stored);
        var packed = new CsrMatrix(a.DType, a.Rows, a.Columns)
        {
            Values = values.Pointer,
            Indices = (long*)indices.Pointer,
            RowPointers = (long*)rowPointers.Pointer,
        };
        CsrElementwise.Store(a, b, scratch.Pointer, packed);
        using var dense = new Native(a.DType, a.Rows * a.Columns);
        DenseConversion.ToDense(packed, dense.Pointer);
        return new Result(dense.ToArray(), stored);
    }

    private sealed record Result(double[] Dense, long Stored);

    private sealed class Sum : IDisposable
    {
        private readonly Native _indices;

        private Sum(RowSparseMatrix a, long stored)
        {
            Values = new Native(a.DType, stored * a.RowLength);
            _indices = new Native(DType.Int64, stored);
            Matrix = new RowSparseMatrix(a.DType, a.Rows, a.RowLength, stored)
            {
                Values = Values.Pointer,
                Indices = (long*)_indices.Pointer,
            };
        }

        public Native Values { get; }

        public RowSparseMatrix Matrix { get; }

        public static Sum Of<TOp>(SparseOperand a, SparseOperand b)
            where TOp : struct, IBinaryOp
        {
            var sum = new Sum(a.RowSparse, RowSparseElementwise.CountUnion(a.RowSparse, b.RowSparse));
            RowSparseElementwise.Binary<TOp>(a.RowSparse, b.RowSparse, sum.Matrix);
            return sum;
        }

        public void Dispose()
        {
            Values.Dispose();
            _indices.Dispose();
        }
    }

    private readonly struct Plus : IBinaryOp
    {
        public static bool KeepsIntegers => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Invoke<V>(V x, V y)
            where V : struct, ISimd<V> => x + y;
    }

    private readonly struct Minus : IBinaryOp
    {
        public static bool KeepsIntegers => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Invoke<V>(V x, V y)
            where V : struct, ISimd<V> => x - y;
    }

    private readonly struct Times : IBinaryOp
    {
        public static bool KeepsIntegers => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Invoke<V>(V x, V y)
            where V : struct, ISimd<V> => x * y;
    }
}
