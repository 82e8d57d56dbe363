using CoreEngine.Graphs;
using CoreEngine.Operators;
using CoreEngine.Runtime;
using CoreEngine.Tests.Executors;

namespace CoreEngine.Tests.CachedOps;

/// <summary>Cached operators against the same calls made one by one.</summary>
[TestClass]
[DoNotParallelize]
public sealed class CachedOpTests : EngineTestBase
{
    [TestMethod]
    [DataRow(true, GraphPasses.All)]
    [DataRow(false, GraphPasses.All)]
    [DataRow(true, GraphPasses.None)]
    [DataRow(false, GraphPasses.None)]
    public void Random_graphs_compute_what_the_single_calls_compute(bool isTraining, GraphPasses passes)
    {
        for (int seed = 300; seed < 335; seed++)
        {
            using var scope = new ArrayScope();
            Compare(seed, isTraining, passes);
        }
    }

    [TestMethod]
    public void Random_graphs_compute_the_same_inline()
    {
        Engine before = Engine.Default;
        using Engine engine = Engine.Create(new EngineOptions { Kind = EngineKind.Naive });
        Engine.Default = engine;
        try
        {
            for (int seed = 400; seed < 420; seed++)
            {
                using var scope = new ArrayScope();
                Compare(seed, isTraining: true, GraphPasses.All);
            }
        }
        finally
        {
            Engine.Default = before;
        }
    }

    private static void Compare(int seed, bool isTraining, GraphPasses passes)
    {
        var random = new RandomSymbol(seed);
        Symbol symbol = random.Symbol;
        using Executor shapes = Executor.SimpleBind(symbol, random.Shapes, GradientRequests.None);
        Node[] variables = [.. symbol.Graph.Nodes.Where(node => node.IsVariable)];
        NDArray[] values = random.Arrays(variables, shapes);
        Dictionary<string, NDArray> byName = variables
            .Zip(values)
            .ToDictionary(pair => pair.First.Name, pair => pair.Second);
        var choice = new Random(seed);
        GradientRequest[] requests =
        [
            .. symbol.ListArguments().Select(_ => (GradientRequest)new[] { 0, 1, 1, 3 }[choice.Next(4)]),
        ];
        NDArray[] headGradients =
        [
            .. shapes.Outputs.Select(output => NDArray.Full(output.Shape, choice.NextDouble() + 0.5, output.DType)),
        ];
        var expected = new ImperativeRun(
            symbol,
            byName,
            GradientRequests.InOrder(requests),
            isTraining,
            headGradients,
            (ulong)seed
        );

        var cached = new CachedOp(symbol, passes);
        CollectionAssert.AreEqual(variables.Select(node => node.Name).ToArray(), cached.InputNames.ToArray());
        Dictionary<string, NDArray> arrays = byName.ToDictionary(pair => pair.Key, pair => pair.Value.Copy());
        string[] arguments = [.. symbol.ListArguments()];
        for (int i = 0; i < arguments.Length; i++)
        {
            NDArray array = arrays[arguments[i]];
            Autograd.MarkVariable(array, NDArray.Full(array.Shape, 2, array.DType), requests[i]);
        }

        NDArray[] inputs = [.. cached.InputNames.Select(name => arrays[name])];
        NDArray[] outputs;
        RandomState.Seed((ulong)seed);
        using (Autograd.Record(isTraining))
        {
            outputs = cached.Invoke(inputs);
        }

        for (int i = 0; i < outputs.Length; i++)
        {
            Close.AreEqual(expected.Outputs[i], outputs[i], $"seed {seed}, result {i}");
        }

        if (requests.All(request => request == GradientRequest.Null))
            return;
        Autograd.Backward(outputs, headGradients, training: isTraining);
        for (int i = 0; i < arguments.Length; i++)
        {
            string what = $"seed {seed}, gradient of {arguments[i]}";
            Close.AreEqual(expected.GradientOf(arguments[i]), arrays[arguments[i]].Gradient!, what);
        }

        foreach (string name in symbol.ListAuxiliaryStates())
        {
            Close.AreEqual(expected[name], arrays[name], $"seed {seed}, state {name}");
        }
    }

