namespace CoreEngine.Perf;

/// <summary>The command line.</summary>
/// <param name="Options">What to measure.</param>
/// <param name="Json">Where the rows go as JSON.</param>
/// <param name="Readme">The Markdown file whose table is replaced.</param>
/// <param name="Results">The Markdown file that gets every row.</param>
/// <param name="Plots">The folder that gets the plots.</param>
internal sealed record BenchArguments(
    BenchOptions Options,
    string? Json,
    string? Readme,
    string? Results,
    string? Plots
)
{
    public const string Usage =
        "usage: CoreEngine.Perf [--quick] [--filter NAME] [--set NAME[,NAME]] [--threads 1|2]\n"
        + "                       [--json FILE] [--readme FILE] [--results FILE] [--plots DIR]";

    /// <exception cref="FormatException">An option is unknown, lacks its value, or has a wrong one.</exception>
    public static BenchArguments Parse(string[] args)
    {
        var options = new BenchOptions(Quick: false, Filter: null);
        var parsed = new BenchArguments(options, null, null, null, null);
        for (int i = 0; i < args.Length; i++)
        {
            string option = args[i];
            string Value() => ++i < args.Length ? args[i] : throw new FormatException($"{option} needs a value.");
            switch (option)
            {
                case "--quick":
                    options = options with { Quick = true };
                    break;
                case "--filter":
                    options = options with { Filter = Value() };
                    break;
                case "--set":
                    options = options with { Sets = Value().Split(',', StringSplitOptions.RemoveEmptyEntries) };
                    break;
                case "--threads":
                    options = options with { Threads = Threads(Value()) };
                    break;
                case "--passive":
                    // How the program calls itself, with a file of cases; not for users.
                    options = options with
                    {
                        IsPassiveRun = true,
                        Cases = File.ReadLines(Value()).ToHashSet(),
                    };
                    break;
                case "--json":
                    parsed = parsed with { Json = Value() };
                    break;
                case "--readme":
                    parsed = parsed with { Readme = Value() };
                    break;
                case "--results":
                    parsed = parsed with { Results = Value() };
                    break;
                case "--plots":
                    parsed = parsed with { Plots = Value() };
                    break;
                default:
                    throw new FormatException($"There is no option '{option}'.");
            }
        }

        return parsed with
        {
            Options = options,
        };
    }

    private static int Threads(string value) =>
        value switch
        {
            "1" => 1,
            "2" => 2,
            _ => throw new FormatException($"--threads takes 1 or 2, not '{value}'."),
        };
}
