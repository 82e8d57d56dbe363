using System.Runtime.CompilerServices;

namespace CoreEngine.Conformance.Tests;

/// <summary>The golden data of this checkout.</summary>
internal static class Golden
{
    public static GoldenFolder Folder { get; } = new(Path.Combine(Root(), "tests", "golden"));

    private static string Root([CallerFilePath] string here = "")
    {
        string? folder = Path.GetDirectoryName(here);
        while (folder is not null && !File.Exists(Path.Combine(folder, "CoreEngine.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new DirectoryNotFoundException("The tests run outside a checkout.");
    }
}
