namespace CoreEngine.Tests.Differentiation;

/// <summary>Gradients that are stored sparsely, and their sums.</summary>
[TestClass]
[DoNotParallelize]
public sealed class SparseGradientTests : EngineTestBase
{
    private static readonly float[] s_some = [0, 0, 1, -2, 0, 0, 3, 0];

    [TestMethod]
    public void A_gradient_is_stored_as_its_array_unless_told_otherwise()
    {
        using var scope = new ArrayScope();
        NDArray dense = NDArray.From(s_some, [4, 2]);
        dense.AttachGradient();
        Assert.AreEqual(StorageType.Default, dense.Gradient!.StorageType);
        dense.AttachGradient(storage: StorageType.RowSparse);
        Assert.AreEqual(StorageType.RowSparse, dense.Gradient!.StorageType);
        NDArray csr = dense.ToStorage(StorageType.Csr);
        csr.AttachGradient();
        Assert.AreEqual(StorageType.Csr, csr.Gradient!.StorageType);
        csr.AttachGradient(storage: StorageType.Default);
        Assert.AreEqual(StorageType.Default, csr.Gradient!.StorageType);
        NDArray vector = NDArray.Ones([3]);
        Assert.Throws<EngineException>(() => vector.AttachGradient(storage: StorageType.Csr));
    }

    [TestMethod]
    [DataRow(StorageType.Default)]
    [DataRow(StorageType.RowSparse)]
    [DataRow(StorageType.Csr)]
    public void Passes_overwrite_or_add_to_gradients_stored_in_any_way(StorageType storage)
    {
        using var scope = new ArrayScope();
        foreach (GradientRequest request in new[] { GradientRequest.Write, GradientRequest.Add })
        {
            NDArray x = NDArray.From(s_some, [4, 2]);
            x.AttachGradient(request, storage);
            NDArray gradient = x.Gradient!;
            for (int pass = 1; pass <= 3; pass++)
            {
                using (Autograd.Record())
                {
                    // Three parts flow into x.
                    (x * x + x * 3).Backward(NDArray.From(s_some, [4, 2]));
                }

                int times = request == GradientRequest.Add ? pass : 1;
                Assert.AreEqual(storage, gradient.StorageType);
                CollectionAssert.AreEqual(
                    s_some.Select(v => times * ((2 * v) + 3) * v).ToArray(),
                    gradient.ToDense().ToArray<float>()
                );
            }
        }
    }

    [TestMethod]
    public void A_sum_of_sparse_gradients_is_right_wherever_it_goes()
    {
        using var scope = new ArrayScope();
        foreach (StorageType storage in new[] { StorageType.Default, StorageType.RowSparse })
        {
            NDArray x = NDArray.From(s_some, [4, 2]);
            x.AttachGradient(storage: storage);
            using (Autograd.Record())
            {
                NDArray sum = x.ToStorage(StorageType.RowSparse);
                for (int i = 0; i < 3; i++)
                {
                    sum += Imperative.Invoke("_copy", [x])[0];
                }

                sum.Backward(NDArray.From(s_some, [4, 2]).ToStorage(StorageType.RowSparse));
            }

            Assert.AreEqual(storage, x.Gradient!.StorageType);
            CollectionAssert.AreEqual(s_some.Select(v => 4 * v).ToArray(), x.Gradient!.ToDense().ToArray<float>());
            NDArray[] returned;
            using (Autograd.Record())
            {
                NDArray sum = x.ToStorage(StorageType.Csr) + Imperative.Invoke("_copy", [x])[0];
                returned = Autograd.Gradients([sum], [x], [x.ToStorage(StorageType.RowSparse).Detach()]);
            }

            CollectionAssert.AreEqual(s_some.Select(v => 2 * v).ToArray(), returned[0].ToDense().ToArray<float>());
        }
    }

    [TestMethod]
    public void Changing_how_an_array_is_stored_is_differentiated_twice()
    {
        using var scope = new ArrayScope();
        NDArray x = NDArray.From(s_some, [4, 2]);
        x.AttachGradient();
        NDArray slope;
        using (Autograd.Record())
        {
            NDArray y = (x * x * x).ToStorage(StorageType.Csr).ToStorage(StorageType.RowSparse).ToDense();
            slope = Autograd.Gradients([y], [x], createGraph: true)[0];
        }

        slope.Backward();
        CollectionAssert.AreEqual(s_some.Select(v => 6 * v).ToArray(), x.Gradient!.ToArray<float>());
    }
}
