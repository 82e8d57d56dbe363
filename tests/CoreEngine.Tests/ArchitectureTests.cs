using System.Xml.Linq;

namespace CoreEngine.Tests;

/// <summary>The rules of the house, as ARCHITECTURE.md states them.</summary>
[TestClass]
public sealed class ArchitectureTests
{
    private const int LongestFile = 600;

    /// <summary>What each project may refer to. A room may use only what stands above it.</summary>
    private static readonly Dictionary<string, string[]> s_mayUse = new()
    {
        ["src/CoreEngine.Kernels"] = [],
        ["src/CoreEngine.Runtime"] = ["CoreEngine.Kernels"],
        ["src/CoreEngine.Operators"] = ["CoreEngine.Kernels", "CoreEngine.Runtime"],
        ["src/CoreEngine"] = ["CoreEngine.Kernels", "CoreEngine.Runtime", "CoreEngine.Operators"],
        ["src/CoreEngine.Onnx"] = ["CoreEngine"],
        ["src/CoreEngine.KVStore"] = ["CoreEngine"],
        ["src/CoreEngine.CApi"] = ["CoreEngine", "CoreEngine.KVStore"],
        ["tools/CoreEngine.Abi"] = [],
        ["tools/CoreEngine.Conformance"] = ["CoreEngine", "CoreEngine.KVStore", "CoreEngine.Onnx"],
        ["tools/CoreEngine.Cli"] = ["CoreEngine", "CoreEngine.Onnx", "CoreEngine.Conformance"],
        ["tools/CoreEngine.Fuzz"] = ["CoreEngine", "CoreEngine.Onnx"],
        ["perf/CoreEngine.Perf"] = ["CoreEngine", "CoreEngine.Onnx"],
        ["perf/CoreEngine.Budgets"] = ["CoreEngine"],
    };

    /// <summary>Packages that libraries may bring to whoever embeds them. Each one needs a reason.</summary>
    private static readonly Dictionary<string, string> s_libraryPackages = new()
    {
        ["System.Numerics.Tensors"] = "TensorSpan is part of NDArray's public interface",
        ["StbImageSharp"] = "decodes image files; managed code without reflection, some 80 KB, in the public domain",
    };

    /// <summary>Files longer than <see cref="LongestFile"/> lines that still hold one idea, each with its reason.</summary>
    private static readonly Dictionary<string, string> s_longFiles = new()
    {
        ["src/CoreEngine.CApi/Exports.g.cs"] = "written by a tool: one wrapper for each function of the C interface",
    };

    private static readonly string[] s_vagueNames =
    [
        "Utils",
        "Util",
        "Utilities",
        "Helpers",
        "Helper",
        "Common",
        "Manager",
    ];

    [TestMethod]
    public void ProjectsReferOnlyToRoomsAboveThem()
    {
        foreach ((string project, string[] allowed) in s_mayUse)
        {
            foreach (string reference in References(project, "ProjectReference").Select(FileName))
            {
                Assert.Contains(reference, allowed, $"{project} must not refer to {reference}.");
            }
        }
    }

    [TestMethod]
    public void EveryProjectOfTheProductHasItsRule()
    {
        IEnumerable<string> projects = new[] { "src", "tools", "perf" }
            .SelectMany(folder =>
                Directory.EnumerateFiles(Path.Combine(Checkout.Root, folder), "*.csproj", SearchOption.AllDirectories)
            )
            .Select(file => Relative(Path.GetDirectoryName(file)!));
        CollectionAssert.AreEquivalent(s_mayUse.Keys.ToArray(), projects.ToArray());
    }

    [TestMethod]
    public void CompiledLibrariesReferOnlyToRoomsAboveThem()
    {
        System.Reflection.Assembly library = typeof(NDArray).Assembly;
        string[] rooms = [.. s_mayUse.Keys.Select(FileName)];
        foreach (
            System.Reflection.AssemblyName room in library.GetReferencedAssemblies().Where(a => rooms.Contains(a.Name))
        )
        {
            Assert.Contains(room.Name!, s_mayUse["src/CoreEngine"]);
            System.Reflection.Assembly loaded = System.Reflection.Assembly.Load(room);
            foreach (string used in loaded.GetReferencedAssemblies().Select(a => a.Name!).Where(rooms.Contains))
            {
                Assert.Contains(used, s_mayUse["src/" + room.Name], $"{room.Name} must not use {used}.");
            }
        }
    }

    [TestMethod]
    public void LibrariesBringOnlyKnownPackages()
    {
        foreach (string project in s_mayUse.Keys.Where(project => project.StartsWith("src/", StringComparison.Ordinal)))
        {
            foreach (string package in References(project, "PackageReference"))
            {
                Assert.IsTrue(s_libraryPackages.ContainsKey(package), $"{project} brings {package} to its users.");
            }
        }
    }

    [TestMethod]
    public void NamesSayWhatThingsAre()
    {
        foreach (string file in Sources("src", "tools", "perf", "tests"))
        {
            foreach (string part in Path.ChangeExtension(file, null).Split('/'))
            {
                Assert.DoesNotContain(part, s_vagueNames, $"{file}: name the idea instead.");
                Assert.IsFalse(
                    part.EndsWith("Manager", StringComparison.Ordinal)
                        || part.EndsWith("Helper", StringComparison.Ordinal),
                    $"{file}: name the idea instead."
                );
            }
        }
    }

    [TestMethod]
    public void FilesHoldOneIdea()
    {
        foreach (string file in Sources("src", "tools", "perf", "tests"))
        {
            int lines = File.ReadLines(Path.Combine(Checkout.Root, file)).Count();
            Assert.IsTrue(
                lines <= LongestFile || s_longFiles.ContainsKey(file),
                $"{file} has {lines} lines; split it, or name the reason here."
            );
        }

        foreach (string file in s_longFiles.Keys)
        {
            Assert.IsTrue(File.Exists(Path.Combine(Checkout.Root, file)), $"{file} is gone; remove its exception.");
        }
    }

    [TestMethod]
    public void LibrariesHoldNoUnfinishedCode()
    {
        string[] marks = ["TO" + "DO", "FIX" + "ME", "NotImplemented" + "Exception"];
        foreach (string file in Sources("src", "tools", "perf"))
        {
            string text = File.ReadAllText(Path.Combine(Checkout.Root, file));
            foreach (string mark in marks)
            {
                Assert.IsFalse(text.Contains(mark, StringComparison.Ordinal), $"{file} holds {mark}.");
            }
        }
    }

    private static IEnumerable<string> References(string project, string kind) =>
        XDocument
            .Load(Directory.GetFiles(Path.Combine(Checkout.Root, project), "*.csproj").Single())
            .Descendants(kind)
            .Select(element => element.Attribute("Include")!.Value.Replace('\\', '/'));

    private static string FileName(string path) =>
        Path.GetFileName(path).Replace(".csproj", "", StringComparison.Ordinal);

    private static IEnumerable<string> Sources(params string[] folders) =>
        folders
            .SelectMany(folder =>
                Directory.EnumerateFiles(Path.Combine(Checkout.Root, folder), "*.cs", SearchOption.AllDirectories)
            )
            .Select(Relative)
            .Where(file =>
                !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal)
            );

    private static string Relative(string path) => Path.GetRelativePath(Checkout.Root, path).Replace('\\', '/');
}
