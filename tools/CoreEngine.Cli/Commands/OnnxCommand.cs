using System.CommandLine;
using CoreEngine.Conformance;
using CoreEngine.Onnx;
using CoreEngine.Runtime;
using Spectre.Console;

namespace CoreEngine.Cli;

/// <summary><c>coreengine onnx</c>: looks into ONNX models, converts them, runs them and checks them.</summary>
internal static class OnnxCommand
{
    private const int FailuresShown = 20;

    public static Command Create(IAnsiConsole output) =>
        new("onnx", "Inspect, convert, run and check ONNX models.")
        {
            Info(output),
            Convert(output),
            Run(output),
            Test(output),
        };

    private static Argument<string> Model() => new("MODEL") { Description = "The model's file (.onnx)." };

    private static Option<string[]> Shapes() =>
        new("--shape")
        {
            Description =
                "Extents of an input that the model leaves open, for example data=1,3,224,224; once for each input.",
            HelpName = "NAME=DIMS",
        };

    private static Command Info(IAnsiConsole output)
    {
        Argument<string> path = Model();
        var command = new Command("info", "Print a model's inputs, outputs and operators, and which of them run here.")
        {
            path,
        };
        command.SetAction(parsed =>
        {
            OnnxModel model = OnnxModel.Load(parsed.GetRequiredValue(path));
            long bytes = model.Initializers.Sum(tensor => (long)tensor.Data.Length);
            output.WriteLine($"written by  {(model.Producer.Length > 0 ? model.Producer : "unknown")}");
            output.WriteLine($"format      {model.IrVersion}");
            foreach ((string domain, long version) in model.Opsets)
            {
                output.WriteLine($"operators   {(domain.Length > 0 ? domain : "ai.onnx")} version {version}");
            }

            output.WriteLine($"parameters  {model.Initializers.Count} tensors, {ByteSize.Format(bytes)}");
            foreach (OnnxValueInfo input in model.Inputs)
            {
                output.WriteLine($"input       {input}");
            }

            foreach (OnnxValueInfo result in model.Outputs)
            {
                output.WriteLine($"output      {result}");
            }

            Table table = new Table().Border(TableBorder.Simple);
            table.AddColumn("operator");
            table.AddColumn(new TableColumn("calls").RightAligned());
            table.AddColumn("runs here");
            foreach ((string name, int count) in model.OperatorCounts)
            {
                table.AddRow(
                    Markup.Escape(name),
                    $"{count}",
                    OnnxImporter.Operators.Contains(name) ? "yes" : "[yellow]no[/]"
                );
            }

            output.Write(table);
            return CommandHost.Success;
        });
        return command;
    }

    private static Command Convert(IAnsiConsole output)
    {
        Argument<string> path = Model();
        Option<string[]> shapes = Shapes();
        var prefix = new Option<string>("--out")
        {
            Description = "Where to: PREFIX-symbol.json and PREFIX-0000.params.",
            HelpName = "PREFIX",
            Required = true,
        };
        var command = new Command("convert", "Convert a model to a symbol and parameters as MXNet saves them.")
        {
            path,
            shapes,
            prefix,
        };
        command.SetAction(parsed =>
        {
            OnnxProgram program = Import(parsed.GetRequiredValue(path), parsed.GetValue(shapes), []);
            string target = parsed.GetRequiredValue(prefix);
            var states = program.Symbol.ListAuxiliaryStates().ToHashSet(StringComparer.Ordinal);
            program.Symbol.Save($"{target}-symbol.json");
            NDArray.Save(
                $"{target}-0000.params",
                program.Parameters.ToDictionary(
                    pair => (states.Contains(pair.Key) ? "aux:" : "arg:") + pair.Key,
                    pair => pair.Value
                )
            );
            output.WriteLine($"{target}-symbol.json: {program.Symbol.Graph.Nodes.Count} nodes");
            output.WriteLine($"{target}-0000.params: {program.Parameters.Count} arrays");
            return CommandHost.Success;
        });
        return command;
    }

