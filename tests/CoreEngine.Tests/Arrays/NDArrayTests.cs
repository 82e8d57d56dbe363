using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine.Tests.Arrays;

[TestClass]
public sealed class NDArrayTests : EngineTestBase
{
    [TestMethod]
    public void From_keeps_values_shape_and_type()
    {
        using NDArray a = NDArray.From<double>([1, 2, 3, 4, 5, 6], [2, 3]);
        Assert.AreEqual(new Shape(2, 3), a.Shape);
        Assert.AreEqual(DType.Float64, a.DType);
        CollectionAssert.AreEqual(new double[] { 1, 2, 3, 4, 5, 6 }, a.ToArray<double>());
    }

    [TestMethod]
    public void From_refuses_a_wrong_number_of_values()
    {
        EngineException e = Assert.ThrowsExactly<EngineException>(() => NDArray.From<float>([1, 2, 3], [2, 2]));
        StringAssert.Contains(e.Message, "3 values");
        StringAssert.Contains(e.Message, "(2,2)");
    }

    [TestMethod]
    [DataRow(new long[] { })]
    [DataRow(new long[] { 0 })]
    [DataRow(new long[] { 2, 0, 3 })]
    public void Unknown_shapes_are_refused(long[] dims) =>
        Assert.ThrowsExactly<EngineException>(() => new NDArray(new Shape(dims)));

    [TestMethod]
    public void A_shape_beyond_memory_is_a_typed_error_and_the_engine_lives_on()
    {
        Assert.Throws<EngineException>(() => new NDArray([1L << 40, 1L << 40]));
        Assert.Throws<EngineException>(() => new NDArray([1L << 50]));
        using NDArray a = NDArray.Full([4], 2);
        CollectionAssert.AreEqual(new float[] { 2, 2, 2, 2 }, a.ToArray<float>());
    }

    [TestMethod]
    public void No_such_device_is_a_typed_error()
    {
        EngineException e = Assert.Throws<EngineException>(() => new NDArray([2], device: Device.Gpu(7)));
        StringAssert.Contains(e.Message, "gpu(7)");
    }

    [TestMethod]
    public void Views_share_memory_in_both_directions()
    {
        using NDArray a = NDArray.Arange(0, 12);
        using NDArray matrix = a.Reshape(3, -1);
        using NDArray row = matrix[1];
        Assert.AreEqual(new Shape(4), row.Shape);
        CollectionAssert.AreEqual(new float[] { 4, 5, 6, 7 }, row.ToArray<float>());
        row.Fill(9);
        CollectionAssert.AreEqual(new float[] { 0, 1, 2, 3, 9, 9, 9, 9, 8, 9, 10, 11 }, a.ToArray<float>());
        a.Fill(1);
        CollectionAssert.AreEqual(new float[] { 1, 1, 1, 1 }, row.ToArray<float>());
        using NDArray last = matrix[^1..];
        Assert.AreEqual(new Shape(1, 4), last.Shape);
    }

    [TestMethod]
    public void A_view_outlives_its_source()
    {
        NDArray a = NDArray.Arange(0, 6);
        using NDArray view = a[2..4];
        a.Dispose();
        CollectionAssert.AreEqual(new float[] { 2, 3 }, view.ToArray<float>());
        Assert.ThrowsExactly<ObjectDisposedException>(() => a.Device);
    }

    [TestMethod]
    public void Bad_views_say_what_is_possible()
    {
        using NDArray a = NDArray.Zeros([3, 4]);
        StringAssert.Contains(Assert.ThrowsExactly<EngineException>(() => a.Slice(2, 5)).Message, "stop <= 3");
        StringAssert.Contains(Assert.ThrowsExactly<EngineException>(() => a.Reshape(5, -1)).Message, "12 elements");
        StringAssert.Contains(Assert.ThrowsExactly<EngineException>(() => a.Reshape(-1, -1)).Message, "(3,4)");
        Assert.ThrowsExactly<EngineException>(() => a[7]);
    }

    [TestMethod]
    public void Spans_check_the_type_and_write_through()
    {
        using NDArray a = NDArray.Zeros([2, 2]);
        EngineException e = Assert.ThrowsExactly<EngineException>(() => a.AsSpan<double>().Length);
        StringAssert.Contains(e.Message, "float32");
        a.AsWritableSpan<float>()[3] = 5;
        Assert.AreEqual(5f, a.AsTensorSpan<float>()[1, 1]);
        a.AsWritableTensorSpan<float>()[0, 1] = 7;
        CollectionAssert.AreEqual(new float[] { 0, 7, 0, 5 }, a.ToArray<float>());
    }

