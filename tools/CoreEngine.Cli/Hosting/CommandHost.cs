using System.CommandLine;
using System.CommandLine.Help;
using Spectre.Console;

namespace CoreEngine.Cli;

/// <summary>Runs one command line: finds the command, runs it, and turns errors into one clear message and an exit code.</summary>
public sealed class CommandHost
{
    /// <summary>What the user asked for was done.</summary>
    public const int Success = 0;

    /// <summary>It was not done; the message says why.</summary>
    public const int Failure = 1;

    /// <summary>The command line itself makes no sense.</summary>
    public const int Usage = 2;

    /// <summary>Stopped by Ctrl-C or SIGTERM.</summary>
    public const int Interrupted = 130;

    private const int UnlimitedWidth = 4096;

    /// <summary>How long a command may take to save its work after Ctrl-C.</summary>
    private static readonly TimeSpan s_terminationTime = TimeSpan.FromMinutes(1);

    private readonly IAnsiConsole _output;
    private readonly TextWriter _error;

    /// <summary>Runs commands that write to the given places.</summary>
    public CommandHost(IAnsiConsole output, TextWriter error)
    {
        _output = output;
        _error = error;
        // A pipe or a file has no width; without this, lines would be folded to 80 columns there.
        if (!output.Profile.Out.IsTerminal)
        {
            output.Profile.Width = UnlimitedWidth;
        }
    }

    /// <summary>Runs a command line and gives its exit code.</summary>
    /// <param name="args">The command line without the program's name.</param>
    /// <param name="cancellation">Stops the command as Ctrl-C does.</param>
    public async Task<int> RunAsync(string[] args, CancellationToken cancellation = default)
    {
        ParseResult parsed = Tree().Parse(args.Length == 0 ? ["--help"] : args);
        if (parsed.Errors.Count > 0)
        {
            foreach (System.CommandLine.Parsing.ParseError wrong in parsed.Errors)
            {
                await _error.WriteLineAsync($"coreengine: {wrong.Message}");
            }

            await _error.WriteLineAsync("Try 'coreengine --help', or --help after a command.");
            return Usage;
        }

        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = _output.Profile.Out.Writer,
                    Error = _error,
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = s_terminationTime,
                },
                cancellation
            );
        }
        catch (OperationCanceledException)
        {
            await _error.WriteLineAsync("coreengine: stopped.");
            return Interrupted;
        }
        catch (Exception error) when (IsForTheUser(error) || !parsed.GetValue(GlobalOptions.Verbose))
        {
            await _error.WriteLineAsync(parsed.GetValue(GlobalOptions.Verbose) ? error.ToString() : Message(error));
            return Failure;
        }
    }

    private Command Tree()
    {
        // Not a RootCommand: help would show the name of the program's file instead of the command's.
        var root = new Command(
            "coreengine",
            "CoreEngine: a deep-learning core engine. The commands train, check and inspect it."
        )
        {
            new HelpOption(),
            new VersionOption(),
            GlobalOptions.Verbose,
        };
        root.Add(InfoCommand.Create(_output));
        root.Add(OperatorsCommand.Create(_output));
        root.Add(TrainCommand.Create(_output));
        root.Add(ConformanceCommand.Create(_output));
        root.Add(OnnxCommand.Create(_output));
        root.Add(GraphCommand.Create(_output, _error));
        root.Add(TraceCommand.Create(_output, _error));
        return root;
    }

    /// <summary>Errors whose message was written for whoever runs the command; others are bugs.</summary>
    private static bool IsForTheUser(Exception error) =>
        error is EngineException or IOException or UnauthorizedAccessException;

    private static string Message(Exception error) =>
        IsForTheUser(error)
            ? $"coreengine: {error.Message}"
            : $"coreengine: unexpected {error.GetType().Name}: {error.Message} (--verbose shows where; please report it)";
}
