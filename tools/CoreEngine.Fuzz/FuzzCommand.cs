using System.Diagnostics;
using System.Globalization;

namespace CoreEngine.Fuzz;

/// <summary>The command line of the fuzzer.</summary>
internal static class FuzzCommand
{
    private const string Usage = """
        usage: CoreEngine.Fuzz --golden DIR [--out DIR] [--format NAME] [--count N] [--seed N] [--only N] [--threads N]
                               [--failures N]

          --golden DIR    the recorded files, tests/golden of a checkout
          --out DIR       where inputs that fail are saved; the default is artifacts/fuzz
          --format NAME   only this format
          --count N       how many inputs for each format; the default is 1,000,000, of operators 100,000
          --seed N        other inputs; the default is 1
          --only N        the input of this number alone, as a failure names it
          --threads N     how many read at once; the default is one for each processor
          --failures N    a run that failed so often stops; the default is 10
        """;

    private const int Success = 0;
    private const int Failure = 1;
    private const int WrongUsage = 2;

    /// <summary>Runs a command line and gives its exit code.</summary>
    public static int Run(string[] args, TextWriter output, TextWriter error, CancellationToken cancellation = default)
    {
        Options options;
        FuzzFormat[] formats;
        try
        {
            options = Options.Parse(args);
            formats = [.. options.Formats.Select(name => FuzzFormats.Create(name, options.Golden))];
        }
        catch (Exception wrong) when (wrong is ArgumentException or FormatException or OverflowException)
        {
            error.WriteLine($"{wrong.Message}\n{Usage}");
            return WrongUsage;
        }

        Directory.CreateDirectory(options.Out);
        bool isWell = true;
        foreach (FuzzFormat format in formats)
        {
            isWell &= Run(format, options, output, cancellation);
            if (cancellation.IsCancellationRequested)
            {
                output.WriteLine("Stopped.");
                return Failure;
            }
        }

        return isWell ? Success : Failure;
    }

    private static bool Run(FuzzFormat format, Options options, TextWriter output, CancellationToken cancellation)
    {
        string markFile = Path.Combine(options.Out, format.Name + ".running");
        ReportDeath(format, markFile, options, output);
        var run = new FuzzRunner(format, options.Seed) { Threads = options.Threads, MaxFailures = options.Failures };
        (long first, long end) = options.Only is { } only
            ? (only, only + 1)
            : (0, options.Count ?? format.DefaultCount);
        var watch = Stopwatch.StartNew();
        FuzzResult result;
        using (var mark = new RunningMark(markFile, options.Seed, options.Threads))
        {
            result = run.Run(first, end, mark, cancellation);
        }

        double seconds = watch.Elapsed.TotalSeconds;
        output.WriteLine(
            $"{format.Name}: {result.Inputs:N0} inputs in {seconds:N0} s, {result.Accepted:N0} accepted, the others refused "
                + $"in {result.RefusalKinds:N0} ways, {result.Failures.Count} failed"
        );
        foreach (FuzzFailure failure in result.Failures)
        {
            string file = Save(format, options.Seed, failure.Number, failure.Input, options);
            output.WriteLine($"  input {failure.Number} {failure.Problem}");
            output.WriteLine($"    saved as {file}; again: {Again(format, options.Seed, failure.Number)}");
        }

        return result.Failures.Count == 0;
    }

    /// <summary>Tells of an earlier run that ended without a word: the process died, or was killed.</summary>
    private static void ReportDeath(FuzzFormat format, string markFile, Options options, TextWriter output)
    {
        if (RunningMark.Left(markFile) is not { } left)
        {
            return;
        }

        output.WriteLine($"{format.Name}: an earlier run died or was killed while it read one of these inputs:");
        var run = new FuzzRunner(format, left.Seed);
        foreach (long number in left.Numbers)
        {
            string file = Save(format, left.Seed, number, run.Input(number), options);
            output.WriteLine($"  {file}; again: {Again(format, left.Seed, number)}");
        }
    }

    private static string Again(FuzzFormat format, int seed, long number) =>
        $"./build.sh fuzz --format {format.Name} --seed {seed} --only {number}";

    private static string Save(FuzzFormat format, int seed, long number, byte[] input, Options options)
    {
        string file = Path.Combine(options.Out, $"{format.Name}-{seed}-{number}.bin");
        File.WriteAllBytes(file, input);
        return file;
    }

    private sealed record Options(
        string Golden,
        string Out,
        IReadOnlyList<string> Formats,
        long? Count,
        int Seed,
        long? Only,
        int Threads,
        int Failures
    )
    {
        public static Options Parse(string[] args)
        {
            var options = new Options(
                "",
                Path.Combine("artifacts", "fuzz"),
                FuzzFormats.Names,
                null,
                1,
                null,
                Environment.ProcessorCount,
                FuzzRunner.DefaultMaxFailures
            );
            for (int i = 0; i < args.Length; i += 2)
            {
                string value =
                    i + 1 < args.Length ? args[i + 1] : throw new ArgumentException($"{args[i]} needs a value.");
                options = args[i] switch
                {
                    "--golden" => options with { Golden = value },
                    "--out" => options with { Out = value },
                    "--format" => options with { Formats = [value] },
                    "--count" => options with { Count = Positive(args[i], value) },
                    "--seed" => options with { Seed = int.Parse(value, CultureInfo.InvariantCulture) },
                    "--only" => options with
                    {
                        Only = long.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture),
                    },
                    "--failures" => options with { Failures = (int)Math.Min(Positive(args[i], value), 100_000) },
                    "--threads" => options with { Threads = (int)Math.Min(Positive(args[i], value), 1024) },
                    _ => throw new ArgumentException($"'{args[i]}' is not understood."),
                };
            }

            return Directory.Exists(options.Golden)
                ? options
                : throw new ArgumentException($"--golden must name a folder, and '{options.Golden}' is none.");
        }

        private static long Positive(string option, string value)
        {
            long number = long.Parse(value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
            return number > 0 ? number : throw new ArgumentException($"{option} must be 1 or more.");
        }
    }
}
