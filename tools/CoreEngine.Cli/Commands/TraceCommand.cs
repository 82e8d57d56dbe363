using System.CommandLine;
using CoreEngine.Runtime;
using Spectre.Console;

namespace CoreEngine.Cli;

/// <summary><c>coreengine trace --out FILE -- COMMAND</c>: runs another command under the profiler.</summary>
internal static class TraceCommand
{
    public static Command Create(IAnsiConsole output, TextWriter error)
    {
        var file = new Option<string>("--out", "-o")
        {
            Description = "Where the trace goes: JSON for Perfetto (ui.perfetto.dev) or chrome://tracing.",
            HelpName = "FILE",
            DefaultValueFactory = _ => "trace.json",
        };
        var rest = new Argument<string[]>("COMMAND")
        {
            Description = "The command to trace with its options, after '--'.",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command(
            "trace",
            "Run another command under the profiler, for example: coreengine trace --out t.json -- train --data digits"
        )
        {
            file,
            rest,
        };
        command.SetAction(
            (parsed, cancellation) =>
                Run(output, error, parsed.GetRequiredValue(file), parsed.GetRequiredValue(rest), cancellation)
        );
        return command;
    }

    private static async Task<int> Run(
        IAnsiConsole output,
        TextWriter error,
        string path,
        string[] rest,
        CancellationToken cancellation
    )
    {
        Profiler.Start();
        int code;
        try
        {
            code = await new CommandHost(output, error).RunAsync(rest, cancellation);
        }
        finally
        {
            Profiler.Stop();
        }

        Profiler.WriteTrace(path);
        output.WriteLine($"The trace is in {path}; open it in ui.perfetto.dev or chrome://tracing.");
        return code;
    }
}
