using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine.Tests.Execution;

/// <summary>What a call of an operator costs, and that its short cuts change nothing that can be seen.</summary>
[TestClass]
[DoNotParallelize]
public sealed class DispatchTests : EngineTestBase
{
    /// <summary>The objects of one new array: handle, storage, variable.</summary>
    private const int ArrayBytes = 312;

    [TestMethod]
    public void A_call_allocates_the_objects_of_its_result_and_nothing_else()
    {
        using NDArray x = NDArray.Full([4], 1);
        using NDArray y = NDArray.Full([4], 2);
        using NDArray row = NDArray.Full([1, 4], 2);
        Assert.IsLessThanOrEqualTo(ArrayBytes, BytesPerCall(() => (x + y).Dispose()));
        Assert.IsLessThanOrEqualTo(ArrayBytes, BytesPerCall(() => (x * 2).Dispose()));
        Assert.IsLessThanOrEqualTo(ArrayBytes, BytesPerCall(() => x.Exp().Dispose()));
        Assert.IsLessThanOrEqualTo(ArrayBytes, BytesPerCall(() => (x + row).Dispose()));
    }

    [TestMethod]
    public void A_small_call_has_run_when_it_returns()
    {
        using NDArray x = NDArray.Full([4], 1);
        x.WaitToWrite();
        using NDArray y = x + 1;
        Assert.AreEqual(y.Variable.Version, y.Variable.FinishedVersion);
    }

    [TestMethod]
    public void Calls_with_alternating_shapes_and_types_are_inferred_each_for_itself()
    {
        for (int i = 0; i < 40; i++)
        {
            DType dtype = i % 2 == 0 ? DType.Float32 : DType.Float64;
            using NDArray x = NDArray.Full([1 + (i % 11), 3], i, dtype);
            using NDArray sum = x + x;
            Assert.AreEqual(x.Shape, sum.Shape);
            Assert.AreEqual(dtype, sum.DType);
            using NDArray total = sum.Sum();
            using NDArray asDouble = total.AsType(DType.Float64);
            Assert.AreEqual(2.0 * i * x.Size, asDouble.ToScalar<double>());
        }
    }

    [TestMethod]
    public void A_call_that_does_not_fit_fails_after_one_that_did()
    {
        using NDArray x = NDArray.Full([4], 1);
        using NDArray longer = NDArray.Full([5], 1);
        using NDArray wide = NDArray.Full([4], 1, DType.Float64);
        using NDArray sum = x + x;
        Assert.Throws<OperatorException>(() => Imperative.Invoke("elemwise_add", [x, longer]));
        Assert.Throws<OperatorException>(() => Imperative.Invoke("elemwise_add", [x, wide]));
        Assert.Throws<OperatorException>(() => Imperative.Invoke("elemwise_add", [x, x], outputs: [longer]));
        Assert.Throws<OperatorException>(() => Imperative.Invoke("elemwise_add", [x, x], outputs: [wide]));
    }

    [TestMethod]
    public void What_was_inferred_from_a_given_output_does_not_serve_a_call_without_one()
    {
        BoundOperator zeros = OperatorRegistry.Default["_zeros"].Bind();
        using NDArray target = NDArray.Full([3], 7);
        Imperative.Invoke(zeros, [], [target]);
        CollectionAssert.AreEqual(new float[3], target.ToArray<float>());
        Assert.Throws<OperatorException>(() => Imperative.Invoke(zeros, []));
    }

    [TestMethod]
    public void Numbers_that_share_a_place_in_the_cache_stay_apart()
    {
        using NDArray x = NDArray.Full([2], 1);
        for (int round = 0; round < 3; round++)
        {
            for (int i = -50; i < 50; i++)
            {
                using NDArray y = x * i;
                Assert.AreEqual(i, y.ToArray<float>()[1]);
            }
        }

        using NDArray negative = x * -0.0;
        Assert.IsTrue(float.IsNegative(negative.ToArray<float>()[0]));
        using NDArray positive = x * 0.0;
        Assert.IsFalse(float.IsNegative(positive.ToArray<float>()[0]));
        using NDArray nan = x * double.NaN;
        Assert.IsTrue(float.IsNaN(nan.ToArray<float>()[0]));
    }

    [TestMethod]
    public void An_array_that_was_let_go_is_refused_and_its_neighbours_are_not_harmed()
    {
        using NDArray x = NDArray.Full([4], 1);
        for (int i = 0; i < 100; i++)
        {
            NDArray gone = x + i;
            gone.Dispose();
            gone.Dispose();
            using NDArray next = x + (i + 1);
            Assert.ThrowsExactly<ObjectDisposedException>(() => gone + x);
            Assert.ThrowsExactly<ObjectDisposedException>(() => gone.ToArray<float>());
            Assert.AreEqual(i + 2, next.ToArray<float>()[3]);
        }
    }

    [TestMethod]
    public void Arrays_may_be_let_go_by_one_thread_while_another_uses_them()
    {
        for (int round = 0; round < 200; round++)
        {
            NDArray shared = NDArray.Full([4], round);
            using var start = new Barrier(2);
            var other = new Thread(() =>
            {
                start.SignalAndWait();
                shared.Dispose();
            });
            other.Start();
            start.SignalAndWait();
            try
            {
                using NDArray sum = shared + shared;
                Assert.AreEqual(2 * round, sum.ToArray<float>()[0]);
            }
            catch (Exception e) when (e is ObjectDisposedException or InvalidVarException)
            {
                // The other thread came first.
            }

            other.Join();
        }
    }

    [TestMethod]
    public void Forgotten_results_come_back()
    {
        StoragePool pool = StoragePool.For(Device.Cpu());
        long before = pool.Statistics.InUse;
        Forget();
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.IsLessThanOrEqualTo(before, pool.Statistics.InUse);

        static void Forget()
        {
            using NDArray x = NDArray.Full([4], 1);
            for (int i = 0; i < 1000; i++)
            {
                _ = x + i;
            }
        }
    }

    private static long BytesPerCall(Action call)
    {
        const int Calls = 1000;
        long best = long.MaxValue;
        for (int i = 0; i < 10; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int k = 0; k < Calls; k++)
            {
                call();
            }

            best = Math.Min(best, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return best / Calls;
    }
}
