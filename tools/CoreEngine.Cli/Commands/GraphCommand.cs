using System.CommandLine;
using System.Globalization;
using CoreEngine.Graphs;
using CoreEngine.Graphs.Drawing;
using Spectre.Console;

namespace CoreEngine.Cli;

/// <summary><c>coreengine graph MODEL</c>: shows a saved symbol as text or as a picture, with shapes and memory figures.</summary>
internal static class GraphCommand
{
    public static Command Create(IAnsiConsole output, TextWriter error)
    {
        var model = new Argument<string>("MODEL") { Description = "The symbol's file (model-symbol.json)." };
        var shapes = new Option<string[]>("--shape")
        {
            Description = "An input's shape, for example data=1,3,224,224; once for each input.",
            HelpName = "NAME=DIMS",
        };
        var parameters = new Option<string>("--params")
        {
            Description = "The parameters' file (model-0000.params): its shapes and types count as known.",
            HelpName = "FILE",
        };
        var format = new Option<string>("--format")
        {
            Description = "text, mermaid, dot or svg. The default is what the name of --out ends in, else text.",
        };
        format.AcceptOnlyFromAmong("text", "mermaid", "dot", "svg");
        var file = new Option<string>("--out", "-o")
        {
            Description = "Where to, instead of standard output.",
            HelpName = "FILE",
        };
        var train = new Option<bool>("--train")
        {
            Description = "Show a training step: the gradients of all variables but those given by --shape and labels.",
        };
        var mirror = new Option<bool>("--mirror")
        {
            Description = "With --train: cheap calls are computed again instead of keeping their results.",
        };
        var optimize = new Option<bool>("--optimize")
        {
            Description =
                "Show the graph after the passes that make it cheaper; the parameters of --params are taken for constants.",
        };
        var command = new Command("graph", "Draw a saved model, with shapes and the memory that it takes.")
        {
            model,
            shapes,
            parameters,
            format,
            file,
            train,
            mirror,
            optimize,
        };
        command.SetAction(parsed =>
        {
            using var scope = new ArrayScope();
            string path = parsed.GetRequiredValue(model);
            Graph graph = Symbol.Load(path).Graph;
            Dictionary<string, NDArray> arrays = LoadParameters(graph, parsed.GetValue(parameters));
            Dictionary<string, Shape> inputs = ParseShapes(graph, parsed.GetValue(shapes) ?? []);
            Dictionary<string, Shape> given = arrays.ToDictionary(pair => pair.Key, pair => pair.Value.Shape);
            foreach ((string name, Shape shape) in inputs)
            {
                given[name] = shape;
            }

            Dictionary<Node, Shape> knownShapes = GraphInference.ByName(graph, given);
            Dictionary<Node, DType> knownTypes = GraphInference.ByName(
                graph,
                arrays.ToDictionary(pair => pair.Key, pair => pair.Value.DType)
            );
            bool isTraining = parsed.GetValue(train);
            GraphFacts facts = Guard(() =>
                isTraining
                    ? GraphFacts.OfTraining(
                        graph,
                        [.. graph.Arguments.Where(node => !inputs.ContainsKey(node.Name) && !IsLabel(node))],
                        knownShapes,
                        knownTypes,
                        parsed.GetValue(mirror) ? Mirroring.IsCheap : Mirroring.IsForced
                    )
                    : new GraphFacts(graph, knownShapes, knownTypes)
            );
            if (parsed.GetValue(optimize))
                facts = Optimize(facts, isTraining ? graph.Heads.Count : null, GraphInference.ByName(graph, arrays));
            if (facts.Unknown.Count > 0)
            {
                error.WriteLine(
                    $"coreengine: without the shapes of {Some(facts.Unknown)} there are no memory figures; give --shape."
                );
            }

            string target = parsed.GetValue(file) ?? "";
            string text = Write(facts, parsed.GetValue(format) ?? FormatOf(target), Path.GetFileName(path));
            if (target.Length > 0)
                File.WriteAllText(target, text);
            else
                output.Profile.Out.Writer.Write(text);
            return CommandHost.Success;
        });
        return command;
    }

    private static string Write(GraphFacts facts, string format, string title) =>
        format switch
        {
            "mermaid" => new GraphPicture(facts, title).ToMermaid(),
            "dot" => new GraphPicture(facts, title).ToDot(),
            "svg" => new GraphPicture(facts, title).ToSvg(),
            _ => DebugText.Of(facts),
        };

    private static string FormatOf(string file) =>
        Path.GetExtension(file).ToUpperInvariant() switch
        {
            ".SVG" => "svg",
            ".DOT" or ".GV" => "dot",
            ".MMD" or ".MERMAID" => "mermaid",
            _ => "text",
        };

