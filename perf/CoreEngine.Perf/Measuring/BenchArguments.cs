namespace CoreEngine.Perf;

/// <summary>The command line.</summary>
/// <param name="Options">What to measure.</param>
/// <param name="Json">Where the rows go as JSON.</param>
/// <param name="Readme">The Markdown file whose table is replaced.</param>
internal sealed record BenchArguments(BenchOptions Options, string? Json, string? Readme)
{
    public const string Usage = "usage: CoreEngine.Perf [--quick] [--filter NAME] [--json FILE] [--readme FILE]";

    /// <exception cref="FormatException">An option is unknown or lacks its value.</exception>
    public static BenchArguments Parse(string[] args)
    {
        bool quick = false;
        string? filter = null;
        string? json = null;
        string? readme = null;
        for (int i = 0; i < args.Length; i++)
        {
            string option = args[i];
            string Value() => ++i < args.Length ? args[i] : throw new FormatException($"{option} needs a value.");
            switch (option)
            {
                case "--quick":
                    quick = true;
                    break;
                case "--filter":
                    filter = Value();
                    break;
                case "--json":
                    json = Value();
                    break;
                case "--readme":
                    readme = Value();
                    break;
                default:
                    throw new FormatException($"There is no option '{option}'.");
            }
        }

        return new BenchArguments(new BenchOptions(quick, filter), json, readme);
    }
}