    private static Command Run(IAnsiConsole output)
    {
        Argument<string> path = Model();
        var inputs = new Option<string[]>("--input")
        {
            Description = "The value of an input, a .npy or ONNX's .pb file; once for each input.",
            HelpName = "NAME=FILE",
        };
        var folder = new Option<string?>("--out")
        {
            Description =
                "A folder for the outputs, as .npy files. Without it only their extents and first values are printed.",
            HelpName = "DIR",
        };
        var command = new Command("run", "Run a model.") { path, inputs, folder };
        command.SetAction(parsed =>
        {
            Dictionary<string, OnnxTensor> values = [];
            foreach ((string name, string file) in Pairs(parsed.GetValue(inputs) ?? [], "--input"))
            {
                values[name] = Load(file);
            }

            OnnxProgram program = Import(parsed.GetRequiredValue(path), [], values);
            IReadOnlyList<OnnxTensor> results = program.Run(values);
            for (int i = 0; i < results.Count; i++)
            {
                string name = program.Outputs[i].Name;
                output.WriteLine($"{name}: {results[i]} {First(results[i])}");
                if (parsed.GetValue(folder) is { } target)
                {
                    Directory.CreateDirectory(target);
                    using NDArray array = results[i].ToArray();
                    array.SaveNpy(Path.Combine(target, $"{FileName(name)}.npy"));
                }
            }

            return CommandHost.Success;
        });
        return command;
    }

    private static Command Test(IAnsiConsole output)
    {
        var folder = new Argument<string>("DIR")
        {
            Description = "A folder with models and test_data_set_0 ... beside them, as ONNX's own tests have them.",
        };
        var filter = new Option<string?>("--filter")
        {
            Description = "Only cases whose folder's name contains this text.",
            HelpName = "NAME",
        };
        var all = new Option<bool>("--all-failures")
        {
            Description = "Name every failed case, not only the first ones.",
        };
        var reasons = new Option<bool>("--unsupported")
        {
            Description = "Say of every unsupported case what is missing.",
        };
        var command = new Command(
            "test",
            "Run the models of a folder and compare with its outputs. Exit code 1 when one differs."
        )
        {
            folder,
            filter,
            all,
            reasons,
        };
        command.SetAction(
            (parsed, cancellation) =>
                Task.Run(
                    () =>
                    {
                        ConformanceReport report = OnnxCaseRunner.Run(
                            parsed.GetRequiredValue(folder),
                            parsed.GetValue(filter),
                            cancellation
                        );
                        if (parsed.GetValue(reasons))
                        {
                            foreach (
                                CaseOutcome missing in report.Outcomes.Where(one =>
                                    one.Status == CaseStatus.Unsupported
                                )
                            )
                            {
                                output.WriteLine($"unsupported: {missing.Id}: {missing.Reason}");
                            }
                        }

                        return ConformanceCommand.Print(
                            output,
                            report,
                            parsed.GetValue(all) ? int.MaxValue : FailuresShown
                        );
                    },
                    CancellationToken.None
                )
        );
        return command;
    }

    private static OnnxProgram Import(string path, string[]? shapes, Dictionary<string, OnnxTensor> known)
    {
        var dims = new Dictionary<string, long[]>(StringComparer.Ordinal);
        foreach ((string name, string text) in Pairs(shapes ?? [], "--shape"))
        {
            string[] parts = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            dims[name] =
            [
                .. parts.Select(part =>
                    long.TryParse(part, out long extent)
                        ? extent
                        : throw new EngineException($"--shape {name}: '{part}' is no number.")
                ),
            ];
        }

        return OnnxImporter.Import(
            OnnxModel.Load(path),
            new OnnxImportOptions { InputDims = dims, KnownInputs = known }
        );
    }

    private static IEnumerable<(string Name, string Text)> Pairs(string[] texts, string option)
    {
        foreach (string text in texts)
        {
            int sign = text.IndexOf('=', StringComparison.Ordinal);
            if (sign <= 0)
                throw new EngineException($"{option} {text}: write the input's name, '=', and what belongs to it.");
            yield return (text[..sign], text[(sign + 1)..]);
        }
    }

    private static OnnxTensor Load(string file)
    {
        if (!file.EndsWith(".npy", StringComparison.OrdinalIgnoreCase))
            return OnnxTensor.Load(file);
        using NDArray array = NDArray.LoadNpy(file);
        return OnnxTensor.FromArray(array, OnnxElementTypes.FromDType(array.DType));
    }

    /// <summary>A name from a model as a file's name: it must not lead out of the folder.</summary>
    private static string FileName(string name) =>
        string.Concat(
                name.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' ? letter : '_')
            )
            .TrimStart('.');

    private static string First(OnnxTensor tensor)
    {
        string[] texts = [.. tensor.ToDoubles().Take(8).Select(value => $"{value:G6}")];
        return $"{{{string.Join(", ", texts)}{(tensor.Count > texts.Length ? ", ..." : "")}}}";
    }
}
