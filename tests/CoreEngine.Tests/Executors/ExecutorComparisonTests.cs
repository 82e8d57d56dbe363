using CoreEngine.Graphs;
using CoreEngine.Runtime;

namespace CoreEngine.Tests.Executors;

/// <summary>Executors against the same calls made one by one.</summary>
[TestClass]
[DoNotParallelize]
public sealed class ExecutorComparisonTests : EngineTestBase
{
    [TestMethod]
    [DataRow(true, GraphPasses.All)]
    [DataRow(false, GraphPasses.All)]
    [DataRow(true, GraphPasses.None)]
    [DataRow(false, GraphPasses.None)]
    public void Random_graphs_compute_what_the_single_calls_compute(bool isTraining, GraphPasses passes)
    {
        for (int seed = 0; seed < 40; seed++)
        {
            using var scope = new ArrayScope();
            Compare(seed, isTraining, new BindOptions { Passes = passes, FusionBytes = 0 });
        }
    }

    [TestMethod]
    public void Random_graphs_compute_the_same_when_cheap_calls_are_repeated()
    {
        for (int seed = 100; seed < 130; seed++)
        {
            using var scope = new ArrayScope();
            Compare(seed, isTraining: true, new BindOptions { RepeatsCheapCalls = true, FusionBytes = 0 });
        }
    }

    [TestMethod]
    public void Random_graphs_compute_the_same_inline_and_in_small_pieces()
    {
        Engine before = Engine.Default;
        foreach (EngineKind kind in new[] { EngineKind.Naive, EngineKind.Threaded })
        {
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
                for (int seed = 200; seed < 230; seed++)
                {
                    using var scope = new ArrayScope();
                    Compare(seed, isTraining: true, new BindOptions { FusionBytes = 0 });
                }

                engine.WaitForAll();
            }
            finally
            {
                Engine.Default = before;
            }
        }
    }

    private static void Compare(int seed, bool isTraining, BindOptions options)
    {
        var random = new RandomSymbol(seed);
        Symbol symbol = random.Symbol;
        var choice = new Random(seed);
        GradientRequest[] requests =
        [
            .. symbol.ListArguments().Select(_ => (GradientRequest)new[] { 0, 1, 1, 3 }[choice.Next(4)]),
        ];
        using Executor executor = Executor.SimpleBind(
            symbol,
            random.Shapes,
            GradientRequests.InOrder(requests),
            options: options
        );
        Graph graph = symbol.Graph;
        Node[] variables = [.. graph.Nodes.Where(node => node.IsVariable)];
        NDArray[] values = random.Arrays(variables, executor);
        Dictionary<string, NDArray> byName = variables
            .Zip(values)
            .ToDictionary(pair => pair.First.Name, pair => pair.Second);
        NDArray[] headGradients =
        [
            .. executor.Outputs.Select(output => NDArray.Full(output.Shape, choice.NextDouble() + 0.5, output.DType)),
        ];
        var expected = new ImperativeRun(
            symbol,
            byName,
            GradientRequests.InOrder(requests),
            isTraining,
            headGradients,
            (ulong)seed
        );

        // Twice: what an earlier run left must not matter.
        for (int round = 0; round < 2; round++)
        {
            executor.CopyFrom(byName);
            foreach (NDArray? gradient in executor.Gradients)
            {
                gradient?.Fill(2);
            }

            RandomState.Seed((ulong)seed);
            IReadOnlyList<NDArray> outputs = executor.Forward(isTraining);
            if (requests.Any(request => request != GradientRequest.Null))
                executor.Backward(headGradients, isTraining);
            for (int i = 0; i < outputs.Count; i++)
            {
                Close.AreEqual(expected.Outputs[i], outputs[i], $"seed {seed}, result {i}");
            }

            for (int i = 0; i < requests.Length; i++)
            {
                string name = executor.ArgumentNames[i];
                if (requests[i] == GradientRequest.Null)
                    continue;
                // An executor says that a gradient is zero; autograd leaves the array of an unused variable alone.
                NDArray gradient = expected.GradientOf(name);
                bool isUnused = requests[i] == GradientRequest.Write && gradient.ToArray<float>().All(x => x == 2);
                if (isUnused)
                    gradient = NDArray.Zeros(gradient.Shape);
                Close.AreEqual(gradient, executor.Gradients[i]!, $"seed {seed}, gradient of {name}");
            }

            foreach (string name in executor.AuxiliaryStateNames)
            {
                Close.AreEqual(expected[name], executor[name], $"seed {seed}, state {name}");
            }
        }
    }
}
