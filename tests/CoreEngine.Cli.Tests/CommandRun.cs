using Spectre.Console;

namespace CoreEngine.Cli.Tests;

/// <summary>What a command line did.</summary>
internal sealed record CommandRun(int Code, string Output, string Error)
{
    public static Task<CommandRun> Of(params string[] args) => Of(CancellationToken.None, args);

    public static async Task<CommandRun> Of(CancellationToken cancellation, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.No,
                ColorSystem = ColorSystemSupport.NoColors,
                Interactive = InteractionSupport.No,
                Out = new AnsiConsoleOutput(output),
            }
        );
        int code = await new CommandHost(console, error).RunAsync(args, cancellation);
        return new CommandRun(code, output.ToString(), error.ToString());
    }
}
