using System.Globalization;
using System.Xml.Linq;

// Every task of the repository; ./build.sh sets up what they need and hands the options through.

const string Solution = "./CoreEngine.sln";
const string Configuration = "Release";
const string Framework = "net10.0";

string root = Context.Environment.WorkingDirectory.FullPath;
string artifacts = System.IO.Path.Combine(root, "artifacts");
string testResults = System.IO.Path.Combine(artifacts, "test-results");
string packages = System.IO.Path.Combine(artifacts, "packages");

// Kernels are tested under every instruction set that this processor can be told to do without.
(string Name, string Variable)[] instructionSets =
[
    ("without AVX-512", "DOTNET_EnableAVX512"),
    ("without AVX2", "DOTNET_EnableAVX2"),
    ("without any intrinsics", "DOTNET_EnableHWIntrinsic"),
];
string[] testedUnderEveryInstructionSet = ["CoreEngine.Kernels.Tests"];

// The levels of the x86-64 psABI that the native library carries a build for.
string[] levels = ["v2", "v3", "v4"];
string nativeOutput = System.IO.Path.Combine(artifacts, "native");
string variants = System.IO.Path.Combine(artifacts, "variants");

// These load the native library: of the level of this processor, which is all that a test run compiles.
string[] testedNatively = ["CoreEngine.CApi.Tests", "CoreEngine.Loader.Tests"];
string nativeForTests = System.IO.Path.Combine(artifacts, "native-for-tests");

// What programs have to carry with them.
const long MostNativeBytes = 15_000_000;

// Arrays of more than 2^31 elements: some 10 GB of memory and a few minutes, so only when asked for.
const string LargeTests = "CoreEngine.Large.Tests";
TimeSpan testLimit = TimeSpan.FromMinutes(15);

// MSBuild's language for "say only what is wrong".
DotNetMSBuildSettings Quiet() => new() { NoLogo = true, ConsoleLoggerSettings = new() { NoSummary = true } };

void Say(string line) => Console.WriteLine(line);

string Built(string folder, string project) =>
    System.IO.Path.Combine(root, folder, project, "bin", Configuration, Framework);

// Runs a program with the console's own output; true when it ended in time, with its exit code.
(bool Ended, int Code) Execute(
    string program,
    IEnumerable<string> arguments,
    TimeSpan? limit = null,
    string folder = null,
    params (string Name, string Value)[] variables
)
{
    var info = new System.Diagnostics.ProcessStartInfo(program) { WorkingDirectory = folder ?? root };
    foreach (string argument in arguments)
    {
        info.ArgumentList.Add(argument);
    }

    foreach ((string name, string value) in variables)
    {
        info.Environment[name] = value;
    }

    using var process = System.Diagnostics.Process.Start(info);
    if (process.WaitForExit(limit ?? TimeSpan.FromHours(2)))
    {
        return (true, process.ExitCode);
    }

    process.Kill(entireProcessTree: true);
    process.WaitForExit();
    return (false, -1);
}

void Require(string what, (bool Ended, int Code) result)
{
    if (!result.Ended || result.Code != 0)
    {
        throw new CakeException($"{what} failed{(result.Ended ? $" with exit code {result.Code}" : ": out of time")}.");
    }
}

Task("clean")
    .Does(() =>
    {
        CleanDirectories("./{src,tools,tests,perf}/*/{bin,obj}");
        CleanDirectory(artifacts);
    });

Task("restore")
    .Does(() =>
    {
        Say("Restoring the NuGet packages ...");
        DotNetRestore(Solution, new DotNetRestoreSettings { Verbosity = DotNetVerbosity.Quiet });
    });

Task("build")
    .IsDependentOn("restore")
    .Does(() =>
    {
        Say($"Building {Solution} in {Configuration} ...");
        DotNetBuild(
            Solution,
            new DotNetBuildSettings
            {
                Configuration = Configuration,
                NoRestore = true,
                Verbosity = DotNetVerbosity.Quiet,
                MSBuildSettings = Quiet(),
            }
        );
    });

