using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine.Tests.Executors;

/// <summary>What executors promise beside the numbers: arrays, sharing, shapes, monitors, errors.</summary>
[TestClass]
[DoNotParallelize]
public sealed unsafe class ExecutorTests : EngineTestBase
{
    private static Symbol Layer(string name, int hidden, Symbol input) =>
        Symbol.Call(
            "FullyConnected",
            [input],
            name,
            new Dictionary<string, string> { ["num_hidden"] = hidden.ToString() }
        );

    private static Symbol Net() =>
        Layer("fc2", 2, Symbol.Call("tanh", [Layer("fc1", 6, Symbol.Variable("data"))], "act"));

    private static Executor Bind(int batch = 4, GradientRequests? requests = null, BindOptions? options = null)
    {
        Executor executor = Executor.SimpleBind(
            Net(),
            new Dictionary<string, Shape> { ["data"] = new(batch, 5) },
            requests,
            options: options
        );
        var random = new Random(3);
        foreach (NDArray argument in executor.Arguments)
        {
            argument.CopyFrom<float>([
                .. Enumerable.Range(0, (int)argument.Size).Select(_ => (float)random.NextDouble() - 0.5f),
            ]);
        }

        return executor;
    }

    [TestMethod]
    public void Results_are_the_same_arrays_after_every_run()
    {
        using Executor executor = Bind();
        NDArray first = executor.Forward()[0];
        float[] before = first.ToArray<float>();
        executor["data"].Fill(0);
        Assert.AreSame(first, executor.Forward()[0]);
        CollectionAssert.AreNotEqual(before, first.ToArray<float>());
        CollectionAssert.AreEqual(new[] { "fc2_output" }, executor.OutputNames.ToArray());
        CollectionAssert.AreEqual(
            new[] { "data", "fc1_weight", "fc1_bias", "fc2_weight", "fc2_bias" },
            executor.ArgumentNames.ToArray()
        );
    }

    [TestMethod]
    public void Backward_makes_up_a_missing_forward_and_may_be_repeated()
    {
        using Executor executor = Bind();
        executor.Backward();
        float[] first = executor.GradientOf("fc1_weight")!.ToArray<float>();
        executor.Forward(isTraining: true);
        EngineException wrong = Assert.Throws<EngineException>(() =>
            executor.Backward([NDArray.Zeros(new Shape(2, 4))])
        );
        StringAssert.Contains(wrong.Message, "fc2_output");
        executor.Backward();
        float[] once = executor.GradientOf("fc1_weight")!.ToArray<float>();
        CollectionAssert.AreEqual(first, once);
        using NDArray twos = NDArray.Full(new Shape(4, 2), 2, DType.Float64);
        executor.Backward([twos]);
        CollectionAssert.AreEqual(
            once.Select(x => 2 * x).ToArray(),
            executor.GradientOf("fc1_weight")!.ToArray<float>()
        );
        executor.Backward();
        CollectionAssert.AreEqual(once, executor.GradientOf("fc1_weight")!.ToArray<float>());
        using Executor prediction = Bind(requests: GradientRequests.None);
        prediction.Forward();
        Assert.Throws<EngineException>(() => prediction.Backward());
    }

    [TestMethod]
    public void A_repeated_backward_sees_the_same_random_numbers()
    {
        Symbol dropped = Symbol.Call("Dropout", [Symbol.Variable("x")], "drop");
        using NDArray x = NDArray.Ones(new Shape(1000));
        using NDArray gradient = NDArray.Zeros(new Shape(1000));
        using Executor executor = Executor.Bind(dropped, [x], [gradient]);
        float[] output = executor.Forward(isTraining: true)[0].ToArray<float>();
        executor.Backward();
        CollectionAssert.AreEqual(output, gradient.ToArray<float>());
        gradient.Fill(0);
        executor.Backward();
        CollectionAssert.AreEqual(output, gradient.ToArray<float>());
        CollectionAssert.AreNotEqual(output, executor.Forward(isTraining: true)[0].ToArray<float>());
    }

