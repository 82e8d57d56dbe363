using CoreEngine.Graphs;
using CoreEngine.Runtime;

namespace CoreEngine.Tests.Executors;

/// <summary>
/// Random graphs on arrays that are stored in random ways: executors and recorded calls compute what an executor computes
/// whose arrays are all dense.
/// </summary>
[TestClass]
[DoNotParallelize]
public sealed class SparseComparisonTests : EngineTestBase
{
    private const int Rows = 6;
    private static readonly StorageType[] s_storages = [StorageType.Default, StorageType.RowSparse, StorageType.Csr];

    [TestMethod]
    [DataRow(GraphPasses.All, 300, 0)]
    [DataRow(GraphPasses.None, 100, 1000)]
    public void Random_graphs_compute_what_dense_ones_compute(GraphPasses passes, int count, int firstSeed)
    {
        for (int seed = firstSeed; seed < firstSeed + count; seed++)
        {
            Compare(seed, passes);
        }
    }

    [TestMethod]
    [DataRow(EngineKind.Naive)]
    [DataRow(EngineKind.Threaded)]
    public void Random_graphs_compute_the_same_inline_and_in_small_pieces(EngineKind kind)
    {
        Engine before = Engine.Default;
        using Engine engine = Engine.Create(
            new EngineOptions
            {
                Kind = kind,
                BulkLimit = 1,
                CpuWorkers = 3,
            }
        );
        Engine.Default = engine;
        try
        {
            for (int seed = 2000; seed < 2060; seed++)
            {
                Compare(seed, GraphPasses.All);
            }

            engine.WaitForAll();
        }
        finally
        {
            Engine.Default = before;
        }
    }

    private static void Compare(int seed, GraphPasses passes)
    {
        using var scope = new ArrayScope();
        var random = new Random(seed);
        Symbol symbol = Compose(random);
        string[] names = [.. symbol.ListArguments()];
        NDArray[] dense = [.. names.Select(_ => Values(random))];
        NDArray[] before = [.. names.Select(_ => Values(random))];
        NDArray[] headGradients = [.. symbol.ListOutputs().Select(_ => Values(random))];
        var options = new BindOptions { Passes = passes, FusionBytes = 0 };
        GradientRequest[] requests = [.. names.Select(_ => (GradientRequest)random.Next(3))];
        NDArray[] expected = Run(symbol, dense, before, requests, headGradients, new BindOptions());
        NDArray[] stored = StoredAtRandom(dense, random);
        NDArray[] gradients = StoredAtRandom(before, random);
        NDArray[] heads = StoredAtRandom(headGradients, random);
        Compare(expected, Run(symbol, stored, gradients, requests, heads, options), $"executor {seed}");
        gradients = StoredAtRandom(before, random);
        Compare(expected, RunSingly(symbol, stored, gradients, requests, heads), $"single calls {seed}");
    }

    private static Symbol Compose(Random random)
    {
        List<Symbol> values = [.. Enumerable.Range(0, 3).Select(i => Symbol.Variable($"x{i}"))];
        Symbol Pick() => values[random.Next(values.Count)];
        for (int i = 0; i < 9; i++)
        {
            values.Add(
                random.Next(9) switch
                {
                    0 => Symbol.Call("elemwise_add", [Pick(), Pick()], $"n{i}"),
                    1 => Symbol.Call("elemwise_mul", [Pick(), Pick()], $"n{i}"),
                    2 => Symbol.Call("elemwise_sub", [Pick(), Pick()], $"n{i}"),
                    3 => Symbol.Call("add_n", [Pick(), Pick(), Pick()], $"n{i}", With(("num_args", "3"))),
                    4 => Symbol.Call(
                        "cast_storage",
                        [Pick()],
                        $"n{i}",
                        With(("stype", new[] { "default", "row_sparse", "csr" }[random.Next(3)]))
                    ),
                    5 => Symbol.Call(
                        new[] { "sin", "relu", "abs", "negative", "_copy", "sigmoid", "zeros_like", "BlockGrad" }[
                            random.Next(8)
                        ],
                        [Pick()],
                        $"n{i}"
                    ),
                    6 => Symbol.Call(
                        random.Next(2) == 0 ? "_MulScalar" : "_PlusScalar",
                        [Pick()],
                        $"n{i}",
                        With(("scalar", "0.5"))
                    ),
                    7 => Symbol.Call(
                        "tanh",
                        [
                            Symbol.Call(
                                "dot",
                                [Pick(), Pick()],
                                $"d{i}",
                                With(
                                    ("transpose_a", random.Next(2) == 0 ? "True" : "False"),
                                    ("transpose_b", random.Next(4) == 0 ? "True" : "False")
                                )
                            ),
                        ],
                        $"n{i}"
                    ),
                    _ => Symbol.Call("tanh", [Pick()], $"n{i}"),
                }
            );
        }

        return random.Next(2) == 0 ? values[^1] : Symbol.Group([values[^1], values[^2]]);
    }

