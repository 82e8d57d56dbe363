using System.Reflection;
using System.Runtime.InteropServices;
using CoreEngine.Abi;
using CoreEngine.Tests;

namespace CoreEngine.CApi.Tests;

/// <summary>What the library exports is what the list says, and the list has all of MXNet 1.0.0's functions.</summary>
[TestClass]
public sealed class AbiListTests
{
    private const int InMXNet100 = 198;

    // Exported by MXNet 1.0.0 though no header of it declares them.
    private static readonly string[] s_undeclared = ["MXCVImdecode", "MXCVResize", "MXCVcopyMakeBorder"];

    // One declaration serves the 1.0.0 and the 1.9.1 form of these two: the callee looks at what it was given.
    private static readonly string[] s_twoForms = ["MXSetProfilerConfig", "MXDumpProfile"];

    private static readonly IReadOnlyList<AbiFunction> s_functions = AbiList.Read(Checkout.Root);

    /// <summary>Every function of MXNet 1.0.0 is there, with its types; nothing else claims to be of 1.0.0.</summary>
    [TestMethod]
    public void TheListHasEveryFunctionOfMXNet100()
    {
        string[] expected = ReadReference();
        Assert.HasCount(InMXNet100, expected);
        string[] actual =
        [
            .. s_functions
                .Where(f => f.Since == "1.0.0" && !s_undeclared.Contains(f.Name) && !s_twoForms.Contains(f.Name))
                .Select(f => $"{f.Returns} {f.Name}({string.Join(", ", f.Parameters.Select(p => p.Type))})")
                .Order(StringComparer.Ordinal),
        ];
        Assert.AreEqual(
            string.Join('\n', expected.Where(line => !s_twoForms.Any(line.Contains)).Order(StringComparer.Ordinal)),
            string.Join('\n', actual)
        );
        foreach (string name in s_undeclared.Concat(s_twoForms))
        {
            Assert.AreEqual("1.0.0", s_functions.Single(f => f.Name == name).Since);
        }
    }

    /// <summary>No name stands in the list twice, and each has a sentence that says what the function does.</summary>
    [TestMethod]
    public void EveryFunctionIsListedOnceAndDescribed()
    {
        CollectionAssert.AllItemsAreUnique(s_functions.Select(f => f.Name).ToArray());
        foreach (AbiFunction function in s_functions)
        {
            Assert.EndsWith(".", function.About, $"{function.Name} has no sentence about it.");
            Assert.DoesNotContain("*/", function.About);
        }
    }

    /// <summary>The generated files are what the generator writes today.</summary>
    [TestMethod]
    public void GeneratedFilesAreUpToDate()
    {
        foreach ((string path, string text) in AbiList.Outputs(s_functions))
        {
            Assert.AreEqual(text, File.ReadAllText(Path.Combine(Checkout.Root, path)), $"{path} is old.");
        }
    }

    /// <summary>Each function of the list is one exported method, and there is no other.</summary>
    [TestMethod]
    public void EachFunctionIsExportedOnce()
    {
        string?[] exported =
        [
            .. typeof(Exports)
                .GetMethods(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)
                .Select(method => method.GetCustomAttribute<UnmanagedCallersOnlyAttribute>()?.EntryPoint),
        ];
        CollectionAssert.AreEquivalent(s_functions.Select(f => f.Name).ToArray(), exported);
    }

    private static string[] ReadReference() =>
        [
            .. File.ReadLines(Path.Combine(Checkout.Root, "tests", "CoreEngine.CApi.Tests", "c_api_1.0.0.txt"))
                .Where(line => line.Length > 0 && line[0] != '#'),
        ];
}
