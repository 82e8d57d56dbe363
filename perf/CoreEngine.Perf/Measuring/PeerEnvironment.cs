using System.Runtime.InteropServices;

namespace CoreEngine.Perf;

/// <summary>
/// Environment variables that change how peers and we run. They are read when a library is loaded, so this runs before the
/// first of them is: what the shell has set is taken away and reported.
/// </summary>
internal static partial class PeerEnvironment
{
    /// <summary>Set for the second run of sets with OpenMP peers.</summary>
    public const string WaitPolicy = "OMP_WAIT_POLICY";

    // Prefixes. A wrong core type makes OpenBLAS several times slower; a number of threads overrides ours.
    private static readonly string[] s_traps =
    [
        "OPENBLAS_",
        "GOTO_NUM_THREADS",
        "BLIS_",
        "OMP_",
        "GOMP_",
        "KMP_",
        "MKL_",
        "DNNL_",
        "ONEDNN_",
        "ATEN_CPU_CAPABILITY",
        "TORCH_",
        "COREENGINE_THREADS",
    ];

    // Read by the runtime before any of our code: these can only be reported.
    private static readonly string[] s_runtimeTraps = ["DOTNET_", "COMPlus_"];

    private static readonly string[] s_harmless =
    [
        "DOTNET_ROOT",
        "DOTNET_NOLOGO",
        "DOTNET_CLI",
        "DOTNET_GENERATE",
        "DOTNET_SYSTEM_GLOBALIZATION",
        "DOTNET_HOST_PATH",
        "DOTNET_RUNNING",
        "DOTNET_SKIP",
        "DOTNET_ADD",
        "DOTNET_MSBUILD",
        "DOTNET_TOOLS",
    ];

    /// <summary>Takes traps away and returns what there is to say about them, one line each.</summary>
    /// <param name="passive">Whether OpenMP's wait policy was set on purpose.</param>
    public static IReadOnlyList<string> Prepare(bool passive)
    {
        var lines = new List<string>();
        foreach (string name in Environment.GetEnvironmentVariables().Keys.Cast<string>().Order(StringComparer.Ordinal))
        {
            string? value = Environment.GetEnvironmentVariable(name);
            if (HasPrefix(name, s_traps) && !(passive && name == WaitPolicy))
            {
                Set(name, null);
                lines.Add($"{name}={value} was set: removed for this run");
            }
            else if (HasPrefix(name, s_runtimeTraps) && !HasPrefix(name, s_harmless))
            {
                lines.Add($"{name}={value} is set: the runtime obeys it, numbers are not comparable");
            }
        }

        // OpenBLAS's threads would spin for a tenth of a second after each call and hold a processor that the other side
        // needs. 2^22 cycles, some milliseconds, are still far more than the gap between two calls.
        Set("OPENBLAS_THREAD_TIMEOUT", "22");
        return lines;
    }

    private static bool HasPrefix(string name, string[] prefixes) =>
        Array.Exists(prefixes, prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    // For native libraries of this process (the runtime keeps a copy of its own) and for processes that it starts.
    private static void Set(string name, string? value)
    {
        Environment.SetEnvironmentVariable(name, value);
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        if (value is null)
        {
            _ = UnsetVariable(name);
        }
        else
        {
            _ = SetVariable(name, value, 1);
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "unsetenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnsetVariable(string name);
}