Task("test")
    .IsDependentOn("build")
    .Does(() =>
    {
        CleanDirectory(testResults);
        string only = Argument("project", "");
        if (testedNatively.Any(name => name.Contains(only, StringComparison.OrdinalIgnoreCase)))
        {
            Say("");
            BuildNative([HostLevel()], nativeForTests);
        }

        var runs = new List<(string Project, string Title, (string, string)[] Variables)>();
        foreach (FilePath project in GetFiles("./tests/*/*.csproj").OrderBy(file => file.FullPath, StringComparer.Ordinal))
        {
            string name = project.GetFilenameWithoutExtension().ToString();
            if (!name.Contains(only, StringComparison.OrdinalIgnoreCase) || name == LargeTests)
            {
                continue;
            }

            runs.Add((name, name, []));
            if (testedUnderEveryInstructionSet.Contains(name))
            {
                runs.AddRange(instructionSets.Select(set => (name, $"{name}, {set.Name}", new[] { (set.Variable, "0") })));
            }
        }

        var lines = new List<string>();
        (int Passed, int Failed, int Skipped) sum = (0, 0, 0);
        for (int i = 0; i < runs.Count; i++)
        {
            (string project, string title, (string, string)[] variables) = runs[i];
            Say("");
            Say($"== {title}");
            string trx = $"{i:00}-{project}.trx";
            var watch = System.Diagnostics.Stopwatch.StartNew();
            (bool ended, int code) = Execute(
                "dotnet",
                [
                    System.IO.Path.Combine(Built("tests", project), project + ".dll"),
                    "--report-trx",
                    "--report-trx-filename",
                    trx,
                    "--results-directory",
                    testResults,
                    "--progress",
                    "off",
                    "--ansi",
                    Console.IsOutputRedirected ? "off" : "auto",
                ],
                testLimit,
                null,
                [.. variables, ("COREENGINE_NATIVE", nativeForTests)]
            );
            (int passed, int failed, int skipped, string trouble) = Counted(
                System.IO.Path.Combine(testResults, trx),
                ended,
                code
            );
            sum = (sum.Passed + passed, sum.Failed + failed, sum.Skipped + skipped);
            lines.Add(
                $"{title}: {passed} passed, {failed} failed, {skipped} skipped in {watch.Elapsed.TotalSeconds:0} s{trouble}"
            );
        }

        Say("");
        lines.ForEach(Say);
        System.IO.File.WriteAllText(
            System.IO.Path.Combine(testResults, "summary.txt"),
            $"{sum.Passed} passed, {sum.Failed} failed, {sum.Skipped} skipped\n"
        );
        if (sum.Failed > 0 || sum.Passed == 0)
        {
            throw new CakeException("Tests failed.");
        }
    });

// What a result file says. A project that died, hung or ran nothing counts as one failure: silence is no success.
(int Passed, int Failed, int Skipped, string Trouble) Counted(string trx, bool ended, int code)
{
    (int passed, int failed, int skipped) = (0, 0, 0);
    if (System.IO.File.Exists(trx))
    {
        XElement counters = XDocument.Load(trx).Descendants().First(element => element.Name.LocalName == "Counters");
        int Count(string name) => int.Parse(counters.Attribute(name)!.Value, CultureInfo.InvariantCulture);
        passed = Count("passed");
        failed = Count("failed") + Count("error") + Count("timeout") + Count("aborted");
        skipped = Count("total") - passed - failed;
    }

    return (ended, code) switch
    {
        (false, _) => (passed, failed + 1, skipped, $" - stopped after {testLimit.TotalMinutes} minutes"),
        (_, 0) when passed == 0 => (passed, failed + 1, skipped, " - ran no test"),
        (_, not 0) when failed == 0 => (passed, 1, skipped, $" - ended with exit code {code}"),
        _ => (passed, failed, skipped, ""),
    };
}

Task("test-large")
    .IsDependentOn("build")
    .Does(() =>
        Require(
            "The test of large arrays",
            Execute(
                "dotnet",
                [System.IO.Path.Combine(Built("tests", LargeTests), LargeTests + ".dll"), "--progress", "off"]
            )
        )
    );

