using CoreEngine.Conformance;
using CoreEngine.Graphs;
using CoreEngine.Tests;

namespace CoreEngine.Operators.Tests;

/// <summary>
/// What rules deduce from a part of what there is to know is never refuted by the rest. Every recorded call is tried, and
/// its gradient, each with random parts of its arguments' shapes and types left out.
/// </summary>
[TestClass]
public sealed class PartialInferenceTests
{
    private const int Tries = 12;

    private static readonly GoldenFolder s_folder = new(Checkout.GoldenData);

    public static IEnumerable<string> Operators =>
        s_folder.OperatorNames.Where(name => OperatorRegistry.Default.TryGet(name, out _));

    [TestMethod]
    [DynamicData(nameof(Operators))]
    public void Shapes_deduced_from_parts_agree_with_all_shapes(string op)
    {
        foreach (OperatorCase recorded in Cases(op))
        {
            BoundOperator bound = OperatorRegistry.Default[op].Bind(recorded.Attrs);
            (Graph graph, Dictionary<Node, Shape> given) = Training(bound, recorded);
            Shape[] all = GraphInference.Shapes(graph, given);
            for (int i = 0; i < recorded.Outputs.Count; i++)
            {
                Assert.AreEqual(
                    new Shape(recorded.Outputs[i].Shape!),
                    all[graph.NumberOf(graph.Heads[i])],
                    recorded.Id
                );
            }

            Assert.IsTrue(all.All(shape => shape.IsKnown), $"{recorded.Id} is not complete");
            foreach (Node node in graph.Nodes.Where(node => node.IsVariable))
            {
                given[node] = all[graph.NumberOf(new NodeEntry(node, 0))];
            }

            var random = new Random(17);
            for (int i = 0; i < Tries; i++)
            {
                var part = given.ToDictionary(
                    pair => pair.Key,
                    // Where a label may have several forms, one of which nothing is known gets the usual one.
                    pair => Part(random, pair.Value, keepsRank: pair.Key.Name == "label")
                );
                Shape[] found = GraphInference.Shapes(graph, part);
                for (int entry = 0; entry < found.Length; entry++)
                {
                    bool agrees = ShapeInference.TryMerge(found[entry], all[entry], out Shape merged);
                    Assert.IsTrue(
                        agrees && merged == all[entry],
                        $"{recorded.Id}: {bound} from {string.Join(", ", part.Select(p => $"{p.Key} {p.Value}"))}: entry "
                            + $"{entry} is {found[entry]}, in full {all[entry]}"
                    );
                }
            }
        }
    }

    /// <summary>Shapes that make no sense end in a typed error, whatever rank and extents they have.</summary>
    [TestMethod]
    [DynamicData(nameof(Operators))]
    public void Shapes_at_random_are_deduced_from_or_refused(string op)
    {
        var random = new Random(19);
        foreach (OperatorCase recorded in Cases(op).DistinctBy(recorded => string.Join(',', recorded.Attrs)))
        {
            BoundOperator bound = OperatorRegistry.Default[op].Bind(recorded.Attrs);
            (Graph graph, Dictionary<Node, Shape> given) = Training(bound, recorded);
            for (int i = 0; i < 10 * Tries; i++)
            {
                var shapes = given.ToDictionary(pair => pair.Key, pair => Distorted(random, pair.Value));
                try
                {
                    GraphInference.Shapes(graph, shapes, assume: random.Next(2) == 0);
                }
                catch (ShapeMismatchException error)
                {
                    StringAssert.Contains(error.Message, "node '");
                }
                catch (Exception error) when (error is not OperatorException)
                {
                    string text = string.Join(", ", shapes.Select(pair => $"{pair.Key} {pair.Value}"));
                    Assert.Fail($"{recorded.Id}: {bound} of {text}: {error}");
                }
            }
        }
    }

