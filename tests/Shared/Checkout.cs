using System.Runtime.CompilerServices;

namespace CoreEngine.Tests;

/// <summary>The checkout that the tests were built from; every test project compiles this file.</summary>
internal static class Checkout
{
    /// <summary>Its top folder.</summary>
    public static string Root { get; } = Find();

    /// <summary>The recorded results of the original library.</summary>
    public static string GoldenData => Path.Combine(Root, "tests", "golden");

    /// <summary>Where the native library lies: where the test task made it, otherwise where <c>./build.sh native</c> does.</summary>
    public static string Native =>
        Environment.GetEnvironmentVariable("COREENGINE_NATIVE") ?? Path.Combine(Root, "artifacts", "native");

    private static string Find([CallerFilePath] string here = "")
    {
        string? folder = Path.GetDirectoryName(here);
        while (folder is not null && !File.Exists(Path.Combine(folder, "CoreEngine.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new DirectoryNotFoundException("The tests run outside a checkout.");
    }
}