Task("demo")
    .IsDependentOn("build")
    .Does(() =>
    {
        string output = System.IO.Path.Combine(artifacts, "demo");
        EnsureDirectoryExists(output);
        Require(
            "The demo",
            Execute(
                "dotnet",
                [
                    System.IO.Path.Combine(Built("tools", "CoreEngine.Cli"), "CoreEngine.Cli.dll"),
                    "train",
                    "--data",
                    "digits",
                    "--model",
                    "lenet",
                    "--require-accuracy",
                    "0.97",
                    "--out",
                    output,
                ]
            )
        );
    });

Task("bench")
    .IsDependentOn("build")
    .Does(() =>
    {
        List<string> arguments = [System.IO.Path.Combine(Built("perf", "CoreEngine.Perf"), "CoreEngine.Perf.dll")];
        if (HasArgument("quick"))
        {
            arguments.Add("--quick");
        }

        if (HasArgument("readme"))
        {
            arguments.AddRange(["--readme", System.IO.Path.Combine(root, "README.md")]);
            arguments.AddRange(["--results", System.IO.Path.Combine(root, "perf", "RESULTS.md")]);
        }

        foreach (string option in new[] { "filter", "set", "threads" }.Where(HasArgument))
        {
            arguments.AddRange([$"--{option}", Argument<string>(option)]);
        }

        string output = System.IO.Path.Combine(artifacts, "bench");
        arguments.AddRange(["--json", Argument("json", System.IO.Path.Combine(output, "rows.json"))]);
        arguments.AddRange(["--plots", Argument("plots", output)]);

        Require("The measurement", Execute("dotnet", arguments));
    });

Task("budgets")
    .IsDependentOn("build")
    .Does(() =>
    {
        List<string> arguments =
        [
            System.IO.Path.Combine(Built("perf", "CoreEngine.Budgets"), "CoreEngine.Budgets.dll"),
            System.IO.Path.Combine(root, "perf", "budgets.json"),
        ];
        if (HasArgument("filter"))
        {
            arguments.AddRange(["--filter", Argument<string>("filter")]);
        }

        if (HasArgument("write"))
        {
            arguments.Add("--write");
        }

        Require("The check of allocation budgets", Execute("dotnet", arguments));
    });

Task("fuzz")
    .IsDependentOn("build")
    .Does(() =>
    {
        List<string> arguments =
        [
            System.IO.Path.Combine(Built("tools", "CoreEngine.Fuzz"), "CoreEngine.Fuzz.dll"),
            "--golden",
            System.IO.Path.Combine(root, "tests", "golden"),
            "--out",
            System.IO.Path.Combine(artifacts, "fuzz"),
        ];
        foreach (string option in new[] { "count", "format", "seed", "only" }.Where(HasArgument))
        {
            arguments.AddRange([$"--{option}", Argument<string>(option)]);
        }

        Require("The fuzzer", Execute("dotnet", arguments));
    });

// What follows from the list of C functions; a test holds it to the list.
Task("abi")
    .Does(() =>
    {
        DotNetBuild("./tools/CoreEngine.Abi", new DotNetBuildSettings { Configuration = Configuration, MSBuildSettings = Quiet() });
        string tool = System.IO.Path.Combine(Built("tools", "CoreEngine.Abi"), "CoreEngine.Abi.dll");
        Require("Writing the C interface", Execute("dotnet", [tool, root]));
    });

// One build of the C interface for each level, packed into the loader: native/loader says how they come together.
Task("native")
    .Does(() =>
    {
        string[] chosen = HasArgument("variant") ? Argument<string>("variant").Split(',') : levels;
        string output = BuildNative(chosen, nativeOutput);
        if (HasArgument("libmxnet"))
        {
            Link("libcoreengine.so", System.IO.Path.Combine(nativeOutput, "libmxnet.so"));
        }

        Say($"{output}: {Kilobytes(output)}");
        if (new System.IO.FileInfo(output).Length > MostNativeBytes)
        {
            throw new CakeException($"The library is larger than {MostNativeBytes / 1_000_000} MB.");
        }
    });

string HostLevel() =>
    System.Runtime.Intrinsics.X86.Avx512BW.VL.IsSupported ? "v4"
    : System.Runtime.Intrinsics.X86.Avx2.IsSupported ? "v3"
    : "v2";