    [TestMethod]
    public void Every_random_call_inside_has_numbers_of_its_own()
    {
        using var scope = new ArrayScope();
        Symbol x = Symbol.Variable("x");
        Symbol Noise() => Symbol.Call("Dropout", x);
        var cached = new CachedOp(Symbol.Group([Noise(), Noise(), Noise()]));
        NDArray ones = NDArray.Ones([64]);
        string[] all;
        using (Autograd.Record())
        {
            NDArray[] results = [.. cached.Invoke([ones]), .. cached.Invoke([ones]), .. cached.Invoke([ones])];
            all = [.. results.Select(result => string.Join(' ', result.ToArray<float>()))];
        }

        Assert.AreEqual(9, all.Distinct().Count());
    }

    [TestMethod]
    public void Gradients_of_gradients_are_those_of_the_single_calls()
    {
        using var scope = new ArrayScope();
        Symbol x = Symbol.Variable("x");
        Symbol w = Symbol.Variable("w");
        var cached = new CachedOp(Symbol.Call("tanh", Symbol.Call("elemwise_mul", Symbol.Call("square", x), w)));
        NDArray[] FirstAndSecond(Func<NDArray, NDArray, NDArray> function)
        {
            NDArray a = NDArray.From([0.5f, -0.25f, 0.75f]);
            NDArray b = NDArray.From([1f, 2f, -1.5f]);
            a.AttachGradient();
            b.AttachGradient();
            using (Autograd.Record())
            {
                NDArray y = function(a, b);
                NDArray[] first = Autograd.Gradients([y], [a, b], createGraph: true);
                NDArray both = first[0] + (2 * first[1]);
                both.Backward();
                return [.. first, a.Gradient!, b.Gradient!];
            }
        }

        NDArray[] actual = FirstAndSecond((a, b) => cached.Invoke(a, b)[0]);
        NDArray[] expected = FirstAndSecond((a, b) => Imperative.Call("tanh", Imperative.Call("square", a) * b));
        for (int i = 0; i < expected.Length; i++)
        {
            Close.AreEqual(expected[i], actual[i], $"derivative {i}");
        }
    }

    [TestMethod]
    public void A_retained_graph_is_gone_through_twice()
    {
        using var scope = new ArrayScope();
        var cached = new CachedOp(Layers());
        NDArray[] inputs = Inputs(cached);
        foreach (NDArray input in inputs)
        {
            input.AttachGradient(GradientRequest.Add);
        }

        NDArray[] outputs;
        using (Autograd.Record())
        {
            outputs = cached.Invoke(inputs);
        }

        outputs[0].Backward(retainGraph: true);
        float[] once = inputs[1].Gradient!.ToArray<float>();
        outputs[0].Backward();
        float[] twice = inputs[1].Gradient!.ToArray<float>();
        for (int i = 0; i < once.Length; i++)
        {
            Assert.AreEqual(2 * once[i], twice[i]);
        }

        Assert.Throws<EngineException>(() => outputs[0].Backward());
    }

    [TestMethod]
    public void Shapes_and_types_may_change_from_call_to_call()
    {
        using var scope = new ArrayScope();
        var cached = new CachedOp(Symbol.Call("relu", Symbol.Variable("x") * 2));
        foreach (int length in new[] { 3, 5, 3, 8, 5 })
        {
            float[] values = [.. Enumerable.Range(0, length).Select(i => i - 1.5f)];
            float[] doubled = [.. values.Select(x => Math.Max(2 * x, 0))];
            CollectionAssert.AreEqual(doubled, cached.Invoke(NDArray.From(values))[0].ToArray<float>());
            CollectionAssert.AreEqual(
                doubled.Select(x => (double)x).ToArray(),
                cached.Invoke(NDArray.From(values).AsType(DType.Float64))[0].ToArray<double>()
            );
        }
    }

    [TestMethod]
    public void Results_that_are_variables_or_one_another_are_arrays_of_their_own()
    {
        using var scope = new ArrayScope();
        Symbol x = Symbol.Variable("x");
        Symbol y = Symbol.Call("square", x);
        var cached = new CachedOp(Symbol.Group(x, y, y));
        NDArray input = NDArray.From([1f, 2f]);
        NDArray[] outputs = cached.Invoke(input);
        outputs[1].Fill(0);
        CollectionAssert.AreEqual(new[] { 1f, 2f }, outputs[0].ToArray<float>());
        CollectionAssert.AreEqual(new[] { 1f, 4f }, outputs[2].ToArray<float>());
        outputs[0].Fill(7);
        CollectionAssert.AreEqual(new[] { 1f, 2f }, input.ToArray<float>());
    }

