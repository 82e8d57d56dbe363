using System.Diagnostics;
using System.Runtime.InteropServices;
using CoreEngine.Tests;

namespace CoreEngine.CApi.Tests;

/// <summary>The program in C that calls every function; it needs a C compiler.</summary>
internal static unsafe class ClientInC
{
    private static readonly string[] s_sources =
    [
        "main.c",
        "operators.c",
        "arrays.c",
        "training.c",
        "symbols.c",
        "custom.c",
        "files.c",
        "stores.c",
        "zero_arguments.c",
    ];

    /// <summary>Where the program's sources stand.</summary>
    public static string Sources { get; } = Path.Combine(Checkout.Root, "tests", "CoreEngine.CApi.Tests", "Clients");

    /// <summary>Builds it as a library that calls the functions of this process, and runs it.</summary>
    /// <returns>What went wrong.</returns>
    public static string RunHere(TemporaryFolder folder)
    {
        string library = folder.File("client.so");
        Compile([.. s_sources, "exports_by_table.c"], ["-shared", "-fPIC", "-Wl,-Bsymbolic", "-o", library]);
        nint client = NativeLibrary.Load(library);
        var slots = (nint*)NativeLibrary.GetExport(client, "coreengine_slots");
        foreach ((Export export, int i) in Export.All.Select((export, i) => (export, i)))
        {
            slots[i] = export.Address;
        }

        using var arena = new Arena(4096);
        string report = folder.File("report.txt");
        var run = (delegate* unmanaged[Cdecl]<nint, nint, int>)NativeLibrary.GetExport(client, "coreengine_client");
        _ = run(arena.Text(folder.Path), arena.Text(report));
        return File.ReadAllText(report);
    }

    /// <summary>Builds it as a program on the native library, and runs it.</summary>
    /// <returns>What went wrong.</returns>
    public static string RunOn(string nativeLibrary, TemporaryFolder folder)
    {
        string program = folder.File("client");
        string report = folder.File("report.txt");
        Compile(s_sources, ["-DCOREENGINE_CLIENT_MAIN", "-o", program, nativeLibrary]);
        Execute(program, [folder.Path, report], ("LD_LIBRARY_PATH", Path.GetDirectoryName(nativeLibrary)!));
        return File.ReadAllText(report);
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>Its exit code and everything it wrote.</returns>
    public static (int Code, string Output) Execute(
        string program,
        IEnumerable<string> arguments,
        params (string Name, string Value)[] variables
    )
    {
        var info = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
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

    private static void Compile(IEnumerable<string> sources, IEnumerable<string> options)
    {
        string native = Path.Combine(Checkout.Root, "native");
        (int code, string output) = Execute(
            "gcc",
            [
                "-std=gnu11",
                "-g",
                "-O1",
                "-Wall",
                "-Wextra",
                "-Wno-cast-function-type",
                "-Werror",
                $"-I{native}/include",
                $"-I{native}/loader",
                $"-I{Sources}",
                .. sources.Select(source => Path.Combine(Sources, source)),
                .. options,
            ]
        );
        Assert.AreEqual(0, code, output);
    }
}