// The library with the builds for some levels, its header and its pkg-config file.
string BuildNative(string[] chosen, string folder)
{
    string loader = System.IO.Path.Combine(root, "native", "loader");
    string compiler = Argument("compiler", "gcc");
    EnsureDirectoryExists(folder);
    EnsureDirectoryExists(variants);
    string packer = System.IO.Path.Combine(variants, "pack");
    void Compile(params string[] arguments) =>
        Require(
            "Compiling the loader",
            Execute(compiler, ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Wno-format-truncation", .. arguments], null, loader)
        );

    Compile("-o", packer, "pack.c", "unpack.c");
    foreach (string level in levels)
    {
        string packed = System.IO.Path.Combine(variants, level + ".packed");
        if (!chosen.Contains(level))
        {
            System.IO.File.WriteAllBytes(packed, []);
            continue;
        }

        Say($"Compiling for x86-64-{level} ...");
        string library = PublishVariant(level, compiler);
        Require("Packing", Execute(packer, [library, packed]));
        Say($"{library}: {Kilobytes(library)}, packed {Kilobytes(packed)}");
    }

    string output = System.IO.Path.Combine(folder, "libcoreengine.so");
    Compile(
        "-shared",
        "-fPIC",
        "-fvisibility=hidden",
        "-s",
        "-Wl,-soname,libcoreengine.so,-z,now,-z,relro,-z,nodelete",
        $"-Wa,-I,{variants}",
        "-o",
        output,
        "loader.c",
        "processor.c",
        "unpack.c",
        "payload.S",
        "-ldl"
    );
    CopyFile(System.IO.Path.Combine(root, "native", "include", "coreengine.h"), System.IO.Path.Combine(folder, "coreengine.h"));
    WritePkgConfig(System.IO.Path.Combine(folder, "coreengine.pc"), "${pcfiledir}", "${pcfiledir}", "${pcfiledir}");
    return output;
}

string Kilobytes(string path) => $"{new System.IO.FileInfo(path).Length / 1024} KB";

// Publishes the C interface for one level; each has its own folder for what is in between.
string PublishVariant(string level, string compiler)
{
    string project = System.IO.Path.Combine(root, "src", "CoreEngine.CApi");
    string between = System.IO.Path.Combine(project, "obj", Configuration, "native", level) + "/";
    string output = System.IO.Path.Combine(variants, level);
    Require(
        $"Publishing for x86-64-{level}",
        Execute(
            "dotnet",
            [
                "publish",
                project,
                "--configuration",
                Configuration,
                "--runtime",
                "linux-x64",
                "--output",
                output,
                "--verbosity",
                "quiet",
                "--nologo",
                $"-p:IlcInstructionSet=x86-64-{level}",
                $"-p:NativeIntermediateOutputPath={between}",
                $"-p:NativeOutputPath={between}",
                $"-p:CppCompilerAndLinker={compiler}",
            ]
        )
    );
    string library = System.IO.Path.Combine(variants, $"libcoreengine-{level}.so");
    CopyFile(System.IO.Path.Combine(output, "CoreEngine.CApi.so"), library);
    return library;
}

void WritePkgConfig(string path, string prefix, string libraries, string includes)
{
    string version = XDocument.Load("./Directory.Build.props").Descendants("Version").First().Value;
    System.IO.File.WriteAllText(
        path,
        $$"""
        prefix={{prefix}}
        libdir={{libraries}}
        includedir={{includes}}

        Name: CoreEngine
        Description: A deep-learning core engine with the C interface of Apache MXNet 1.0.0
        Version: {{version}}
        Libs: -L${libdir} -lcoreengine
        Cflags: -I${includedir}

        """
    );
}

void Link(string target, string path)
{
    System.IO.File.Delete(path);
    System.IO.File.CreateSymbolicLink(path, target);
}

// What "native" left goes to PREFIX/lib, PREFIX/include and PREFIX/lib/pkgconfig.
Task("install")
    .Does(() =>
    {
        string prefix = Argument("prefix", "/usr/local");
        string libraries = System.IO.Path.Combine(prefix, "lib");
        string includes = System.IO.Path.Combine(prefix, "include");
        string configurations = System.IO.Path.Combine(libraries, "pkgconfig");
        foreach (string folder in new[] { libraries, includes, configurations })
        {
            EnsureDirectoryExists(folder);
        }

        CopyFile(System.IO.Path.Combine(nativeOutput, "libcoreengine.so"), System.IO.Path.Combine(libraries, "libcoreengine.so"));
        CopyFile(System.IO.Path.Combine(nativeOutput, "coreengine.h"), System.IO.Path.Combine(includes, "coreengine.h"));
        WritePkgConfig(System.IO.Path.Combine(configurations, "coreengine.pc"), prefix, "${prefix}/lib", "${prefix}/include");
        if (HasArgument("libmxnet"))
        {
            Link("libcoreengine.so", System.IO.Path.Combine(libraries, "libmxnet.so"));
        }

        Say($"Installed libcoreengine.so, coreengine.h and coreengine.pc under {prefix}.");
    });

Task("format")
    .Does(() => Require("The layout check", Execute("dotnet", ["csharpier", HasArgument("write") ? "format" : "check", "."])));

Task("pack")
    .IsDependentOn("build")
    .Does(() =>
    {
        CleanDirectory(packages);
        DotNetPack(
            Solution,
            new DotNetPackSettings
            {
                Configuration = Configuration,
                NoBuild = true,
                OutputDirectory = packages,
                Verbosity = DotNetVerbosity.Quiet,
                MSBuildSettings = Quiet(),
            }
        );
        foreach (FilePath package in GetFiles($"{packages}/*.nupkg"))
        {
            Say($"{package.GetFilename()}  {new System.IO.FileInfo(package.FullPath).Length / 1024} KB");
        }
    })
    .Does(() => TryPackages());

// A user's first minutes, in a folder that knows nothing of this repository: install from a local feed, use, run the tool.
void TryPackages()
{
    string folder = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"coreengine-packages-{Guid.NewGuid():N}");
    System.IO.Directory.CreateDirectory(folder);
    try
    {
        string version = XDocument.Load("./Directory.Build.props").Descendants("Version").First().Value;
        // An own package cache: yesterday's build of the same version must not be taken for today's.
        (string, string)[] cache = [("NUGET_PACKAGES", System.IO.Path.Combine(folder, "cache"))];
        void Step(string what, params string[] arguments) =>
            Require($"Packages: {what}", Execute("dotnet", arguments, TimeSpan.FromMinutes(5), folder, cache));

        // The local feed comes on top of the feeds that this machine is set up with.
        System.IO.File.WriteAllText(
            System.IO.Path.Combine(folder, "nuget.config"),
            $"<configuration><packageSources><add key=\"local\" value=\"{packages}\" /></packageSources></configuration>\n"
        );
        Step("an empty program", "new", "console", "--name", "Try", "--output", folder, "--framework", Framework);
        Step("adding CoreEngine", "add", "package", "CoreEngine", "--version", version);
        System.IO.File.WriteAllText(System.IO.Path.Combine(folder, "Program.cs"), ReadmeExample());
        Step("a program that uses CoreEngine", "run", "-c", Configuration);
        Step("installing the tool", "tool", "install", "CoreEngine.Cli", "--version", version, "--tool-path", "tool");
        string tool = System.IO.Path.Combine(folder, "tool", "coreengine");
        void Run(params string[] arguments) =>
            Require(
                $"Packages: coreengine {string.Join(' ', arguments)}",
                Execute(tool, arguments, TimeSpan.FromMinutes(2), folder, cache)
            );
        Run("info");
        Run("train", "--epochs", "2", "--out", "trained");
        Say("The packages work from an empty folder.");
    }
    finally
    {
        System.IO.Directory.Delete(folder, recursive: true);
    }
}

// The program that the README shows.
string ReadmeExample()
{
    string[] lines = System.IO.File.ReadAllLines(System.IO.Path.Combine(root, "README.md"));
    int begin = Array.IndexOf(lines, "```csharp") + 1;
    return string.Join('\n', lines[begin..Array.IndexOf(lines, "```", begin)]);
}

RunTarget(Argument("target", "build"));
