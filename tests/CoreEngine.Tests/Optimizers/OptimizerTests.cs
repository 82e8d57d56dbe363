using System.Globalization;
using System.Text.Json.Nodes;
using CoreEngine.Optimizers;

namespace CoreEngine.Tests.Optimizers;

[TestClass]
public sealed class OptimizerTests : EngineTestBase
{
    /// <summary>Optimizers with hyperparameters that all matter. The reference reads the same text.</summary>
    private static readonly string[] s_described =
    [
        """{"optimizer": "sgd", "learning_rate": 0.1}""",
        """{"optimizer": "sgd", "learning_rate": 0.1, "momentum": 0.9, "wd": 0.01, "rescale_grad": 0.5}""",
        """{"optimizer": "nag", "learning_rate": 0.05, "wd": 0.02}""",
        """{"optimizer": "nag", "learning_rate": 0.05, "momentum": 0.8, "wd": 0.02, "clip_gradient": 0.7}""",
        """{"optimizer": "dcasgd", "learning_rate": 0.1, "lamda": 0.3, "wd": 0.01}""",
        """{"optimizer": "dcasgd", "learning_rate": 0.1, "lamda": 0.3, "momentum": 0.5, "clip_gradient": 1}""",
        """{"optimizer": "adam", "learning_rate": 0.05, "beta1": 0.8, "beta2": 0.99, "epsilon": 1e-6, "wd": 0.03}""",
        """{"optimizer": "adagrad", "learning_rate": 0.1, "eps": 1e-5, "wd": 0.01, "clip_gradient": 1.5}""",
        """{"optimizer": "adadelta", "rho": 0.8, "epsilon": 1e-4, "wd": 0.01, "rescale_grad": 2}""",
        """{"optimizer": "adamax", "learning_rate": 0.05, "beta1": 0.85, "beta2": 0.95, "wd": 0.01}""",
        """
            {"optimizer": "nadam", "learning_rate": 0.05, "beta1": 0.9, "beta2": 0.99, "epsilon": 1e-7,
             "schedule_decay": 0.01, "wd": 0.02, "clip_gradient": 1.2}
            """,
        """{"optimizer": "ftml", "learning_rate": 0.05, "beta1": 0.6, "beta2": 0.99, "epsilon": 1e-6, "wd": 0.01}""",
        """{"optimizer": "ftrl", "learning_rate": 0.2, "lamda1": 0.05, "beta": 0.9, "wd": 0.01, "rescale_grad": 0.7}""",
        """{"optimizer": "rmsprop", "learning_rate": 0.02, "gamma1": 0.8, "epsilon": 1e-6, "wd": 0.02}""",
        """
            {"optimizer": "rmsprop", "learning_rate": 0.02, "gamma1": 0.8, "gamma2": 0.7, "epsilon": 1e-5, "centered": true,
             "clip_gradient": 1}
            """,
    ];

    private static IEnumerable<object[]> Described => s_described.Select(text => new object[] { text });

    [TestMethod]
    [DynamicData(nameof(Described))]
    public void EveryRuleIsThePapers(string description)
    {
        Compare(description, DType.Float64, 2e-5);
        Compare(description, DType.Float32, 1e-4);
    }

    // The master copy is float32: what the model sees is that, rounded once.
    [TestMethod]
    [DynamicData(nameof(Described))]
    public void HalfPrecisionWeightsAreRoundedMasterCopies(string description) =>
        Compare(description, DType.Float16, 1e-3);