    [TestMethod]
    public void Runs_allocate_nothing()
    {
        using Executor executor = Bind();
        void Run(int count)
        {
            for (int i = 0; i < count; i++)
            {
                executor.Forward(isTraining: true);
                executor.Backward();
            }

            Engine.Default.WaitForAll();
        }

        Run(2000);
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 5; attempt++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            Run(1000);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        // The test runner's own threads may allocate a little.
        Assert.IsLessThan(1000, least, $"{least} bytes in 1,000 runs");
    }

    [TestMethod]
    public void Constant_parameters_keep_the_values_of_the_first_run()
    {
        string[] names = ["fc1_weight", "fc1_bias", "fc2_weight", "fc2_bias"];
        using Executor plain = Bind(requests: GradientRequests.None);
        using Executor constant = Bind(
            requests: GradientRequests.None,
            options: new BindOptions { ConstantParameters = names }
        );
        Close.AreEqual(plain.Forward()[0], constant.Forward()[0], "first run");
        plain["data"].Fill(0.5);
        constant["data"].Fill(0.5);
        Close.AreEqual(plain.Forward()[0], constant.Forward()[0], "other data");
        Close.AreEqual(plain.Forward(isTraining: true)[0], constant.Forward(isTraining: true)[0], "training mode");
    }

    [TestMethod]
    public void Gradients_are_overwritten_added_or_left_alone()
    {
        using Executor executor = Bind(
            requests: GradientRequests.ByName(
                new Dictionary<string, GradientRequest>
                {
                    ["fc2_bias"] = GradientRequest.Add,
                    ["fc1_bias"] = GradientRequest.Write,
                }
            )
        );
        Assert.IsNull(executor.GradientOf("data"));
        for (int i = 0; i < 3; i++)
        {
            executor.Forward(isTraining: true);
            executor.Backward();
        }

        CollectionAssert.AreEqual(new[] { 12f, 12f }, executor.GradientOf("fc2_bias")!.ToArray<float>());
        float[] written = executor.GradientOf("fc1_bias")!.ToArray<float>();
        executor.Forward(isTraining: true);
        executor.Backward();
        CollectionAssert.AreEqual(written, executor.GradientOf("fc1_bias")!.ToArray<float>());
        EngineException unknown = Assert.Throws<EngineException>(() =>
            Bind(requests: GradientRequests.Of(["fc9_bias"]))
        );
        StringAssert.Contains(unknown.Message, "fc9_bias");
    }

    [TestMethod]
    public void A_variable_may_be_a_result_and_a_result_may_be_there_twice()
    {
        Symbol x = Symbol.Variable("x");
        Symbol y = Symbol.Call("square", [x], "y");
        using NDArray value = NDArray.From([1f, 2f, 3f]);
        using NDArray gradient = NDArray.Zeros(new Shape(3));
        using Executor executor = Executor.Bind(Symbol.Group(x, y, y), [value], [gradient]);
        IReadOnlyList<NDArray> outputs = executor.Forward(isTraining: true);
        CollectionAssert.AreEqual(new[] { 1f, 2f, 3f }, outputs[0].ToArray<float>());
        CollectionAssert.AreEqual(new[] { 1f, 4f, 9f }, outputs[1].ToArray<float>());
        CollectionAssert.AreEqual(new[] { 1f, 4f, 9f }, outputs[2].ToArray<float>());
        executor.Backward();
        CollectionAssert.AreEqual(new[] { 5f, 9f, 13f }, gradient.ToArray<float>());
    }

    [TestMethod]
    public void The_caller_may_let_go_of_his_arrays()
    {
        NDArray value = NDArray.From([1f, 2f, 3f]);
        using Executor executor = Executor.Bind(Symbol.Call("square", Symbol.Variable("x")), [value]);
        value.Dispose();
        CollectionAssert.AreEqual(new[] { 1f, 4f, 9f }, executor.Forward()[0].ToArray<float>());
    }

