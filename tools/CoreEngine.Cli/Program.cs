using CoreEngine.Cli;
using Spectre.Console;

return await new CommandHost(AnsiConsole.Console, Console.Error).RunAsync(args);
