namespace CoreEngine.Tests.Loading;

/// <summary>The library that <c>./build.sh native</c> makes, when it was made.</summary>
[TestClass]
public sealed class NativeLibraryTests
{
    private const long MostBytes = 15_000_000;

    private static string Library { get; } = Path.Combine(Checkout.Native, "libcoreengine.so");

    [TestMethod]
    public void Programs_that_fork_with_work_in_flight_get_the_right_numbers_on_both_sides()
    {
        RequireLibrary();
        using var workshop = new Workshop();
        Workshop.Compile("-o", workshop.In("fork_test"), "tests/fork_test.c", "-ldl", "-lpthread");
        Assert.AreEqual((0, ""), workshop.Run("fork_test", [Library, "30"]));
    }

    [TestMethod]
    public void It_is_small()
    {
        RequireLibrary();
        long bytes = new DirectoryInfo(Path.GetDirectoryName(Library)!)
            .EnumerateFiles()
            .Where(file => file.LinkTarget is null)
            .Sum(file => file.Length);
        Assert.IsLessThan(MostBytes, bytes);
    }

    private static void RequireLibrary()
    {
        Workshop.RequireCompiler();
        if (!File.Exists(Library))
        {
            Assert.Inconclusive("The native library was not built: ./build.sh native.");
        }
    }
}