    private static Dictionary<string, string> With(params (string Key, string Value)[] attributes) =>
        attributes.ToDictionary(pair => pair.Key, pair => pair.Value);

    /// <summary>Numbers of which half the rows, and half of the others' elements, are zero.</summary>
    private static NDArray Values(Random random)
    {
        double[] values = new double[Rows * Rows];
        for (int row = 0; row < Rows; row++)
        {
            bool isEmpty = random.Next(2) == 0;
            for (int column = 0; column < Rows; column++)
            {
                values[(row * Rows) + column] = isEmpty || random.Next(2) == 0 ? 0 : (random.NextDouble() * 2) - 1;
            }
        }

        return NDArray.From(values, [Rows, Rows]);
    }

    private static NDArray[] StoredAtRandom(NDArray[] arrays, Random random) =>
        Array.ConvertAll(
            arrays,
            array =>
            {
                // Arrays of their own, as gradients are written.
                NDArray stored = NDArray.Zeros(s_storages[random.Next(3)], array.Shape, array.DType);
                return array.CopyTo(stored);
            }
        );

    private static NDArray[] Run(
        Symbol symbol,
        NDArray[] arguments,
        NDArray[] before,
        GradientRequest[] requests,
        NDArray[] headGradients,
        BindOptions options
    )
    {
        NDArray[] gradients = Array.ConvertAll(before, array => array.Copy());
        using Executor executor = Executor.Bind(
            symbol,
            arguments,
            gradients,
            GradientRequests.InOrder(requests),
            options: options
        );
        NDArray[] results = [];
        // The second run must not see anything of the first.
        for (int run = 0; run < 2; run++)
        {
            for (int i = 0; i < gradients.Length; i++)
            {
                before[i].CopyTo(gradients[i]);
            }

            executor.Forward(isTraining: true);
            if (requests.Any(request => request != GradientRequest.Null))
                executor.Backward(headGradients);
            results = [.. executor.Outputs.Select(output => output.Copy()), .. gradients];
        }

        return results;
    }

    private static NDArray[] RunSingly(
        Symbol symbol,
        NDArray[] arguments,
        NDArray[] gradients,
        GradientRequest[] requests,
        NDArray[] headGradients
    )
    {
        NDArray[] handles = Array.ConvertAll(arguments, array => array.Detach());
        for (int i = 0; i < handles.Length; i++)
        {
            if (requests[i] == GradientRequest.Null)
                continue;
            Autograd.MarkVariable(handles[i], gradients[i], requests[i]);
        }

        var values = new Dictionary<NodeEntry, NDArray>();
        Graph graph = symbol.Graph;
        NDArray[] heads;
        using (Autograd.Record())
        {
            foreach (Node node in graph.Nodes)
            {
                if (node.IsVariable)
                {
                    values[new NodeEntry(node, 0)] = handles[graph.Arguments.ToList().IndexOf(node)];
                    continue;
                }

                NDArray[] outputs = Imperative.Invoke(node.Operator!, [.. node.Inputs.Select(i => values[i])]);
                values[new NodeEntry(node, 0)] = outputs[0];
            }

            heads = [.. graph.Heads.Select(head => values[head])];
        }

        int[] differentiable = [.. Enumerable.Range(0, heads.Length).Where(i => heads[i].NeedsGradient)];
        // What the heads do not depend on is written in executors: with zeros.
        for (int i = 0; i < handles.Length; i++)
        {
            if (requests[i] == GradientRequest.Write)
                NDArray.Zeros([Rows, Rows], DType.Float64).CopyTo(gradients[i]);
        }

        if (differentiable.Length > 0)
        {
            Autograd.Backward(
                [.. differentiable.Select(i => heads[i])],
                [.. differentiable.Select(i => headGradients[i])]
            );
        }

        return [.. heads, .. gradients];
    }

    private static void Compare(NDArray[] expected, NDArray[] actual, string what)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            actual[i].CheckFormat();
            double[] x = expected[i].ToDense().ToArray<double>();
            double[] y = actual[i].ToDense().ToArray<double>();
            for (int j = 0; j < x.Length; j++)
            {
                Assert.AreEqual(x[j], y[j], 1e-12 * Math.Max(1, Math.Abs(x[j])), $"{what}: array {i}, element {j}");
            }
        }
    }
}
