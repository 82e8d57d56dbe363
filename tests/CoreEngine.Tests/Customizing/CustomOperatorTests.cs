using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine.Tests.Customizing;

[TestClass]
public sealed class CustomOperatorTests : EngineTestBase
{
    [ClassInitialize]
    public static void RegisterSamples(TestContext context)
    {
        ScaledSigmoid.Register();
        WeightedRows.Register();
    }

    private static NDArray[] Call(string name, NDArray[] inputs, string? factor = null)
    {
        var attributes = new Dictionary<string, string> { ["op_type"] = name };
        if (factor is not null)
            attributes["factor"] = factor;
        return Imperative.Invoke("Custom", inputs, attributes);
    }

    private static NDArray Variable(params double[] values)
    {
        NDArray array = NDArray.From(values);
        array.AttachGradient();
        return array;
    }

    private static void AreClose(double[] expected, NDArray actual)
    {
        double[] values = actual.AsType(DType.Float64).ToArray<double>();
        Assert.HasCount(expected.Length, values);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], values[i], 1e-6, $"[{i}]");
        }
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    [TestMethod]
    public void AnArrayGoesThroughAndAGradientComesBack()
    {
        NDArray x = Variable(-1, 0, 2);
        NDArray y;
        using (Autograd.Record())
        {
            y = Call("test_scaled_sigmoid", [x], "3")[0] * 2;
        }

        AreClose([6 * Sigmoid(-1), 3, 6 * Sigmoid(2)], y);
        y.Backward();
        double[] slopes = [.. new[] { -1.0, 0, 2 }.Select(v => 6 * Sigmoid(v) * (1 - Sigmoid(v)))];
        AreClose(slopes, x.Gradient!);
    }

    [TestMethod]
    public void GradientsAreAddedWhereThatIsAsked()
    {
        NDArray x = NDArray.From([0.0, 1]);
        x.AttachGradient(GradientRequest.Add);
        for (int i = 0; i < 3; i++)
        {
            using AutogradScope recording = Autograd.Record();
            Call("test_scaled_sigmoid", [x])[0].Backward();
        }

        AreClose([0.75, 3 * Sigmoid(1) * (1 - Sigmoid(1))], x.Gradient!);
    }

    [TestMethod]
    public void TheComposedGradientIsDifferentiatedAgain()
    {
        NDArray x = Variable(-0.5, 0.25, 1.5);
        NDArray first;
        using (Autograd.Record())
        {
            NDArray y = Call("test_scaled_sigmoid", [x], "2")[0];
            first = Autograd.Gradients([y], [x], createGraph: true)[0];
        }

        first.Backward();
        double[] expected =
        [
            .. new[] { -0.5, 0.25, 1.5 }.Select(v => 2 * Sigmoid(v) * (1 - Sigmoid(v)) * (1 - (2 * Sigmoid(v)))),
        ];
        AreClose(expected, x.Gradient!);
    }

    [TestMethod]
    public void SeveralInputsOutputsAndAState()
    {
        NDArray rows = NDArray.From([1.0, 2, 3, 4, 5, 6], [2, 3]);
        NDArray weight = NDArray.From([1.0, 10, 100]);
        NDArray count = NDArray.Zeros([1], DType.Float64);
        rows.AttachGradient();
        weight.AttachGradient();
        NDArray[] outputs;
        using (Autograd.Record())
        {
            outputs = Call("test_weighted_rows", [rows, weight, count]);
            Assert.HasCount(2, outputs);
            (outputs[0] * NDArray.From([1.0, 2])).Backward();
        }

        AreClose([321, 654], outputs[0]);
        AreClose([1], outputs[1]);
        AreClose([1], count);
        AreClose([1, 10, 100, 2, 20, 200], rows.Gradient!);
        AreClose([9, 12, 15], weight.Gradient!);
        // Not in training.
        AreClose([1], Call("test_weighted_rows", [rows, weight, count])[1]);
    }

    [TestMethod]
    public void SymbolsNameInferSaveAndRunIt()
    {
        Symbol net = Symbol.Call(
            "Custom",
            [Symbol.Variable("x")],
            "w",
            new Dictionary<string, string> { ["op_type"] = "test_weighted_rows" }
        );
        CollectionAssert.AreEqual(new[] { "x", "w_weight" }, net.ListArguments().ToArray());
        CollectionAssert.AreEqual(new[] { "w_count" }, net.ListAuxiliaryStates().ToArray());
        CollectionAssert.AreEqual(new[] { "w_sum", "w_calls" }, net.ListOutputs().ToArray());

        Symbol loaded = Symbol.FromJson(net.ToJson());
        Assert.AreEqual(net.ToJson(), loaded.ToJson());
        using Executor executor = Executor.SimpleBind(
            loaded,
            new Dictionary<string, Shape> { ["x"] = [2, 3] },
            types: null
        );
        executor["x"].CopyFrom<float>([1, 2, 3, 4, 5, 6]);
        executor["w_weight"].CopyFrom<float>([1, 10, 100]);
        executor["w_count"].Fill(4);
        for (int i = 0; i < 2; i++)
        {
            executor.Forward(isTraining: true);
            executor.Backward([NDArray.From([1f, 2]), NDArray.From([0f])]);
        }

        AreClose([321, 654], executor.Outputs[0]);
        AreClose([6], executor.Outputs[1]);
        AreClose([6], executor["w_count"]);
        AreClose([9, 12, 15], executor.GradientOf("w_weight")!);
    }

    [TestMethod]
    public void CachedGraphsRunIt()
    {
        Symbol x = Symbol.Variable("x");
        var attributes = new Dictionary<string, string> { ["op_type"] = "test_scaled_sigmoid", ["factor"] = "4" };
        var net = new CachedOp(Symbol.Call("Custom", [x * 2], "s", attributes) + x);
        NDArray array = Variable(-1, 0.5);
        for (int i = 0; i < 2; i++)
        {
            NDArray y;
            using (Autograd.Record())
            {
                y = net.Invoke([array])[0];
            }

            AreClose([(4 * Sigmoid(-2)) - 1, (4 * Sigmoid(1)) + 0.5], y);
            y.Backward();
            AreClose(
                [1 + (8 * Sigmoid(-2) * (1 - Sigmoid(-2))), 1 + (8 * Sigmoid(1) * (1 - Sigmoid(1)))],
                array.Gradient!
            );
        }
    }

    [TestMethod]
    public void AnExceptionIsTheOperatorsFault()
    {
        string name = Scripted.Register(_ => throw new InvalidDataException("no such lot"));
        NDArray y = Call(name, [NDArray.Ones([3])])[0];
        OperationException fault = Assert.Throws<OperationException>(() => y.ToArray<float>());
        Assert.Contains("Custom", fault.Message);
        Assert.Contains(name, fault.Message);
        Assert.IsInstanceOfType<InvalidDataException>(fault.InnerException);
        // Dependents inherit it; everything else goes on.
        Assert.Throws<OperationException>(() => (y + 1).ToArray<float>());
        AreClose([2], NDArray.Ones([1]) + 1);
    }

    [TestMethod]
    public void AFaultInsideIsNotLost()
    {
        string bad = Scripted.Register(_ => throw new InvalidDataException("inner"));
        string name = Scripted.Register(call => call.Set(0, Call(bad, [call.Inputs[0]])[0] * 2));
        // The registered code and the assertion below share their captured variables, and the registry is for ever.
        using NDArray y = Call(name, [NDArray.Ones([3])])[0];
        OperationException fault = Assert.Throws<OperationException>(() => y.ToArray<float>());
        Assert.Contains("inner", fault.ToString());
    }

    [TestMethod]
    public void CodeInsideMayCallOtherCustomOperatorsAndWait()
    {
        string name = Scripted.Register(call =>
        {
            NDArray inner = Call("test_scaled_sigmoid", [call.Inputs[0]], "2")[0];
            float largest = inner.ToArray<float>().Max();
            Assert.IsFalse(Autograd.IsRecording);
            call.Set(0, inner / largest);
        });
        NDArray x = NDArray.From([0f, 1, -1]);
        AreClose([Sigmoid(0) / Sigmoid(1), 1, Sigmoid(-1) / Sigmoid(1)], Call(name, [x])[0]);
    }

    [TestMethod]
    public void ResultsMustBeSetAndFit()
    {
        Check(_ => { }, "was not set");
        Check(call => call.Set(0, NDArray.Ones([4])), "(3,)");
        Check(call => call.Set(0, NDArray.Ones([3], DType.Float64)), "float64");

        static void Check(Action<CustomForward> forward, string named)
        {
            NDArray y = Call(Scripted.Register(forward), [NDArray.Ones([3])])[0];
            Assert.Contains(named, Assert.Throws<OperationException>(() => y.ToArray<float>()).ToString());
        }
    }

    [TestMethod]
    public void TheCallsArraysEndWithIt()
    {
        NDArray? leaked = null;
        NDArray? kept = null;
        Exception? refused = null;
        string name = Scripted.Register(call =>
        {
            leaked = call.Inputs[0].Detach();
            kept ??= call.Keep(call.Inputs[0] * 3);
            refused = Assert.Throws<EngineException>(() => call.Keep(call.Inputs[0]));
            call.Set(0, kept);
        });
        NDArray x = NDArray.From([1f, 2]);
        AreClose([3, 6], Call(name, [x])[0]);
        Assert.IsNotNull(refused);
        Assert.Throws<ObjectDisposedException>(() => leaked!.ToArray<float>());
        // What was kept serves the next call, on whichever thread.
        AreClose([3, 6], Call(name, [x * 100])[0]);
        kept!.Dispose();
    }

    [TestMethod]
    public void ArraysFromOutsideMayBeReadWhenTheyAreDone()
    {
        // What registered code captures lives for ever.
        using NDArray table = NDArray.From([10f, 20]);
        table.WaitToRead();
        string name = Scripted.Register(call => call.Set(0, call.Inputs[0] + table));
        AreClose([11, 21], Call(name, [NDArray.Ones([2])])[0]);
        string writes = Scripted.Register(call =>
        {
            table.Fill(0);
            call.Set(0, call.Inputs[0]);
        });
        using NDArray y = Call(writes, [NDArray.Ones([2])])[0];
        Assert.Throws<OperationException>(() => y.ToArray<float>());
        AreClose([10, 20], table);
    }

    [TestMethod]
    public void ManyCallsRunAtTheSameTime()
    {
        NDArray[] results =
        [
            .. Enumerable.Range(0, 64).Select(i => Call("test_scaled_sigmoid", [NDArray.Full([1000], i - 32)], "2")[0]),
        ];
        for (int i = 0; i < results.Length; i++)
        {
            Assert.AreEqual(2 * Sigmoid(i - 32), results[i].ToArray<float>()[999], 1e-6);
        }
    }

    [TestMethod]
    public void MissingOnesAreNamed()
    {
        Assert.Contains("nobody", Assert.Throws<AttributeException>(() => Call("nobody", [NDArray.Ones([1])])).Message);
        string name = Scripted.Register(call => call.Set(0, call.Inputs[0]));
        NDArray x = Variable(1);
        using AutogradScope recording = Autograd.Record();
        NDArray y = Call(name, [x])[0];
        Assert.Contains(name, Assert.Throws<OperatorException>(() => y.Backward()).Message);
    }

    [TestMethod]
    public void ANewOneTakesTheNameOver()
    {
        CustomOperator.Register("test_replaced", _ => new Scripted(call => call.Set(0, call.Inputs[0] * 2)));
        AreClose([2], Call("test_replaced", [NDArray.Ones([1])])[0]);
        CustomOperator.Register("test_replaced", _ => new Scripted(call => call.Set(0, call.Inputs[0] * 5)));
        AreClose([5], Call("test_replaced", [NDArray.Ones([1])])[0]);
    }
}
