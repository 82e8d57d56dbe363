using System.IO.Compression;
using System.Text;

namespace CoreEngine.Conformance.Tests;

[TestClass]
public sealed class GoldenFolderTests
{
    [TestMethod]
    public void EveryArrayOfEveryRecordedCaseDecodes()
    {
        int cases = 0;
        foreach (string op in Golden.Folder.OperatorNames)
        {
            OperatorCases file = Golden.Folder.ReadOperator(op);
            Assert.AreEqual(op, file.Op);
            foreach (OperatorCase recorded in file.Cases)
            {
                cases++;
                Assert.StartsWith(op + "/", recorded.Id);
                IEnumerable<GoldenArray> arrays = recorded
                    .Inputs.Concat(recorded.Aux)
                    .Concat(recorded.Outputs)
                    .Concat(recorded.HeadGrads ?? [])
                    .Concat(recorded.Grads ?? [])
                    .Concat(recorded.GradsBefore ?? [])
                    .Concat(recorded.AuxAfterForward ?? [])
                    .Concat(recorded.AuxAfter ?? [])
                    .Concat(recorded.InputsAfter ?? []);
                foreach (GoldenArray array in arrays.Where(array => array.Data is not null))
                {
                    DenseArray dense = array.ToDense();
                    Assert.AreEqual(dense.Shape.Size, dense.Length, recorded.Id);
                }
            }
        }

        Assert.AreEqual(237, Golden.Folder.OperatorNames.Count);
        Assert.AreEqual(2230, cases);
    }

    [TestMethod]
    public void AliasesErrorsAndArrayFilesAreRead()
    {
        Assert.AreEqual("add_n", Golden.Folder.ReadAliases()["ElementWiseSum"]);
        ErrorCases errors = Golden.Folder.ReadErrors();
        Assert.HasCount(123, errors.Raises);
        Assert.HasCount(6, errors.Accepted);
        IReadOnlyDictionary<string, ArrayFile> files = Golden.Folder.ReadArrayFiles();
        Assert.AreEqual("arg:w", files["dict.nd"].Items[0].Name);
        foreach (string file in files.Keys)
        {
            Assert.IsNotEmpty(Golden.Folder.ReadBytes("ndarray/" + file), file);
        }
    }

    [TestMethod]
    public void PlainFilesReadLikeCompressedOnes()
    {
        string folder = Directory.CreateTempSubdirectory("golden").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "ops"));
            File.WriteAllBytes(Path.Combine(folder, "ops", "abs.json"), Golden.Folder.ReadBytes("ops/abs.json"));
            var plain = new GoldenFolder(folder);
            CollectionAssert.AreEqual(new[] { "abs" }, plain.OperatorNames.ToArray());
            CollectionAssert.AreEqual(
                Golden.Folder.ReadOperator("abs").Cases.Select(c => c.Id).ToArray(),
                plain.ReadOperator("abs").Cases.Select(c => c.Id).ToArray()
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [TestMethod]
    public void MissingFoldersFilesAndDamageAreTypedErrors()
    {
        Assert.Contains(
            "no folder",
            Assert.ThrowsExactly<GoldenDataException>(() => new GoldenFolder("/no/such")).Message
        );
        Assert.Contains(
            "ops/nothing.json",
            Assert.ThrowsExactly<GoldenDataException>(() => Golden.Folder.ReadOperator("nothing")).Message
        );
        string folder = Directory.CreateTempSubdirectory("golden").FullName;
        try
        {
            Assert.Contains(
                "no operator cases",
                Assert.ThrowsExactly<GoldenDataException>(() => new GoldenFolder(folder)).Message
            );
            Directory.CreateDirectory(Path.Combine(folder, "ops"));
            Write(folder, "text.json", Encoding.UTF8.GetBytes("{\"op\": \"text\", \"cases\": [{"));
            Write(folder, "packed.json.gz", Encoding.UTF8.GetBytes("this is not gzip"));
            Write(folder, "short.json.gz", Gzip("{\"op\": \"short\", \"cases\": []}")[..^12]);
            var damaged = new GoldenFolder(folder);
            foreach (string op in damaged.OperatorNames)
            {
                GoldenDataException error = Assert.ThrowsExactly<GoldenDataException>(() => damaged.ReadOperator(op));
                Assert.Contains($"ops/{op}.json", error.Message);
            }

            Assert.HasCount(3, damaged.OperatorNames);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Write(string folder, string name, byte[] bytes) =>
        File.WriteAllBytes(Path.Combine(folder, "ops", name), bytes);

    private static byte[] Gzip(string text)
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Optimal))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return memory.ToArray();
    }
}
