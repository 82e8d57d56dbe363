using System.Runtime.Intrinsics.X86;

namespace CoreEngine.Tests.Loading;

/// <summary>
/// The loader with three libraries that only tell which of their functions was called with what: every function must
/// arrive in the right one, unchanged.
/// </summary>
[TestClass]
public sealed class LoaderTests
{
    private const string Library = "libcoreengine.so";
    private static Workshop? s_workshop;

    private static Workshop Shop => s_workshop!;

    // The level that the loader should find here, by another way than its own.
    private static int Level =>
        Avx512F.VL.IsSupported && Avx512BW.IsSupported ? 4
        : Avx2.IsSupported ? 3
        : 2;

    [ClassInitialize]
    public static void Build(TestContext context)
    {
        Workshop.RequireCompiler();
        s_workshop = new Workshop();
        Workshop.Compile("-o", Shop.In("pack"), "pack.c", "unpack.c");
        for (int level = 2; level <= 4; level++)
        {
            string variant = Shop.In($"v{level}.so");
            Workshop.Compile("-shared", "-fPIC", $"-DLEVEL={level}", "-o", variant, "tests/variant.c");
            Assert.AreEqual(0, Shop.Run("pack", [variant, Shop.In($"v{level}.packed")]).Code);
        }

        BuildLoader(Shop.In(Library));
        Workshop.Compile("-o", Shop.In("loader_test"), "tests/loader_test.c", "-ldl");
    }

    [ClassCleanup]
    public static void Leave() => s_workshop?.Dispose();

    [TestMethod]
    public void Every_function_arrives_in_the_best_variant_for_this_processor() => Expect(Level);

    [TestMethod]
    public void A_variant_can_be_chosen()
    {
        for (int level = 2; level <= Level; level++)
        {
            Expect(level, ("COREENGINE_VARIANT", $"v{level}"));
        }
    }

    [TestMethod]
    public void A_library_can_be_named_by_its_path() => Expect(4, ("COREENGINE_VARIANT", Shop.In("v4.so")));

    [TestMethod]
    public void A_copy_with_another_name_in_another_folder_needs_nothing_beside_it()
    {
        using var other = new Workshop();
        File.Copy(Shop.In(Library), other.In("libmxnet.so"));
        Assert.AreEqual((0, ""), Shop.Run("loader_test", [other.In("libmxnet.so"), $"{Level}"]));
    }

    [TestMethod]
    [DataRow("v5", "may be v2, v3, v4 or a path")]
    [DataRow("/no/such/library.so", "/no/such/library.so")]
    [DataRow("/proc/self/exe", "COREENGINE_VARIANT")]
    public void What_cannot_be_loaded_makes_every_function_fail_and_say_why(string choice, string reason)
    {
        (int code, string output) = Shop.Run("loader_test", [Shop.In(Library), "0"], ("COREENGINE_VARIANT", choice));
        Assert.AreEqual(0, code, output);
        StringAssert.Contains(output, reason);
    }

    [TestMethod]
    public void A_library_that_lacks_functions_is_refused_as_a_whole()
    {
        Workshop.Compile("-shared", "-fPIC", "-o", Shop.In("other.so"), "unpack.c");
        (int code, string output) = Shop.Run(
            "loader_test",
            [Shop.In(Library), "0"],
            ("COREENGINE_VARIANT", Shop.In("other.so"))
        );
        Assert.AreEqual(0, code, output);
        StringAssert.Contains(output, "has no function MXGetLastError");
    }

    [TestMethod]
    public void A_variant_beyond_the_processor_is_refused()
    {
        if (Level == 4)
        {
            Assert.Inconclusive("This processor runs every variant.");
        }

        (int code, string output) = Shop.Run(
            "loader_test",
            [Shop.In(Library), "0"],
            ("COREENGINE_VARIANT", $"v{Level + 1}")
        );
        Assert.AreEqual(0, code, output);
        StringAssert.Contains(output, "this processor does not have all instructions");
    }