    [TestMethod]
    public void Any_number_of_threads_may_call_it()
    {
        var cached = new CachedOp(Layers());
        Parallel.For(
            0,
            8,
            thread =>
            {
                using var scope = new ArrayScope();
                NDArray[] inputs = Inputs(cached, seed: thread);
                float[] expected = cached.Invoke(inputs)[0].ToArray<float>();
                float[]? gradient = null;
                inputs[1].AttachGradient();
                for (int i = 0; i < 50; i++)
                {
                    CollectionAssert.AreEqual(expected, cached.Invoke(inputs)[0].ToArray<float>());
                    using (Autograd.Record())
                    {
                        cached.Invoke(inputs)[0].Backward();
                    }

                    gradient ??= inputs[1].Gradient!.ToArray<float>();
                    CollectionAssert.AreEqual(gradient, inputs[1].Gradient!.ToArray<float>());
                }
            }
        );
    }

    [TestMethod]
    public void A_replay_into_given_arrays_allocates_nothing()
    {
        using var scope = new ArrayScope();
        var cached = new CachedOp(Layers());
        NDArray[] inputs = Inputs(cached);
        NDArray[] outputs = cached.Invoke(inputs);
        void Replay(int count)
        {
            for (int i = 0; i < count; i++)
            {
                cached.Invoke(inputs, outputs);
            }

            Engine.Default.WaitForAll();
        }

        Replay(2000);
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 5; attempt++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            Replay(1000);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        // The test runner's own threads may allocate a little.
        Assert.IsLessThan(1000, least, $"{least} bytes in 1,000 calls");
    }

    [TestMethod]
    public void A_failing_kernel_is_named()
    {
        using var scope = new ArrayScope();
        BoundOperator failing = new OperatorDef("failing")
        {
            Kernel = static (ref _) => throw new InvalidOperationException("no luck"),
        }.Bind();
        var node = new Node(failing, "unlucky", [Symbol.Variable("x").Entries[0]]);
        var cached = new CachedOp(Symbol.Call("square", new Symbol(new NodeEntry(node, 0))));
        NDArray output = cached.Invoke(NDArray.Ones(new Shape(2)))[0];
        OperationException error = Assert.Throws<OperationException>(() => output.ToArray<float>());
        StringAssert.Contains(error.InnerException!.Message, "unlucky");
        try
        {
            Engine.Default.WaitForAll();
        }
        catch (OperationException)
        {
            // Reported once more to those who wait for all.
        }
    }

    [TestMethod]
    public void Wrong_calls_are_refused_with_the_names()
    {
        using var scope = new ArrayScope();
        var cached = new CachedOp(Layers());
        NDArray[] inputs = Inputs(cached);
        EngineException missing = Assert.Throws<EngineException>(() => cached.Invoke(inputs.AsSpan(0, 1)));
        StringAssert.Contains(missing.Message, "fc1_weight");
        ShapeMismatchException wrong = Assert.Throws<ShapeMismatchException>(() =>
            cached.Invoke([NDArray.Zeros(new Shape(4, 99)), .. inputs[1..]])
        );
        StringAssert.Contains(wrong.Message, "fc1");
        EngineException outputs = Assert.Throws<EngineException>(() => cached.Invoke(inputs, []));
        StringAssert.Contains(outputs.Message, "0 output arrays");
    }

    private static Symbol Layers()
    {
        Symbol hidden = Symbol.Call(
            "FullyConnected",
            [Symbol.Variable("data")],
            "fc1",
            new Dictionary<string, string> { ["num_hidden"] = "6" }
        );
        return Symbol.Call(
            "FullyConnected",
            [Symbol.Call("tanh", hidden)],
            "fc2",
            new Dictionary<string, string> { ["num_hidden"] = "2" }
        );
    }

    private static NDArray[] Inputs(CachedOp cached, int seed = 1)
    {
        var random = new Random(seed);
        var shapes = new Dictionary<string, Shape>
        {
            ["data"] = new(4, 5),
            ["fc1_weight"] = new(6, 5),
            ["fc1_bias"] = new(6),
            ["fc2_weight"] = new(2, 6),
            ["fc2_bias"] = new(2),
        };
        return
        [
            .. cached.InputNames.Select(name =>
            {
                Shape shape = shapes[name];
                return NDArray.From(
                    [.. Enumerable.Range(0, (int)shape.Size).Select(_ => (float)random.NextDouble() - 0.5f)],
                    shape
                );
            }),
        ];
    }
}
