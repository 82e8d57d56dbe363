using CoreEngine.Files;
using CoreEngine.Optimizers;
using CoreEngine.Tests.Files;

namespace CoreEngine.Tests.Optimizers;

[TestClass]
public sealed class OptimizerStateTests : EngineTestBase
{
    [TestMethod]
    public void TrainingContinuesWhereItWasSaved()
    {
        using var folder = new TemporaryFolder();
        foreach (string name in OptimizerNames.All.Where(name => name != "sgld"))
        {
            foreach (DType dtype in (DType[])[DType.Float32, DType.Float16])
            {
                using Optimizer optimizer = Optimizer.Create(name);
                optimizer.WeightDecay = 0.01;
                NDArray[] weights = [NDArray.Full([5], 0.5, dtype), NDArray.Full([2, 3], -0.25, dtype)];
                Train(optimizer, weights, 3);
                string path = folder["optimizer.params"];
                optimizer.Save(path);
                NDArray[] copies = Array.ConvertAll(weights, w => w.Copy());
                Train(optimizer, weights, 4);

                using Optimizer again = Optimizer.Load(path);
                Assert.AreEqual(3, again.UpdateCount);
                Train(again, copies, 4);
                for (int i = 0; i < weights.Length; i++)
                {
                    CollectionAssert.AreEqual(
                        weights[i].AsType(DType.Float64).ToArray<double>(),
                        copies[i].AsType(DType.Float64).ToArray<double>(),
                        $"{name} {dtype}"
                    );
                }
            }
        }
    }

    [TestMethod]
    public void StatesAreCopies()
    {
        using var optimizer = new Sgd(1) { Momentum = 0.5 };
        NDArray weight = NDArray.Zeros([2]);
        optimizer.Update(7, weight, NDArray.Ones([2]));
        IReadOnlyDictionary<string, NDArray> states = optimizer.CopyStates();
        states["7/mom"].Fill(100);
        optimizer.Update(7, weight, NDArray.Zeros([2]));
        CollectionAssert.AreEqual(new float[] { -1.5f, -1.5f }, weight.ToArray<float>());
        optimizer.SetStates(states);
        states["7/mom"].Fill(0);
        optimizer.Update(7, weight, NDArray.Zeros([2]));
        CollectionAssert.AreEqual(new float[] { 48.5f, 48.5f }, weight.ToArray<float>());
        Assert.AreEqual(2, optimizer.UpdateCount);
    }

    [TestMethod]
    public void StatesThatAreNotThisOptimizersAreRefused()
    {
        using var optimizer = new Sgd { Momentum = 0.5 };
        NDArray weight = NDArray.Zeros([2]);
        optimizer.Update(0, weight, NDArray.Ones([2]));
        NDArray count = NDArray.From<long>([4]);
        NDArray state = NDArray.Zeros([2]);
        (string, NDArray)[][] wrong =
        [
            [("mom", state)],
            [("/mom", state), ("0/count", count)],
            [("0/", state), ("0/count", count)],
            [("x/mom", state), ("0/count", count)],
            [("0/mom", state)],
            [("0/count", count)],
            [("0/mom", state), ("0/count", count), ("0/var", state)],
            [("0/mom", state), ("0/count", NDArray.From([4]))],
            [("0/mom", state), ("0/count", NDArray.From<long>([-4]))],
            [("0/mom", state), ("0/count", NDArray.From<long>([1, 2]))],
        ];
        foreach ((string, NDArray)[] states in wrong)
        {
            Assert.Throws<EngineException>(() => optimizer.SetStates(states.ToDictionary(s => s.Item1, s => s.Item2)));
        }

        Assert.AreEqual(1, optimizer.UpdateCount);

        // A state of another shape is found out at the weight.
        optimizer.SetStates(new Dictionary<string, NDArray> { ["0/mom"] = NDArray.Zeros([3]), ["0/count"] = count });
        Assert.Throws<EngineException>(() => optimizer.Update(0, weight, NDArray.Ones([2])));
    }

    [TestMethod]
    public void OtherFilesAreRefused()
    {
        using var folder = new TemporaryFolder();
        string path = folder["other.params"];
        NDArray.Save(path, new Dictionary<string, NDArray> { ["0/mom"] = NDArray.Zeros([2]) });
        Assert.Throws<FileFormatException>(() => Optimizer.Load(path));
        NDArray text = NDArray.From<byte>("""{"optimizer": "sgd"}"""u8);
        NDArray.Save(path, new Dictionary<string, NDArray> { ["optimizer"] = text, ["0/mom"] = NDArray.Zeros([2]) });
        Assert.Throws<FileFormatException>(() => Optimizer.Load(path));
    }

    private static void Train(Optimizer optimizer, NDArray[] weights, int steps)
    {
        for (int step = 0; step < steps; step++)
        {
            for (int key = 0; key < weights.Length; key++)
            {
                optimizer.Update(key, weights[key], weights[key] * 0.5 + 0.25);
            }
        }
    }
}