    /// <summary>Ten updates of two weights of odd sizes.</summary>
    private static void Compare(string description, DType dtype, double tolerance)
    {
        using Optimizer optimizer = Optimizer.FromJson(description);
        var random = new Random(5);
        double[][] values = [Numbers(random, 37), Numbers(random, 3)];
        NDArray[] weights = Array.ConvertAll(values, v => Make(v, dtype));
        ReferenceRule[][] rules = Array.ConvertAll(
            weights,
            w => Array.ConvertAll(w.AsType(DType.Float64).ToArray<double>(), one => Reference(description, one))
        );
        double[][] expected = Array.ConvertAll(weights, w => w.AsType(DType.Float64).ToArray<double>());
        for (int step = 0; step < 10; step++)
        {
            for (int k = 0; k < 2; k++)
            {
                NDArray gradient = Make(Numbers(random, values[k].Length), dtype);
                double[] exact = gradient.AsType(DType.Float64).ToArray<double>();
                optimizer.Update(k, weights[k], gradient);
                double[] actual = weights[k].AsType(DType.Float64).ToArray<double>();
                for (int i = 0; i < actual.Length; i++)
                {
                    expected[k][i] = rules[k][i].Step(expected[k][i], exact[i]);
                    Assert.AreEqual(
                        expected[k][i],
                        actual[i],
                        tolerance * (1 + Math.Abs(expected[k][i])),
                        $"{description} {dtype}, update {step}, weight {k}[{i}]"
                    );
                }
            }
        }
    }

    private static ReferenceRule Reference(string description, double weight)
    {
        JsonObject json = JsonNode.Parse(description)!.AsObject();
        var parameters = new Dictionary<string, double>();
        foreach ((string name, JsonNode? value) in json)
        {
            if (name != "optimizer")
                parameters.Add(name, name == "centered" ? 1 : value!.GetValue<double>());
        }

        return new ReferenceRule((string)json["optimizer"]!, parameters, weight);
    }