    [TestMethod]
    public void A_sparse_argument_is_made_dense_where_a_kernel_needs_it()
    {
        using NDArray rows = NDArray.From([1f, 2f, 3f, 4f], new Shape(2, 2));
        using NDArray indices = NDArray.From([0L, 2L]);
        using NDArray sparse = NDArray.RowSparse(rows, indices, new Shape(3, 2));
        using NDArray other = NDArray.Ones(new Shape(3, 2));
        using NDArray gradient = NDArray.Zeros(new Shape(3, 2));
        Symbol product = Symbol.Call("elemwise_mul", Symbol.Call("square", Symbol.Variable("x")), Symbol.Variable("w"));
        using Executor executor = Executor.Bind(product, [sparse, other], [null, gradient]);
        for (int i = 0; i < 2; i++)
        {
            float[] expected = [1, 4, 0, 0, 9, 16];
            CollectionAssert.AreEqual(expected, executor.Forward(isTraining: true)[0].ToArray<float>());
            executor.Backward();
            CollectionAssert.AreEqual(expected, gradient.ToArray<float>());
        }
    }

    [TestMethod]
    public void A_smaller_executor_shares_the_arrays_and_the_memory_of_a_larger_one()
    {
        using Executor large = Bind(batch: 8);
        using Executor same = Bind(batch: 3);
        float[] expected = same.Forward()[0].ToArray<float>();
        using Executor small = large.Reshape(new Dictionary<string, Shape> { ["data"] = new(3, 5) });
        foreach (string name in same.ArgumentNames)
        {
            same[name].CopyTo(small[name]);
        }

        CollectionAssert.AreEqual(expected, small.Forward()[0].ToArray<float>());
        // The weights are the same arrays, the data the first rows.
        CollectionAssert.AreEqual(same["fc1_weight"].ToArray<float>(), large["fc1_weight"].ToArray<float>());
        CollectionAssert.AreEqual(same["data"].ToArray<float>(), large["data"].ToArray<float>()[..15]);
        Assert.Throws<EngineException>(() => large.Reshape(new Dictionary<string, Shape> { ["data"] = new(9, 5) }));
        using Executor grown = large.Reshape(new Dictionary<string, Shape> { ["data"] = new(9, 5) }, allowGrowth: true);
        Assert.AreEqual(new Shape(9, 2), grown.Outputs[0].Shape);
        EngineException changed = Assert.Throws<EngineException>(() =>
            large.Reshape(new Dictionary<string, Shape> { ["data"] = new(8, 4) })
        );
        StringAssert.Contains(changed.Message, "fc1_weight");
        using Executor partial = large.Reshape(
            new Dictionary<string, Shape> { ["data"] = new(8, 4) },
            allowPartial: true
        );
        Assert.AreEqual(new Shape(6, 4), partial["fc1_weight"].Shape);
    }

    [TestMethod]
    public void Executors_that_share_memory_take_turns()
    {
        using Executor first = Bind(batch: 64);
        using Executor second = Bind(batch: 32, options: new BindOptions { SharedExecutor = first });
        float[] expectedFirst = first.Forward(isTraining: true)[0].ToArray<float>();
        float[] expectedSecond = second.Forward(isTraining: true)[0].ToArray<float>();
        for (int i = 0; i < 50; i++)
        {
            first.Outputs[0].Fill(0);
            second.Outputs[0].Fill(0);
            first.Forward(isTraining: true);
            first.Backward();
            second.Forward(isTraining: true);
            second.Backward();
            CollectionAssert.AreEqual(expectedFirst, first.Outputs[0].ToArray<float>());
            CollectionAssert.AreEqual(expectedSecond, second.Outputs[0].ToArray<float>());
        }
    }