    [TestMethod]
    [DynamicData(nameof(Operators))]
    public void Types_deduced_from_parts_agree_with_all_types(string op)
    {
        var random = new Random(18);
        foreach (OperatorCase recorded in Cases(op))
        {
            BoundOperator bound = OperatorRegistry.Default[op].Bind(recorded.Attrs);
            DType[] inputs = [.. recorded.Inputs.Concat(recorded.Aux).Select(input => input.Dtype)];
            TypeInference all = Infer(bound, inputs, [], isTentative: false);
            Assert.IsTrue(all.IsComplete, $"{recorded.Id} is not complete");
            DType[] outputs = [.. Enumerable.Range(0, all.OutputCount).Select(all.Output)];
            for (int i = 0; i < Tries; i++)
            {
                DType[] someInputs = [.. inputs.Select(type => random.Next(2) == 0 ? type : DType.None)];
                DType[] someOutputs = [.. outputs.Select(type => random.Next(2) == 0 ? type : DType.None)];
                TypeInference found = Infer(bound, someInputs, someOutputs, isTentative: true);
                for (int j = 0; j < inputs.Length; j++)
                {
                    Assert.IsTrue(
                        found.Input(j) == DType.None || found.Input(j) == inputs[j],
                        $"{recorded.Id}: {bound} input {j} is {found.Input(j)}, in full {inputs[j]}"
                    );
                }

                for (int j = 0; j < outputs.Length; j++)
                {
                    Assert.IsTrue(
                        found.Output(j) == DType.None || found.Output(j) == outputs[j],
                        $"{recorded.Id}: {bound} output {j} is {found.Output(j)}, in full {outputs[j]}"
                    );
                }
            }
        }
    }

    private static IEnumerable<OperatorCase> Cases(string op) =>
        s_folder
            .ReadOperator(op)
            .Cases.Where(recorded =>
                recorded.Mode is CaseMode.Symbol or CaseMode.Imperative
                && !recorded.OutPreallocated
                && recorded.Inputs.Concat(recorded.Aux).All(input => input.Shape is not null)
            );

    private static TypeInference Infer(BoundOperator op, DType[] inputs, DType[] outputs, bool isTentative)
    {
        var types = new TypeInference { IsTentative = isTentative };
        types.Start(op, inputs.Length);
        for (int i = 0; i < inputs.Length; i++)
        {
            types.SetInput(i, inputs[i]);
        }

        for (int i = 0; i < outputs.Length; i++)
        {
            types.SetOutput(i, outputs[i]);
        }

        op.Definition.InferType(types);
        return types;
    }

    /// <summary>The call, its results added to variables (so that knowledge comes from behind as well), and its gradients.</summary>
    private static (Graph Graph, Dictionary<Node, Shape> Given) Training(BoundOperator op, OperatorCase recorded)
    {
        var given = new Dictionary<Node, Shape>();
        Node[] inputs =
        [
            .. recorded
                .Inputs.Concat(recorded.Aux)
                .Select(input =>
                {
                    var variable = new Node(null, input.Name, []);
                    given.Add(variable, new Shape(input.Shape!));
                    return variable;
                }),
        ];
        var call = new Node(op, "call", [.. inputs.Select(input => new NodeEntry(input, 0))]);
        BoundOperator add = OperatorRegistry.Default["elemwise_add"].Bind();
        NodeEntry[] outputs = [.. Enumerable.Range(0, op.VisibleOutputCount).Select(i => new NodeEntry(call, i))];
        NodeEntry[] sums =
        [
            .. outputs.Select(output => new NodeEntry(
                new Node(add, "sum", [output, new NodeEntry(new Node(null, $"other{output.Index}", []), 0)]),
                0
            )),
        ];
        if (op.Definition.Gradient is null)
            return (new Graph([.. outputs, .. sums]), given);
        BoundOperator like = OperatorRegistry.Default["ones_like"].Bind();
        NodeEntry[] heads = [.. sums.Select(sum => new NodeEntry(new Node(like, "head", [sum]), 0))];
        NodeEntry?[] gradients = GradientPass.Build(
            sums,
            heads,
            [.. inputs[..recorded.Inputs.Count].Select(input => new NodeEntry(input, 0))]
        );
        return (new Graph([.. outputs, .. sums, .. gradients.OfType<NodeEntry>()]), given);
    }

    private static Shape Part(Random random, Shape shape, bool keepsRank) =>
        random.Next(4) switch
        {
            0 when !keepsRank => default,
            1 => shape,
            _ => new Shape([.. shape.Dims.ToArray().Select(extent => random.Next(3) == 0 ? 0 : extent)]),
        };

    /// <summary>The shape with one extent changed, or another altogether.</summary>
    private static Shape Distorted(Random random, Shape shape)
    {
        long[] extents = [0, 1, 2, 3, 4, 5, 7, 1L << 31, long.MaxValue];
        switch (random.Next(5))
        {
            case 0:
                return shape;
            case 1:
                return shape.With(random.Next(shape.Rank), extents[random.Next(extents.Length)]);
            case 2:
                return new Shape(shape.Dims[..random.Next(shape.Rank)]);
            case 3:
                return new Shape([.. shape.Dims, extents[random.Next(extents.Length)]]);
            default:
                long[] dims = new long[random.Next(7)];
                for (int i = 0; i < dims.Length; i++)
                {
                    dims[i] = extents[random.Next(extents.Length)];
                }

                return new Shape(dims);
        }
    }
}