    private static double[] Numbers(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (random.NextDouble() * 4) - 2)];

    private static NDArray Make(double[] values, DType dtype) => NDArray.From(values).AsType(dtype);

    [TestMethod]
    public void WithoutAMasterCopyStatesHaveTheWeightsType()
    {
        using var optimizer = new Adam { MultiPrecision = false };
        NDArray weight = NDArray.Ones([5], DType.Float16);
        optimizer.Update(3, weight, NDArray.Ones([5], DType.Float16));
        IReadOnlyDictionary<string, NDArray> states = optimizer.CopyStates();
        CollectionAssert.AreEqual(new[] { "3/count", "3/mean", "3/var" }, states.Keys.ToArray());
        Assert.AreEqual(DType.Float16, states["3/mean"].DType);
    }

    [TestMethod]
    public void SmallStepsAddUpInTheMasterCopy()
    {
        using var optimizer = new Sgd(1e-4);
        NDArray weight = NDArray.Ones([3], DType.Float16);
        NDArray gradient = NDArray.Ones([3], DType.Float16);
        for (int i = 0; i < 100; i++)
        {
            optimizer.Update(0, weight, gradient);
        }

        Assert.AreEqual(0.99, (double)weight.ToArray<Half>()[0], 5e-4);
    }

    [TestMethod]
    public void LangevinNoiseHasTheLearningRateAsVariance()
    {
        foreach (DType dtype in (DType[])[DType.Float32, DType.Float64, DType.Float16])
        {
            const int n = 40_001;
            RandomState.Seed(11);
            using var optimizer = new Sgld(0.04) { WeightDecay = 0.5 };
            NDArray weight = NDArray.Full([n], 2, dtype);
            optimizer.Update(0, weight, NDArray.Full([n], 3, dtype));
            double[] values = weight.AsType(DType.Float64).ToArray<double>();
            // 2 - 0.02 (3 + 0.5 * 2), give or take five standard errors.
            Assert.AreEqual(1.92, values.Average(), 5 * 0.2 / Math.Sqrt(n), dtype.Name());
            double mean = values.Average();
            Assert.AreEqual(0.04, values.Sum(v => (v - mean) * (v - mean)) / n, 0.002, dtype.Name());

            RandomState.Seed(11);
            using var again = new Sgld(0.04) { WeightDecay = 0.5 };
            NDArray same = NDArray.Full([n], 2, dtype);
            again.Update(0, same, NDArray.Full([n], 3, dtype));
            CollectionAssert.AreEqual(values, same.AsType(DType.Float64).ToArray<double>());
        }
    }

    [TestMethod]
    public void TheTestOptimizerAddsTheRescaledGradient()
    {
        using Optimizer optimizer = Optimizer.Create("test");
        optimizer.RescaleGradient = 2;
        NDArray weight = NDArray.Full([3], 1);
        optimizer.Update(0, weight, NDArray.Full([3], 5));
        CollectionAssert.AreEqual(new float[] { 11, 11, 11 }, weight.ToArray<float>());
    }

    [TestMethod]
    public void AdaMaxLeavesWeightsWithoutGradientsAlone()
    {
        using var optimizer = new AdaMax();
        NDArray weight = NDArray.Ones([9]);
        optimizer.Update(0, weight, NDArray.Zeros([9]));
        Assert.IsTrue(weight.ToArray<float>().All(w => w == 1));
    }

    [TestMethod]
    public void NaNIsNotHidden()
    {
        foreach (string name in OptimizerNames.All)
        {
            using Optimizer optimizer = Optimizer.Create(name);
            NDArray weight = NDArray.Ones([19]);
            optimizer.Update(0, weight, NDArray.Full([19], double.NaN));
            float[] values = weight.ToArray<float>();
            // FTRL compares with a threshold: what is not above it becomes zero, as in MXNet.
            Assert.IsTrue(values.All(float.IsNaN) || name == "ftrl", name);
        }
    }

    [TestMethod]
    public void ARowSparseGradientTouchesOnlyItsRows()
    {
        foreach (string name in (string[])["sgd", "nag", "adagrad", "adamax", "nadam", "ftml"])
        {
            using Optimizer optimizer = Optimizer.Create(name);
            optimizer.WeightDecay = 0.1;
            NDArray rows = NDArray.From<long>([0, 1, 2, 3]);
            NDArray weight = NDArray.RowSparse(NDArray.Ones([4, 3]), rows, [4, 3]);
            NDArray gradient = NDArray.RowSparse(NDArray.Ones([2, 3]), NDArray.From<long>([1, 3]), [4, 3]);
            optimizer.Update(0, weight, gradient);
            float[] values = weight.ToDense().ToArray<float>();
            for (int i = 0; i < values.Length; i++)
            {
                bool isTouched = (i / 3) is 1 or 3;
                Assert.AreEqual(isTouched, values[i] != 1, $"{name}[{i}]");
            }
        }
    }

    [TestMethod]
    public void NamesDecideWhatDecays()
    {
        using var optimizer = new Sgd(1)
        {
            WeightDecay = 0.5,
            ParameterNames = new Dictionary<int, string>
            {
                [0] = "conv_weight",
                [1] = "bn_gamma",
                [2] = "conv_bias",
                [3] = "bn_beta",
                [4] = "special_bias",
            },
            WeightDecayMultipliers = new Dictionary<string, double> { ["special_bias"] = 0.5, ["7"] = 2 },
            LearningRateMultipliers = new Dictionary<string, double> { ["bn_beta"] = 10, ["7"] = 0.1 },
        };
        double[] results = [.. Enumerable.Range(0, 8).Select(key => Updated(optimizer, key))];
        double[] expected = [1 - 1 - 0.5, -0.5, 0, 1 - 10, -0.25, -0.5, -0.5, 1 - (0.1 * (1 + 1))];
        for (int i = 0; i < results.Length; i++)
        {
            Assert.AreEqual(expected[i], results[i], 1e-6, $"key {i}");
        }

        // Later settings hold for weights that were updated before.
        optimizer.LearningRateMultipliers = new Dictionary<string, double> { ["conv_bias"] = 0 };
        Assert.AreEqual(1, Updated(optimizer, 2));

        static double Updated(Optimizer optimizer, int key)
        {
            NDArray weight = NDArray.Ones([1]);
            optimizer.Update(key, weight, NDArray.Ones([1]));
            return weight.ToArray<float>()[0];
        }
    }

    [TestMethod]
    public void SymbolsCarryMultipliers()
    {
        Symbol weight = Symbol.Variable("a_weight", learningRateMultiplier: 3, weightDecayMultiplier: 0);
        Symbol bias = Symbol.Variable("b_bias", weightDecayMultiplier: 0.5);
        using var optimizer = new Sgd(1)
        {
            WeightDecay = 0.5,
            ParameterNames = new Dictionary<int, string> { [0] = "a_weight", [1] = "b_bias" },
            LearningRateMultipliers = new Dictionary<string, double> { ["b_bias"] = 2 },
        };
        optimizer.TakeMultipliers(weight + bias);
        NDArray[] weights = [NDArray.Ones([1]), NDArray.Ones([1])];
        for (int key = 0; key < 2; key++)
        {
            optimizer.Update(key, weights[key], NDArray.Ones([1]));
        }

        Assert.AreEqual(1 - 3, weights[0].ToArray<float>()[0], 1e-6);
        Assert.AreEqual(1 - (2 * (1 + 0.25)), weights[1].ToArray<float>()[0], 1e-6);
        weight.SetAttribute("lr_mult", "fast");
        Assert.Contains("a_weight", Assert.Throws<EngineException>(() => optimizer.TakeMultipliers(weight)).Message);
    }

    [TestMethod]
    public void TheScheduleSeesTheMostUpdatesOfAnyWeight()
    {
        using var optimizer = new Sgd(1)
        {
            Schedule = new MultiFactorSchedule { Steps = [2, 3], Factor = 0.1 },
        };
        double[] rates = new double[5];
        for (int step = 0; step < rates.Length; step++)
        {
            NDArray weight = NDArray.Zeros([1]);
            optimizer.Update(0, weight, NDArray.Ones([1]));
            rates[step] = -weight.ToArray<float>()[0];
        }

        double[] expected = [1, 1, 0.1, 0.01, 0.01];
        for (int i = 0; i < rates.Length; i++)
        {
            Assert.AreEqual(expected[i], rates[i], 1e-7);
        }

        NDArray late = NDArray.Zeros([1]);
        optimizer.Update(1, late, NDArray.Ones([1]));
        Assert.AreEqual(-0.01, late.ToArray<float>()[0], 1e-7);
        Assert.AreEqual(5, optimizer.UpdateCount);
    }

    [TestMethod]
    public void ARefusedUpdateDoesNotCount()
    {
        using var optimizer = new Adam();
        NDArray weight = NDArray.Ones([3]);
        Assert.Throws<EngineException>(() => optimizer.Update(0, weight, NDArray.Ones([4])));
        Assert.AreEqual(0, optimizer.UpdateCount);
        optimizer.Update(0, weight, NDArray.Ones([3]));
        Assert.AreEqual(1, optimizer.UpdateCount);
    }

    [TestMethod]
    public void StatesOfAnotherOperatorAreNotTakenForThisOnes()
    {
        using var optimizer = new Sgd();
        NDArray weight = NDArray.Ones([3]);
        optimizer.Update(0, weight, NDArray.Ones([3]));
        optimizer.Momentum = 0.9;
        string message = Assert.Throws<EngineException>(() => optimizer.Update(0, weight, NDArray.Ones([3]))).Message;
        Assert.Contains("sgd_update", message);
        Assert.Contains("sgd_mom_update", message);
        optimizer.Update(1, weight, NDArray.Ones([3]));
    }

    [TestMethod]
    public void HyperparametersOutOfRangeAreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd { Momentum = 1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam { Beta1 = -0.1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam { ClipGradient = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new FactorSchedule { Step = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new MultiFactorSchedule { Steps = [3, 3] });
        using var ftrl = new Ftrl(0);
        Assert.Throws<ArgumentOutOfRangeException>(() => ftrl.Update(0, NDArray.Ones([1]), NDArray.Ones([1])));
    }

    [TestMethod]
    public void ThreadsMayUpdateDifferentWeights()
    {
        using var optimizer = new Adam(0.1);
        NDArray[] weights = [.. Enumerable.Range(0, 16).Select(_ => NDArray.Ones([100]))];
        Parallel.For(
            0,
            weights.Length,
            key =>
            {
                for (int step = 0; step < 20; step++)
                {
                    optimizer.Update(key, weights[key], NDArray.Ones([100]));
                }
            }
        );
        using var alone = new Adam(0.1);
        NDArray expected = NDArray.Ones([100]);
        for (int step = 0; step < 20; step++)
        {
            alone.Update(0, expected, NDArray.Ones([100]));
        }

        foreach (NDArray weight in weights)
        {
            CollectionAssert.AreEqual(expected.ToArray<float>(), weight.ToArray<float>());
        }
    }
}