    [TestMethod]
    public void Simple_bind_shares_parameters_and_pools_inputs()
    {
        var pool = new Dictionary<string, NDArray>();
        string[] parameters = ["fc1_weight", "fc1_bias", "fc2_weight", "fc2_bias"];
        using Executor large = Bind(batch: 8, options: new BindOptions { SharedArrays = pool });
        using Executor small = Executor.SimpleBind(
            Net(),
            new Dictionary<string, Shape> { ["data"] = new(2, 5) },
            options: new BindOptions
            {
                SharedExecutor = large,
                SharedParameters = parameters,
                SharedArrays = pool,
            }
        );
        large["fc1_weight"].Fill(0.25);
        Assert.AreEqual(0.25f, small["fc1_weight"].ToArray<float>()[7]);
        large["data"].Fill(0.5);
        Assert.AreEqual(0.5f, small["data"].ToArray<float>()[9]);
        small.Forward(isTraining: true);
        small.Backward();
        CollectionAssert.AreEqual(
            small.GradientOf("fc1_weight")!.ToArray<float>(),
            large.GradientOf("fc1_weight")!.ToArray<float>()
        );
        CollectionAssert.Contains(pool.Keys, "data");
        foreach (NDArray array in pool.Values)
        {
            array.Dispose();
        }
    }

    [TestMethod]
    public void A_monitor_sees_every_result_and_changes_none()
    {
        using Executor executor = Bind();
        float[] expected = executor.Forward(isTraining: true)[0].ToArray<float>();
        executor.Backward();
        float[] gradient = executor.GradientOf("fc1_weight")!.ToArray<float>();
        var seen = new List<(string Name, float[] Values)>();
        executor.SetMonitor(
            (name, array) =>
            {
                using (array)
                {
                    seen.Add((name, array.ToArray<float>()));
                }
            }
        );
        CollectionAssert.AreEqual(expected, executor.Forward(isTraining: true)[0].ToArray<float>());
        CollectionAssert.AreEqual(
            new[] { "fc1_output", "act_output", "fc2_output" },
            seen.Select(one => one.Name).ToArray()
        );
        CollectionAssert.AreEqual(expected, seen[2].Values);
        float[] activation = seen[0].Values;
        Assert.AreEqual(MathF.Tanh(activation[3]), seen[1].Values[3], 1e-6f);
        seen.Clear();
        executor.Backward();
        Assert.IsTrue(seen.Exists(one => one.Values.SequenceEqual(gradient)));
        executor.SetMonitor(null);
        CollectionAssert.AreEqual(expected, executor.Forward()[0].ToArray<float>());
    }

    [TestMethod]
    public void A_forward_pass_can_be_made_node_by_node()
    {
        using Executor executor = Bind();
        float[] expected = executor.Forward(isTraining: true)[0].ToArray<float>();
        executor.Outputs[0].Fill(0);
        int step = 0;
        int left;
        do
        {
            left = executor.PartialForward(step++, isTraining: true);
        } while (left > 0);

        Assert.AreEqual(8, step);
        CollectionAssert.AreEqual(expected, executor.Outputs[0].ToArray<float>());
        executor.Backward();
        CollectionAssert.AreEqual(new[] { 4f, 4f }, executor.GradientOf("fc2_bias")!.ToArray<float>());
        Assert.AreEqual(0, executor.PartialForward(99));
    }