    [TestMethod]
    public void An_output_that_overlaps_an_input_is_right()
    {
        using NDArray a = NDArray.Arange(0, 6);
        using NDArray head = a[0..4];
        using NDArray tail = a[2..6];
        BoundOperator copy = OperatorRegistry.Default["_copy"].Bind();
        Imperative.Invoke(copy, [head], [tail]);
        CollectionAssert.AreEqual(new float[] { 0, 1, 0, 1, 2, 3 }, a.ToArray<float>());
    }

    [TestMethod]
    public void A_scope_disposes_what_is_not_kept()
    {
        NDArray kept;
        NDArray dropped;
        using (var scope = new ArrayScope())
        {
            dropped = NDArray.Zeros([3]);
            kept = scope.Keep(NDArray.Ones([3]));
        }

        Assert.IsTrue(dropped.IsDisposed);
        Assert.IsFalse(kept.IsDisposed);
        kept.Dispose();
    }

    [TestMethod]
    public void Disposing_while_operations_are_pending_is_safe()
    {
        for (int i = 0; i < 200; i++)
        {
            NDArray a = NDArray.Full([1000], i);
            NDArray b = a + 1;
            a.Dispose();
            NDArray c = b * 2;
            b.Dispose();
            Assert.AreEqual((i + 1) * 2f, c.AsSpan<float>()[999]);
            c.Dispose();
        }
    }

    [TestMethod]
    public void Forgotten_arrays_are_collected()
    {
        long before = StoragePool.For(Device.Cpu()).Statistics.InUse;
        Forget();

        // Operations under way rightly keep their arrays.
        Engine.Default.WaitForAll();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.IsTrue(StoragePool.For(Device.Cpu()).Statistics.InUse - before < 50_000_000);

        static void Forget()
        {
            for (int i = 0; i < 100; i++)
            {
                _ = NDArray.Zeros([250_000]);
            }
        }
    }

    [TestMethod]
    public void Sparse_arrays_become_dense()
    {
        using NDArray rows = NDArray.From<float>([1, 2, 3, 4], [2, 2]);
        using NDArray indices = NDArray.From<long>([0, 2]);
        using NDArray sparse = NDArray.RowSparse(rows, indices, [3, 2]);
        using NDArray dense = sparse.ToDense();
        CollectionAssert.AreEqual(new float[] { 1, 2, 0, 0, 3, 4 }, dense.ToArray<float>());
        using NDArray values = NDArray.From<float>([5, 6]);
        using NDArray columns = NDArray.From<long>([1, 0]);
        using NDArray pointers = NDArray.From<long>([0, 1, 2]);
        using NDArray csr = NDArray.Csr(values, columns, pointers, [2, 2]);
        using NDArray matrix = csr.ToDense();
        CollectionAssert.AreEqual(new float[] { 0, 5, 6, 0 }, matrix.ToArray<float>());
        using NDArray sum = sparse + dense;
        CollectionAssert.AreEqual(new float[] { 2, 4, 0, 0, 6, 8 }, sum.ToArray<float>());
    }

    [TestMethod]
    public void A_sparse_array_that_is_kept_keeps_its_indices()
    {
        NDArray kept;
        using (var scope = new ArrayScope())
        {
            NDArray rows = NDArray.From<float>([1, 2], [1, 2]);
            kept = scope.Keep(NDArray.RowSparse(rows, NDArray.From<long>([1]), [2, 2]));
        }

        using NDArray dense = kept.ToDense();
        CollectionAssert.AreEqual(new float[] { 0, 0, 1, 2 }, dense.ToArray<float>());
        kept.Dispose();
    }

    [TestMethod]
    public void A_sparse_index_out_of_range_is_reported_at_the_wait()
    {
        using NDArray rows = NDArray.From<float>([1, 2], [1, 2]);
        using NDArray indices = NDArray.From<long>([17]);
        using NDArray sparse = NDArray.RowSparse(rows, indices, [3, 2]);
        using NDArray dense = sparse.ToDense();
        OperationException e = Assert.ThrowsExactly<OperationException>(() => dense.ToArray<float>());
        StringAssert.Contains(e.ToString(), "17");
    }

    [TestMethod]
    public void Wrong_calls_name_operator_arguments_and_shapes()
    {
        using NDArray a = NDArray.Zeros([2, 3]);
        using NDArray b = NDArray.Zeros([3, 2]);
        ShapeMismatchException e = Assert.ThrowsExactly<ShapeMismatchException>(() =>
            Imperative.Invoke("elemwise_add", [a, b])
        );
        StringAssert.Contains(e.Message, "elemwise_add");
        StringAssert.Contains(e.Message, "rhs (3,2)");
        StringAssert.Contains(
            Assert.ThrowsExactly<OperatorException>(() => Imperative.Invoke("elemwise_add", [a])).Message,
            "lhs, rhs"
        );
        StringAssert.Contains(
            Assert.ThrowsExactly<UnknownOperatorException>(() => Imperative.Invoke("elemwise", [a])).Message,
            "elemwise_add"
        );
    }
}
