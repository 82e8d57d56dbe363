using System.Diagnostics;

namespace CoreEngine.Tests.Loading;

/// <summary>A folder in which C programs are compiled and run; it goes away with the object.</summary>
internal sealed class Workshop : IDisposable
{
    private static readonly string s_compiler = Environment.GetEnvironmentVariable("CC") ?? "gcc";

    private static readonly string[] s_options =
    [
        "-std=gnu11",
        "-O1",
        "-g",
        "-Wall",
        "-Wextra",
        "-Wno-format-truncation",
    ];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("coreengine-loader-");

    /// <summary>Where the loader's sources stand.</summary>
    public static string Sources { get; } = Path.Combine(Checkout.Root, "native", "loader");

    /// <summary>Where these files lie.</summary>
    public string Folder => _folder.FullName;

    /// <summary>Marks the test as skipped where nothing can be compiled or run.</summary>
    public static void RequireCompiler()
    {
        if (!OperatingSystem.IsLinux() || !Exists(s_compiler))
        {
            Assert.Inconclusive($"The loader is for Linux and needs a C compiler ({s_compiler}).");
        }
    }

    /// <summary>Whether there is such a program.</summary>
    public static bool Exists(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>The path of a file of this folder.</summary>
    public string In(string name) => Path.Combine(Folder, name);

    /// <summary>Compiles; names of sources are those of the loader's folder.</summary>
    public static void Compile(params string[] arguments)
    {
        (int code, string output) = Run(s_compiler, [.. s_options, .. arguments], Sources);
        Assert.AreEqual(0, code, output);
    }

    /// <summary>Runs a program of this folder.</summary>
    /// <returns>Its exit code and all that it wrote.</returns>
    public (int Code, string Output) Run(
        string program,
        string[] arguments,
        params (string Name, string Value)[] variables
    ) => Run(In(program), arguments, Folder, variables);

    /// <summary>Runs any program.</summary>
    /// <returns>Its exit code and all that it wrote.</returns>
    public static (int Code, string Output) Run(
        string program,
        IEnumerable<string> arguments,
        string folder,
        params (string Name, string Value)[] variables
    )
    {
        var info = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.Environment.Remove("COREENGINE_VARIANT");
        foreach ((string name, string value) in variables)
        {
            info.Environment[name] = value;
        }

        using Process process = Process.Start(info)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