    /// <summary>The arrays of a parameters' file that the model has variables for; files may hold more.</summary>
    private static Dictionary<string, NDArray> LoadParameters(Graph graph, string? file)
    {
        var found = new Dictionary<string, NDArray>(StringComparer.Ordinal);
        if (file is null)
            return found;
        var names = graph.Nodes.Where(node => node.IsVariable).Select(node => node.Name).ToHashSet();
        foreach ((string key, NDArray array) in NDArray.LoadDictionary(file))
        {
            bool hasPrefix =
                key.StartsWith("arg:", StringComparison.Ordinal) || key.StartsWith("aux:", StringComparison.Ordinal);
            string name = hasPrefix ? key[4..] : key;
            if (names.Contains(name))
                found[name] = array;
        }

        return found;
    }

    /// <summary>What the passes make of a graph whose shapes are all known.</summary>
    /// <param name="facts">The graph.</param>
    /// <param name="forwardHeads">How many of its heads are results, when the others are gradients.</param>
    /// <param name="parameters">The parameters, which are constants unless they are trained.</param>
    private static GraphFacts Optimize(GraphFacts facts, int? forwardHeads, Dictionary<Node, NDArray> parameters)
    {
        if (facts.Inferred is not { } inferred)
            throw new EngineException($"--optimize needs all shapes; unknown are those of {Some(facts.Unknown)}.");
        Node[] variables = [.. facts.Graph.Nodes.Where(node => node.IsVariable)];
        var context = new PassContext
        {
            Shapes = variables.ToDictionary(node => node, node => inferred.ShapeOf(new NodeEntry(node, 0))),
            Types = variables.ToDictionary(node => node, node => inferred.TypeOf(new NodeEntry(node, 0))),
            Constants = forwardHeads is null ? parameters : [],
            IsTraining = forwardHeads is not null,
            ForwardHeads = forwardHeads ?? int.MaxValue,
        };
        OptimizedGraph optimized = GraphOptimizer.Apply(facts.Graph, context);
        InferredGraph after = (context with { Constants = optimized.Constants }).Infer(optimized.Graph);
        Node[] rest = [.. optimized.Graph.Nodes.Where(node => node.IsVariable)];
        return new GraphFacts(
            optimized.Graph,
            rest.ToDictionary(node => node, node => after.ShapeOf(new NodeEntry(node, 0))),
            rest.ToDictionary(node => node, node => after.TypeOf(new NodeEntry(node, 0)))
        );
    }

    private static Dictionary<string, Shape> ParseShapes(Graph graph, string[] texts)
    {
        var names = graph.Nodes.Where(node => node.IsVariable).Select(node => node.Name).ToHashSet();
        var shapes = new Dictionary<string, Shape>(StringComparer.Ordinal);
        foreach (string text in texts)
        {
            (string name, string dims) = Split(text);
            if (!names.Contains(name))
            {
                throw new EngineException(
                    $"--shape {text}: the model has no variable '{name}'. It has {Some([.. graph.Arguments])}."
                );
            }

            shapes[name] = ParseShape(text, dims);
        }

        return shapes;
    }

    private static (string Name, string Dims) Split(string text)
    {
        int sign = text.IndexOf('=', StringComparison.Ordinal);
        return sign > 0
            ? (text[..sign], text[(sign + 1)..])
            : throw new EngineException($"--shape {text}: write a name, '=' and the extents, as in data=1,3,224,224.");
    }

    private static Shape ParseShape(string text, string dims)
    {
        long[] extents = Array.ConvertAll(
            dims.Trim('(', ')', '[', ']')
                .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            part =>
                long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out long extent) && extent > 0
                    ? extent
                    : throw new EngineException(
                        $"--shape {text}: '{part}' is no extent; each must be a whole number above 0."
                    )
        );
        return extents.Length is > 0 and <= 32
            ? new Shape(extents)
            : throw new EngineException($"--shape {text}: a shape has 1 to 32 extents.");
    }

    private static bool IsLabel(Node node) => node.Name.EndsWith("label", StringComparison.Ordinal);

    private static string Some(IReadOnlyList<Node> nodes)
    {
        const int Shown = 8;
        string names = string.Join(", ", nodes.Take(Shown).Select(node => node.Name));
        return nodes.Count > Shown ? $"{names} and {nodes.Count - Shown} more" : names;
    }

    /// <summary>What is wrong in the file or on the command line is for the user; only bugs are unexpected.</summary>
    private static GraphFacts Guard(Func<GraphFacts> find)
    {
        try
        {
            return find();
        }
        catch (Exception error) when (error is FormatException or OverflowException)
        {
            throw new EngineException($"The model's shapes cannot be deduced: {error.Message}", error);
        }
    }
}
