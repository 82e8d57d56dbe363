using System.CommandLine;
using System.Text;
using CoreEngine.Operators;
using Spectre.Console;

namespace CoreEngine.Cli;

/// <summary><c>coreengine operators</c>: the reference of all operators, from the registry itself.</summary>
internal static class OperatorsCommand
{
    public static Command Create(IAnsiConsole output)
    {
        var name = new Argument<string?>("NAME")
        {
            Description = "An operator or alias, to print all of it; or a part of names, to list those.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var markdown = new Option<bool>("--markdown") { Description = "Print the list as a Markdown table." };
        var command = new Command("operators", "List the operators, or print one's inputs, outputs and parameters.")
        {
            name,
            markdown,
        };
        command.SetAction(parsed =>
        {
            string? asked = parsed.GetValue(name);
            if (parsed.GetValue(markdown))
                output.Profile.Out.Writer.Write(Markdown());
            else if (asked is not null && OperatorRegistry.Default.TryGet(asked, out OperatorDef? found))
                Print(output, found);
            else
                List(output, asked ?? "");
            return CommandHost.Success;
        });
        return command;
    }

    /// <summary>The operators that a user calls, by name.</summary>
    private static OperatorDef[] Public() =>
        [
            .. OperatorRegistry
                .Default.Operators.Where(op => !op.IsInternal)
                .OrderBy(op => op.Name.TrimStart('_'), StringComparer.OrdinalIgnoreCase),
        ];

    private static void List(IAnsiConsole output, string part)
    {
        OperatorDef[] operators =
        [
            .. Public()
                .Where(op =>
                    op.Aliases.Prepend(op.Name).Any(n => n.Contains(part, StringComparison.OrdinalIgnoreCase))
                ),
        ];
        // The registry's error says why there is none, or which are similar.
        if (operators.Length == 0)
            _ = OperatorRegistry.Default[part];
        Table table = new Table().Border(TableBorder.Simple);
        table.AddColumn("operator");
        table.AddColumn("computes");
        foreach (OperatorDef op in operators)
        {
            table.AddRow(Markup.Escape(op.Name), Markup.Escape(op.Description));
        }

        output.Write(table);
        output.WriteLine($"{operators.Length} operators; coreengine operators NAME prints all of one");
    }

    private static void Print(IAnsiConsole output, OperatorDef op)
    {
        output.WriteLine($"{op.Name}({Signature(op)})");
        output.WriteLine($"  {op.Description}");
        if (op.Aliases.Length > 0)
            output.WriteLine($"  also called {string.Join(", ", op.Aliases)}");
        output.WriteLine($"  outputs     {string.Join(", ", op.Outputs)}");
        output.WriteLine($"  gradient    {(op.Gradient is null ? "none" : "yes")}");
        foreach (ParameterInfo parameter in op.Parameters)
        {
            output.WriteLine($"  {parameter.Name, -24} {parameter.TypeText}");
        }
    }

    private static string Signature(OperatorDef op)
    {
        string inputs =
            op.VariadicCount.Length > 0 ? $"{op.DescribedInputs[0]} ..." : string.Join(", ", op.DescribedInputs);
        string parameters = string.Join(", ", op.Parameters.Select(parameter => parameter.Name));
        return inputs.Length == 0 || parameters.Length == 0 ? inputs + parameters : $"{inputs}, {parameters}";
    }

    private static string Markdown()
    {
        var text = new StringBuilder();
        text.Append("| operator | computes | inputs | parameters |\n|---|---|---|---|\n");
        foreach (OperatorDef op in Public())
        {
            string names = string.Join(", ", op.Aliases.Prepend(op.Name).Select(n => $"`{n}`"));
            string inputs =
                op.VariadicCount.Length > 0 ? op.DescribedInputs[0] + " ..." : string.Join(", ", op.DescribedInputs);
            string parameters = string.Join("; ", op.Parameters.Select(p => $"{p.Name}: {p.TypeText}"));
            text.Append($"| {names} | {Cell(op.Description)} | {inputs} | {Cell(parameters)} |\n");
        }

        return text.ToString();
    }

    private static string Cell(string text) =>
        text.Replace("|", "\\|", StringComparison.Ordinal).Replace("*", "\\*", StringComparison.Ordinal);
}