    [TestMethod]
    public void A_library_built_for_some_levels_takes_the_best_of_them()
    {
        using var other = new Workshop();
        File.Copy(Shop.In("v2.packed"), other.In("v2.packed"));
        File.WriteAllBytes(other.In("v3.packed"), []);
        File.WriteAllBytes(other.In("v4.packed"), []);
        BuildLoader(other.In(Library), other.Folder);
        Assert.AreEqual((0, ""), Shop.Run("loader_test", [other.In(Library), "2"]));
    }

    [TestMethod]
    public void The_loader_needs_the_c_library_only_and_exports_the_list_only()
    {
        if (!Workshop.Exists("readelf") || !Workshop.Exists("nm"))
        {
            Assert.Inconclusive("binutils are not installed.");
        }

        string needed = Workshop.Run("readelf", ["-d", Shop.In(Library)], Shop.Folder).Output;
        string[] libraries =
        [
            .. needed
                .Split('\n')
                .Where(line => line.Contains("NEEDED", StringComparison.Ordinal))
                .Select(line => line[line.IndexOf('[', StringComparison.Ordinal)..]),
        ];
        CollectionAssert.AreEqual(new[] { "[libc.so.6]" }, libraries);
        string[] listed =
        [
            .. File.ReadLines(Path.Combine(Workshop.Sources, "exports.inc"))
                .Where(line => line.StartsWith("COREENGINE_EXPORT(", StringComparison.Ordinal))
                .Select(line => line.Split(',')[1].Trim()),
        ];
        string[] exported =
        [
            .. Workshop
                .Run("nm", ["-D", "--defined-only", Shop.In(Library)], Shop.Folder)
                .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split(' ')[^1]),
        ];
        CollectionAssert.AreEquivalent(listed, exported);
    }

    [TestMethod]
    public void The_loader_is_clean_under_valgrind()
    {
        if (!Workshop.Exists("valgrind"))
        {
            Assert.Inconclusive("valgrind is not installed.");
        }

        // Valgrind's processor may be a lesser one than this: a variant that each has.
        (int code, string output) = Workshop.Run(
            "valgrind",
            ["-q", "--error-exitcode=9", "--leak-check=full", Shop.In("loader_test"), Shop.In(Library), "2"],
            Shop.Folder,
            ("COREENGINE_VARIANT", "v2")
        );
        Assert.AreEqual(0, code, output);
    }

    [TestMethod]
    public void Files_come_out_as_they_were_and_damaged_ones_do_no_harm()
    {
        Workshop.Compile("-fsanitize=address,undefined", "-o", Shop.In("unpack_test"), "tests/unpack_test.c", "unpack.c");
        var random = new Random(7);
        foreach (int length in (int[])[1, 4, 5, 12, 13, 14, 300, (1 << 18) - 1, 1 << 18, (1 << 18) + 3, 700_000])
        {
            // Half noise, half repetition.
            byte[] data = new byte[length];
            for (int i = 0; i < length; i++)
            {
                data[i] =
                    i % 97 < 40 && i > 5000
                        ? data[i - random.Next(1, 5000)]
                        : (byte)random.Next(length % 2 == 0 ? 4 : 256);
            }

            File.WriteAllBytes(Shop.In("original"), data);
            Assert.AreEqual(0, Shop.Run("pack", [Shop.In("original"), Shop.In("packed")]).Code, $"length {length}");
            (int code, string output) = Shop.Run(
                "unpack_test",
                [Shop.In("original"), Shop.In("packed"), length < 1000 ? "2000" : "40"]
            );
            Assert.AreEqual(0, code, $"length {length}: {output}");
        }
    }

    private static void BuildLoader(string library, string? packed = null) =>
        Workshop.Compile(
            "-shared",
            "-fPIC",
            "-fvisibility=hidden",
            "-Wl,-z,now,-z,relro,-z,nodelete",
            $"-Wa,-I,{packed ?? Shop.Folder}",
            "-o",
            library,
            "loader.c",
            "processor.c",
            "unpack.c",
            "payload.S",
            "-ldl"
        );

    private static void Expect(int level, params (string Name, string Value)[] variables)
    {
        Assert.AreEqual((0, ""), Shop.Run("loader_test", [Shop.In(Library), $"{level}"], variables));
    }
}
