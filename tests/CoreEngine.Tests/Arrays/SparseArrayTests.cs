using CoreEngine.Runtime;

namespace CoreEngine.Tests.Arrays;

/// <summary>Making sparse arrays, looking at them, taking parts.</summary>
[TestClass]
[DoNotParallelize]
public sealed class SparseArrayTests : EngineTestBase
{
    private static NDArray Numbers(params long[] numbers) => NDArray.From(numbers);

    [TestMethod]
    public void Scattered_elements_are_sorted_and_added_up()
    {
        using var scope = new ArrayScope();
        NDArray matrix = NDArray.CsrFromCoordinates(
            NDArray.From<float>([1, 2, 4, 8, 16, 32]),
            Numbers(2, 0, 2, 0, 2, 2),
            Numbers(3, 1, 0, 1, 3, 2),
            [4, 5]
        );
        CollectionAssert.AreEqual(new long[] { 0, 1, 1, 4, 4 }, matrix.StoredRowPointers().ToArray<long>());
        CollectionAssert.AreEqual(new long[] { 1, 0, 2, 3 }, matrix.StoredIndices().ToArray<long>());
        CollectionAssert.AreEqual(new float[] { 10, 4, 32, 17 }, matrix.ToArray<float>());
        matrix.CheckFormat();
    }

    [TestMethod]
    [DataRow(DType.Float64)]
    [DataRow(DType.Float16)]
    [DataRow(DType.Int8)]
    [DataRow(DType.Int64)]
    public void Random_scattered_elements_give_what_adding_them_to_a_dense_matrix_gives(DType dtype)
    {
        using var scope = new ArrayScope();
        var random = new Random(5);
        foreach ((int rows, int columns, int count) in new[] { (1, 1, 3), (7, 5, 1), (13, 9, 60), (50, 3, 200) })
        {
            double[] dense = new double[rows * columns];
            long[] x = new long[count];
            long[] y = new long[count];
            double[] values = new double[count];
            for (int i = 0; i < count; i++)
            {
                (x[i], y[i], values[i]) = (random.Next(rows), random.Next(columns), random.Next(-4, 5));
                dense[(x[i] * columns) + y[i]] += values[i];
            }

            NDArray matrix = NDArray.CsrFromCoordinates(
                NDArray.From(values).AsType(dtype),
                Numbers(x),
                Numbers(y),
                [rows, columns]
            );
            matrix.CheckFormat();
            CollectionAssert.AreEqual(dense, matrix.ToDense().AsType(DType.Float64).ToArray<double>());
        }
    }

    [TestMethod]
    public void Scattered_elements_must_lie_inside()
    {
        using var scope = new ArrayScope();
        NDArray outside = NDArray.CsrFromCoordinates(NDArray.Ones([2]), Numbers(0, 1), Numbers(1, 3), [2, 3]);
        OperationException error = Assert.Throws<OperationException>(() => outside.CheckFormat());
        StringAssert.Contains(error.ToString(), "(1, 3)");
        Assert.Throws<EngineException>(() =>
            NDArray.CsrFromCoordinates(NDArray.Ones([2]), Numbers(0), Numbers(1, 2), [2, 3])
        );
        Assert.Throws<EngineException>(() =>
            NDArray.CsrFromCoordinates(NDArray.Ones([1]), Numbers(0), Numbers(1), [2, 3, 4])
        );
    }

    [TestMethod]
    public void A_type_and_a_copy_keep_how_values_are_stored()
    {
        using var scope = new ArrayScope();
        NDArray dense = NDArray.From<float>([0, 0, 1.5f, 0, 0, -2], [3, 2]);
        foreach (StorageType storage in new[] { StorageType.RowSparse, StorageType.Csr })
        {
            NDArray sparse = dense.ToStorage(storage);
            StringAssert.Contains(sparse.ToString(), storage.ToString());
            NDArray converted = sparse.AsType(DType.Float64);
            Assert.AreEqual(storage, converted.StorageType);
            CollectionAssert.AreEqual(new[] { 0, 0, 1.5, 0, 0, -2 }, converted.ToDense().ToArray<double>());
            NDArray copy = sparse.Copy();
            Assert.AreEqual(storage, copy.StorageType);
            foreach (StorageType other in new[] { StorageType.Default, StorageType.RowSparse, StorageType.Csr })
            {
                NDArray target = NDArray.Zeros(other, [3, 2], DType.Float64);
                sparse.CopyTo(target);
                Assert.AreEqual(other, target.StorageType);
                CollectionAssert.AreEqual(converted.ToDense().ToArray<double>(), target.ToDense().ToArray<double>());
            }
        }
    }

    [TestMethod]
    public void Changing_nothing_keeps_an_array_in_the_recorded_graph()
    {
        using var scope = new ArrayScope();
        NDArray x = NDArray.From<float>([1, 2]);
        x.AttachGradient();
        using (Autograd.Record())
        {
            (x * 3).ToDense().Backward();
        }

        CollectionAssert.AreEqual(new float[] { 3, 3 }, x.Gradient!.ToArray<float>());
    }

    [TestMethod]
    public void Rows_of_a_csr_matrix_are_copied()
    {
        using var scope = new ArrayScope();
        NDArray dense = NDArray.From<float>([0, 1, 2, 0, 0, 0, 3, 4], [4, 2]);
        NDArray rows = dense.ToStorage(StorageType.Csr)[1..4];
        CollectionAssert.AreEqual(new float[] { 2, 0, 0, 0, 3, 4 }, rows.ToDense().ToArray<float>());
        Assert.Throws<EngineException>(() => dense.ToStorage(StorageType.Csr).Slice(2, 5));
        Assert.Throws<EngineException>(() => dense.ToStorage(StorageType.RowSparse)[1..2]);
    }

    [TestMethod]
    public void Damaged_numbers_are_found()
    {
        using var scope = new ArrayScope();
        NDArray values = NDArray.Ones([2]);
        OperationException error = Assert.Throws<OperationException>(() =>
            NDArray.Csr(values, Numbers(0, 5), Numbers(0, 1, 2), [2, 3]).CheckFormat()
        );
        StringAssert.Contains(error.ToString(), "column number 5");
        error = Assert.Throws<OperationException>(() =>
            NDArray.Csr(values, Numbers(0, 1), Numbers(0, 3, 2), [2, 3]).CheckFormat()
        );
        StringAssert.Contains(error.ToString(), "row pointers");
        error = Assert.Throws<OperationException>(() =>
            NDArray.RowSparse(NDArray.Ones([2, 3]), Numbers(1, 1), [4, 3]).CheckFormat()
        );
        StringAssert.Contains(error.ToString(), "row number 1");
        values.CheckFormat();
    }
}
