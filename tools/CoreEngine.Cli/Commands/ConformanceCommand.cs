using System.CommandLine;
using CoreEngine.Conformance;
using Spectre.Console;

namespace CoreEngine.Cli;

/// <summary><c>coreengine conformance DIR</c>: holds the engine against recorded results.</summary>
internal static class ConformanceCommand
{
    private const int FailuresShown = 20;

    public static Command Create(IAnsiConsole output)
    {
        var folder = new Argument<string>("DIR")
        {
            Description = "A folder with recorded results (ops/NAME.json, errors.json ...), plain or gzipped.",
        };
        var filter = new Option<string?>("--filter")
        {
            Description = "Only cases whose operator or id contains this text.",
            HelpName = "NAME",
        };
        var all = new Option<bool>("--all-failures")
        {
            Description = "Name every failed case, not only the first ones.",
        };
        var command = new Command(
            "conformance",
            "Run every recorded case of a folder against the engine. Exit code 1 when a case fails."
        )
        {
            folder,
            filter,
            all,
        };
        command.SetAction(
            (parsed, cancellation) =>
                Task.Run(
                    () =>
                        Run(
                            output,
                            parsed.GetRequiredValue(folder),
                            parsed.GetValue(filter),
                            parsed.GetValue(all) ? int.MaxValue : FailuresShown,
                            cancellation
                        ),
                    CancellationToken.None
                )
        );
        return command;
    }

    private static int Run(
        IAnsiConsole output,
        string path,
        string? filter,
        int failuresShown,
        CancellationToken cancellation
    )
    {
        var runner = new ConformanceRunner(new GoldenFolder(path), new EngineCaseExecutor());
        ConformanceReport report = runner.Run(filter, cancellation);
        return Print(output, report, failuresShown);
    }

    /// <summary>Prints a report's table, its failures and its sums; gives the exit code.</summary>
    internal static int Print(IAnsiConsole output, ConformanceReport report, int failuresShown)
    {
        output.Write(Table(report));
        foreach (CaseOutcome failure in report.Failures.Take(failuresShown))
        {
            output.WriteLine($"failed: {failure.Id}: {failure.Reason}");
        }

        int failed = report.Count(CaseStatus.Failed);
        if (failed > failuresShown)
        {
            output.WriteLine($"... and {failed - failuresShown} more; --all-failures names them.");
        }

        output.WriteLine(report.Summary);
        return failed == 0 ? CommandHost.Success : CommandHost.Failure;
    }

    private static Table Table(ConformanceReport report)
    {
        Table table = new Table().Border(TableBorder.Simple);
        table.AddColumn("operator");
        foreach (string column in (string[])["passed", "failed", "unsupported", "largest error"])
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach (ConformanceReport.Row row in report.Rows())
        {
            table.AddRow(
                Markup.Escape(row.Group),
                Count(row.Passed, "green"),
                Count(row.Failed, "red"),
                Count(row.Unsupported, "yellow"),
                row.Passed + row.Failed == 0 ? "" : row.LargestError.ToString("0.0e+0")
            );
        }

        return table;
    }

    private static string Count(int number, string colour) => number == 0 ? "" : $"[{colour}]{number}[/]";
}