    [TestMethod]
    public void Groups_run_on_their_own_devices_with_the_same_results()
    {
        Symbol Grouped()
        {
            Symbol data = Symbol.Variable("data");
            Symbol first;
            using (new AttributeScope("ctx_group", "one"))
            {
                first = Layer("fc1", 6, data);
            }

            using (new AttributeScope("ctx_group", "two"))
            {
                return Layer("fc2", 2, Symbol.Call("tanh", [first], "act"));
            }
        }

        var shapes = new Dictionary<string, Shape> { ["data"] = new(4, 5) };
        var groups = new Dictionary<string, Device> { ["one"] = Device.Cpu(1), ["two"] = Device.Cpu(2) };
        using Executor plain = Bind();
        using Executor grouped = Executor.SimpleBind(
            Grouped(),
            shapes,
            options: new BindOptions { GroupDevices = groups }
        );
        Assert.AreEqual(Device.Cpu(1), grouped["fc1_weight"].Device);
        Assert.AreEqual(Device.Cpu(2), grouped["fc2_weight"].Device);
        Assert.AreEqual(Device.Cpu(2), grouped.Outputs[0].Device);
        foreach (string name in plain.ArgumentNames)
        {
            grouped[name].CopyFrom<float>(plain[name].ToArray<float>());
        }

        for (int i = 0; i < 10; i++)
        {
            float[] expected = plain.Forward(isTraining: true)[0].ToArray<float>();
            CollectionAssert.AreEqual(expected, grouped.Forward(isTraining: true)[0].ToArray<float>());
            plain.Backward();
            grouped.Backward();
            foreach (string name in plain.ArgumentNames)
            {
                CollectionAssert.AreEqual(
                    plain.GradientOf(name)!.ToArray<float>(),
                    grouped.GradientOf(name)!.ToArray<float>(),
                    name
                );
            }
        }
    }

    [TestMethod]
    public void A_failing_kernel_is_named_and_harms_no_later_run()
    {
        bool fails = true;
        BoundOperator failing = new OperatorDef("failing")
        {
            Kernel = (ref context) =>
            {
                if (Volatile.Read(ref fails))
                    throw new InvalidOperationException("no luck");
                context.Output(0).As<float>()[0] = 1;
            },
        }.Bind();
        Symbol x = Symbol.Variable("x");
        var node = new CoreEngine.Graphs.Node(failing, "unlucky", [x.Entries[0]]);
        using NDArray value = NDArray.Zeros(new Shape(1));
        using Executor executor = Executor.Bind(
            Symbol.Call("square", new Symbol(new CoreEngine.Graphs.NodeEntry(node, 0))),
            [value]
        );
        executor.Forward();
        OperationException error = Assert.Throws<OperationException>(() => executor.Outputs[0].ToArray<float>());
        StringAssert.Contains(error.Message, "unlucky");
        Volatile.Write(ref fails, false);
        executor.Forward();
        CollectionAssert.AreEqual(new[] { 1f }, executor.Outputs[0].ToArray<float>());
        try
        {
            Engine.Default.WaitForAll();
        }
        catch (OperationException)
        {
            // It was thrown above; WaitForAll reports it once more where nobody has waited for all.
        }
    }

    [TestMethod]
    public void Wrong_bindings_are_refused_with_the_names()
    {
        using NDArray x = NDArray.Zeros(new Shape(4, 5));
        EngineException few = Assert.Throws<EngineException>(() => Executor.Bind(Net(), [x]));
        StringAssert.Contains(few.Message, "fc1_weight");
        using NDArray elsewhere = NDArray.Zeros(new Shape(3), device: Device.Cpu(1));
        using NDArray here = NDArray.Zeros(new Shape(3));
        Symbol sum = Symbol.Call("elemwise_add", Symbol.Variable("a"), Symbol.Variable("b"));
        EngineException device = Assert.Throws<EngineException>(() => Executor.Bind(sum, [here, elsewhere]));
        StringAssert.Contains(device.Message, "'b'");
        using NDArray wrong = NDArray.Zeros(new Shape(2));
        EngineException gradient = Assert.Throws<EngineException>(() =>
            Executor.Bind(sum, [here, here], [wrong, null])
        );
        StringAssert.Contains(gradient.Message, "'a'");
        EngineException name = Assert.Throws<EngineException>(() =>
        {
            using Executor executor = Bind();
            _ = executor["fc3_weight"];
        });
        StringAssert.Contains(name.Message, "fc3_weight");
    }
}
