using CoreEngine.Kernels;
using CoreEngine.Runtime;

namespace CoreEngine.Operators.Tests;

/// <summary>A fused program gives, to the bit, what its single calls give: whatever the tiles, types and requests.</summary>
[TestClass]
public sealed class FusedPointwiseTests
{
    // Several tiles, the last one short and no multiple of any vector.
    private static readonly Shape s_full = new(3, 5, 1367);

    private static readonly Shape[] s_repeated = [new(1), new(1367), new(5, 1), new(3, 1, 1), new(3, 1, 1367)];

    private static readonly DType[] s_types =
    [
        DType.Float32,
        DType.Float64,
        DType.Float16,
        DType.Int32,
        DType.UInt8,
        DType.Int64,
    ];

    public static IEnumerable<object[]> Names => PointwiseOperators.Names.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Every_operator_that_says_so_is_pointwise(string name)
    {
        int tried = 0;
        foreach (DType dtype in s_types)
        {
            var random = new Random(5);
            BoundOperator op = PointwiseOperators.Draw(name, s_full, random);
            using var one = new PointwiseCase([
                .. Enumerable.Range(0, op.InputCount).Select(_ => NativeTensor.Random(s_full, dtype, random)),
            ]);
            if (!one.TryAdd(op, [.. Enumerable.Range(0, op.InputCount)]))
                continue;
            tried++;
            AssertSame(one, [.. Enumerable.Range(op.InputCount, op.OutputCount)], $"{op} of {dtype}");
        }

        Assert.IsGreaterThan(0, tried, $"{name} accepted nothing.");
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Operators_that_broadcast_take_repeated_inputs(string name)
    {
        var random = new Random(8);
        BoundOperator op = PointwiseOperators.Draw(name, s_full, random);
        foreach (Shape shape in s_repeated)
        {
            for (int repeated = 0; repeated < op.InputCount; repeated++)
            {
                Shape[] shapes = [.. Enumerable.Repeat(s_full, op.InputCount)];
                shapes[repeated] = shape;
                using var one = new PointwiseCase([
                    .. shapes.Select(s => NativeTensor.Random(s, DType.Float32, random)),
                ]);
                if (one.TryAdd(op, [.. Enumerable.Range(0, op.InputCount)]) && one.Values[^1].View.Shape == s_full)
                    AssertSame(one, [one.Values.Count - 1], $"{op}, input {repeated} of {shape}");
            }
        }
    }

    [TestMethod]
    public void Random_programs_give_the_bits_of_their_single_calls()
    {
        int steps = 0;
        for (int seed = 0; seed < 80; seed++)
        {
            using PointwiseCase one = DrawProgram(seed);
            var random = new Random(seed + 1000);
            AssertSame(one, DrawOutputs(one, random), $"seed {seed}");
            steps += one.Steps.Count;
        }

        Assert.IsGreaterThan(500, steps);
    }

    [TestMethod]
    public void Every_request_is_honoured()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            using PointwiseCase one = DrawProgram(seed);
            var random = new Random(seed + 2000);
            int[] outputs = DrawOutputs(one, random);
            Request[] requests =
            [
                .. outputs.Select(_ =>
                    random.Next(3) switch
                    {
                        0 => Request.Null,
                        1 => Request.Write,
                        _ => Request.Add,
                    }
                ),
            ];
            NativeTensor[] targets =
            [
                .. outputs.Select(value =>
                    NativeTensor.Random(one.Values[value].View.Shape, one.Values[value].View.DType, random)
                ),
            ];
            NativeTensor[] expected = [.. targets.Select(target => target.Copy())];
            for (int i = 0; i < outputs.Length; i++)
            {
                if (requests[i] == Request.Write)
                    one.Values[outputs[i]].Bytes.CopyTo(expected[i].Bytes);
                else if (requests[i] == Request.Add)
                    AddExpected(one, outputs[i], expected[i]);
            }

            BoundOperator fused = one.Bind(outputs);
            PointwiseCase.Run(fused, Inputs(one), [.. targets.Select(target => target.View)], requests);
            for (int i = 0; i < outputs.Length; i++)
            {
                AssertBits(expected[i], targets[i], $"seed {seed}, output {i} of {fused}, {requests[i]}");
            }

            Array.ForEach([.. targets, .. expected], tensor => tensor.Dispose());
        }
    }

    [TestMethod]
    public void Outputs_may_take_the_places_of_inputs()
    {
        int shared = 0;
        for (int seed = 0; seed < 80; seed++)
        {
            using PointwiseCase one = DrawProgram(seed);
            var random = new Random(seed + 3000);
            int[] outputs = DrawOutputs(one, random);
            NativeTensor[] inputs = [.. one.Values.Take(one.InputCount).Select(input => input.Copy())];
            var free = new List<NativeTensor>(inputs);
            List<NativeTensor> own = [];
            var targets = new TensorView[outputs.Length];
            for (int i = 0; i < outputs.Length; i++)
            {
                NativeTensor value = one.Values[outputs[i]];
                NativeTensor? place = free.Find(input => input.Bytes.Length == value.Bytes.Length);
                if (place is null)
                {
                    own.Add(place = new NativeTensor(value.View.Shape, value.View.DType));
                }
                else
                {
                    free.Remove(place);
                    shared++;
                }

                unsafe
                {
                    targets[i] = new TensorView(place.View.Data, value.View.Shape, value.View.DType);
                }
            }

            BoundOperator fused = one.Bind(outputs);
            PointwiseCase.Run(fused, [.. inputs.Select(input => input.View)], targets);
            for (int i = 0; i < outputs.Length; i++)
            {
                AssertBits(one.Values[outputs[i]].Bytes, Bytes(targets[i]), $"seed {seed}, output {i} of {fused}");
            }

            Array.ForEach([.. inputs, .. own], tensor => tensor.Dispose());
        }

        Assert.IsGreaterThan(25, shared);
    }

    [TestMethod]
    public void Results_do_not_depend_on_the_number_of_threads()
    {
        KernelTeam before = KernelTeam.Default;
        try
        {
            foreach (int size in (int[])[1, 2, 3, 7])
            {
                using var team = new KernelTeam(size);
                KernelTeam.Default = team;
                for (int seed = 0; seed < 20; seed++)
                {
                    using PointwiseCase one = DrawProgram(seed);
                    AssertSame(one, DrawOutputs(one, new Random(seed)), $"{size} threads, seed {seed}");
                }
            }
        }
        finally
        {
            KernelTeam.Default = before;
        }
    }

    [TestMethod]
    public void Repeated_calls_allocate_nothing()
    {
        using PointwiseCase one = DrawProgram(3);
        int[] outputs = DrawOutputs(one, new Random(3));
        BoundOperator fused = one.Bind(outputs);
        NativeTensor[] targets =
        [
            .. outputs.Select(value => new NativeTensor(one.Values[value].View.Shape, one.Values[value].View.DType)),
        ];
        TensorView[] inputs = Inputs(one);
        TensorView[] views = [.. targets.Select(target => target.View)];
        Request[] requests = [.. targets.Select(_ => Request.Write)];
        using var scratch = new ScratchArena();
        for (int i = 0; i < 3; i++)
        {
            PointwiseCase.Run(fused, inputs, views, requests, scratch);
            scratch.Reset();
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++)
        {
            PointwiseCase.Run(fused, inputs, views, requests, scratch);
            scratch.Reset();
        }

        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - allocated);
        Array.ForEach(targets, target => target.Dispose());
    }

    [TestMethod]
    public void Rows_of_several_tiles_and_large_results_give_the_same_bits()
    {
        // Factors per channel, rows that no tile length divides; with the second shape results pass by the caches.
        foreach (Shape full in (Shape[])[new(3, 20011), new(2, 3_500_003)])
        {
            var random = new Random(4);
            using var one = new PointwiseCase([
                new NativeTensor(full, DType.Float32),
                NativeTensor.Random(new Shape(full[0], 1), DType.Float32, random),
                NativeTensor.Random(new Shape(1, 1), DType.Float32, random),
                NativeTensor.Random(new Shape(full[1]), DType.Float32, random),
            ]);
            random.NextBytes(one.Values[0].Bytes);
            Assert.IsTrue(one.TryAdd(OperatorRegistry.Default["broadcast_mul"].Bind(), 0, 1));
            Assert.IsTrue(one.TryAdd(OperatorRegistry.Default["broadcast_sub"].Bind(), 2, 4));
            Assert.IsTrue(one.TryAdd(OperatorRegistry.Default["broadcast_maximum"].Bind(), 3, 5));
            Assert.IsTrue(one.TryAdd(OperatorRegistry.Default["broadcast_hypot"].Bind(), 1, 3));
            Assert.IsTrue(one.TryAdd(OperatorRegistry.Default["elemwise_add"].Bind(), 6, 7));
            AssertSame(one, [8, 5], $"{full}");
        }
    }

    [TestMethod]
    public unsafe void Inputs_that_only_tell_a_shape_need_no_memory()
    {
        using var one = new PointwiseCase([
            NativeTensor.Random(s_full, DType.Float32, new Random(1)),
            NativeTensor.Random(s_full, DType.Float32, new Random(2)),
            NativeTensor.Random(new Shape(5, 1), DType.Float32, new Random(3)),
        ]);
        BoundOperator sums = OperatorRegistry.Default["_backward_broadcast_elemwise_sub"].Bind();
        Assert.IsTrue(one.TryAdd(sums, 0, 1, 1));
        Assert.IsTrue(one.TryAdd(OperatorRegistry.Default["ones_like"].Bind(), 1));
        Assert.IsTrue(one.TryAdd(OperatorRegistry.Default["broadcast_add"].Bind(), 3, 2));
        BoundOperator fused = one.Bind(4, 5, 6);
        CollectionAssert.AreEqual((int[])[1], fused.ShapeOnlyInputs);
        TensorView[] inputs = Inputs(one);
        inputs[1] = TensorView.Nothing(inputs[1].Shape, inputs[1].DType);
        NativeTensor[] targets = [.. Enumerable.Range(0, 3).Select(_ => new NativeTensor(s_full, DType.Float32))];
        PointwiseCase.Run(fused, inputs, [.. targets.Select(target => target.View)]);
        for (int i = 0; i < targets.Length; i++)
        {
            AssertBits(one.Values[4 + i], targets[i], $"output {i}");
            targets[i].Dispose();
        }
    }

    [TestMethod]
    public void Steps_that_are_not_pointwise_over_these_shapes_are_refused()
    {
        const string Program = "t0 = where(x0, x1, x2); return t0";
        NDArray condition = NDArray.Ones(new Shape(4));
        NDArray x = NDArray.Ones(new Shape(4, 3));
        var attributes = new Dictionary<string, string> { ["num_args"] = "3", ["program"] = Program };
        ShapeMismatchException error = Assert.ThrowsExactly<ShapeMismatchException>(() =>
            Imperative.Invoke("_fused_pointwise", [condition, x, x], attributes)
        );
        StringAssert.Contains(error.Message, "step 0 of the program, where");
        NDArray full = Imperative.Invoke("_fused_pointwise", [x, x, x], attributes)[0];
        Assert.AreEqual(x.Shape, full.Shape);
    }

    [TestMethod]
    public void Gradients_are_those_of_the_steps() =>
        GradientCheck.Run(
            new GradientCase("_fused_pointwise", [2, 3], [2, 3], [3])
            {
                Attributes =
                {
                    ["num_args"] = "3",
                    ["program"] =
                        "t0 = elemwise_mul(x0, x1); t1 = tanh(t0); t2 = broadcast_add(t1, x2); "
                        + "t3 = elemwise_mul(t1, t2); t4 = square(t3); return t4, t1",
                },
                Twice = true,
            }
        );

    private static PointwiseCase DrawProgram(int seed)
    {
        var random = new Random(seed);
        string[] names = [.. PointwiseOperators.Names];
        DType main = s_types[random.Next(3)];
        var inputs = new List<NativeTensor>();
        for (int i = random.Next(1, 5); i > 0; i--)
        {
            bool isFull = inputs.Count == 0 || random.Next(3) > 0;
            bool isOther = isFull && inputs.Count > 0 && random.Next(4) == 0;
            DType dtype = isOther ? s_types[random.Next(s_types.Length)] : main;
            Shape shape = isFull ? s_full : s_repeated[random.Next(s_repeated.Length)];
            inputs.Add(NativeTensor.Random(shape, dtype, random));
        }

        var one = new PointwiseCase([.. inputs]);
        int wanted = random.Next(2, 16);
        // Inputs first, so that all are taken; then whatever comes.
        for (int i = 0; i < one.InputCount; i++)
        {
            bool isFull = one.Values[i].View.Shape == s_full;
            Assert.IsTrue(
                isFull
                    ? one.TryAdd(OperatorRegistry.Default["_copy"].Bind(), i)
                    : one.TryAdd(OperatorRegistry.Default["_backward_broadcast_like"].Bind(), i, 0)
            );
        }

        while (one.Steps.Count < wanted + one.InputCount)
        {
            BoundOperator op = PointwiseOperators.Draw(names[random.Next(names.Length)], s_full, random);
            int[] arguments =
            [
                .. Enumerable
                    .Range(0, op.InputCount)
                    .Select(_ =>
                        random.Next(2) == 0
                            ? random.Next(one.Values.Count)
                            : random.Next(Math.Max(0, one.Values.Count - 3), one.Values.Count)
                    ),
            ];
            if (arguments.Any(argument => one.Values[argument].View.Shape == s_full))
                one.TryAdd(op, arguments);
        }

        return one;
    }

    /// <summary>The last value and some others.</summary>
    private static int[] DrawOutputs(PointwiseCase one, Random random)
    {
        int last = one.Values.Count - 1;
        int[] values = [.. Enumerable.Range(one.InputCount, last - one.InputCount)];
        random.Shuffle(values);
        return [last, .. values.Take(random.Next(3))];
    }

    private static TensorView[] Inputs(PointwiseCase one) =>
        [.. one.Values.Take(one.InputCount).Select(input => input.View)];

    private static void AssertSame(PointwiseCase one, int[] outputs, string what)
    {
        BoundOperator fused = one.Bind(outputs);
        NativeTensor[] targets =
        [
            .. outputs.Select(value => new NativeTensor(one.Values[value].View.Shape, one.Values[value].View.DType)),
        ];
        PointwiseCase.Run(fused, Inputs(one), [.. targets.Select(target => target.View)]);
        for (int i = 0; i < outputs.Length; i++)
        {
            AssertBits(one.Values[outputs[i]], targets[i], $"{what}: output {i} of {fused}");
        }

        Array.ForEach(targets, target => target.Dispose());
    }

    /// <summary>What a single call adds: the result of the step that makes the value, or a copy of it when others take it too.</summary>
    private static void AddExpected(PointwiseCase one, int value, NativeTensor target)
    {
        bool isTaken = one.Steps.Any(step => step.Arguments.Contains(value));
        int first = one.InputCount;
        PointwiseStep maker = one.Steps[0];
        foreach (PointwiseStep step in one.Steps)
        {
            maker = step;
            if (value < first + step.Operator.OutputCount)
                break;
            first += step.Operator.OutputCount;
        }

        if (isTaken)
        {
            PointwiseCase.Run(
                OperatorRegistry.Default["_copy"].Bind(),
                [one.Values[value].View],
                [target.View],
                [Request.Add]
            );
            return;
        }

        TensorView[] outputs =
        [
            .. Enumerable.Range(first, maker.Operator.OutputCount).Select(output => one.Values[output].View),
        ];
        outputs[value - first] = target.View;
        Request[] requests = new Request[outputs.Length];
        requests[value - first] = Request.Add;
        TensorView[] inputs = new TensorView[maker.Arguments.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            inputs[i] = one.Values[maker.Arguments[i]].View;
        }

        PointwiseCase.Run(maker.Operator, inputs, outputs, requests);
    }

    private static void AssertBits(NativeTensor expected, NativeTensor actual, string what) =>
        AssertBits(expected.Bytes, actual.Bytes, what);

    private static void AssertBits(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual, string what)
    {
        int same = expected.CommonPrefixLength(actual);
        Assert.AreEqual(expected.Length, same, $"{what}: byte {same} differs");
    }

    private static unsafe ReadOnlySpan<byte> Bytes(TensorView view) =>
        new(view.Data, (int)(view.Size * view.DType.ItemSize()));
}
