using System.CommandLine;

namespace CoreEngine.Cli;

/// <summary>Options that every command takes.</summary>
internal static class GlobalOptions
{
    public static Option<bool> Verbose { get; } =
        new("--verbose") { Description = "Show where an error comes from.", Recursive = true };
}
