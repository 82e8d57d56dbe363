using System.ComponentModel;
using CoreEngine.Tests;

namespace CoreEngine.CApi.Tests;

/// <summary>Programs of other languages that call every function, for its result and for its errors.</summary>
[TestClass]
public sealed class ClientTests
{
    private static readonly string s_native = Path.Combine(Checkout.Native, "libcoreengine.so");

    /// <summary>The program in C, on the functions of this process.</summary>
    [TestMethod]
    public void TheProgramInCRunsHere()
    {
        RequireCompiler();
        using var folder = new TemporaryFolder();
        Expect(ClientInC.RunHere(folder));
    }

    /// <summary>The program in C, on the library as it is installed.</summary>
    [TestMethod]
    public void TheProgramInCRunsOnTheNativeLibrary()
    {
        RequireCompiler();
        RequireNativeLibrary();
        using var folder = new TemporaryFolder();
        Expect(ClientInC.RunOn(s_native, folder));
    }

    /// <summary>The program in Python that uses ctypes and nothing else, on the library as it is installed.</summary>
    [TestMethod]
    public void TheProgramInPythonRunsOnTheNativeLibrary()
    {
        RequireNativeLibrary();
        Require("python3", "--version");
        using var folder = new TemporaryFolder();
        (int code, string output) = ClientInC.Execute(
            "python3",
            [Path.Combine(ClientInC.Sources, "client.py"), s_native, folder.Path],
            ("PYTHONDONTWRITEBYTECODE", "1")
        );
        Expect(output);
        Assert.AreEqual(0, code);
    }

    private static void Expect(string report)
    {
        if (report != "0 problems\n")
            Assert.Fail(report);
    }

    private static void RequireCompiler() => Require("gcc", "--version");

    private static void RequireNativeLibrary()
    {
        if (!File.Exists(s_native))
            Assert.Inconclusive("The native library is not there; ./build.sh native makes it.");
    }

    private static void Require(string program, string argument)
    {
        try
        {
            ClientInC.Execute(program, [argument]);
        }
        catch (Win32Exception)
        {
            Assert.Inconclusive($"{program} is not installed.");
        }
    }
}
