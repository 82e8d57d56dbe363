using System.Text.Json;
using CoreEngine.Files;

namespace CoreEngine.Tests.Files;

/// <summary>Files that others made and that stay outside the repository.</summary>
[TestClass]
public sealed class ForeignFileTests
{
    private const string FolderVariable = "COREENGINE_FOREIGN_DATA";

    [TestMethod]
    public void ALegacyFileIsRead()
    {
        string? folder = Environment.GetEnvironmentVariable(FolderVariable);
        if (folder is null || !File.Exists(Path.Combine(folder, "legacy_ndarray.v0")))
        {
            Assert.Inconclusive($"legacy_ndarray.v0 is absent; {FolderVariable} names the folder that holds it.");
        }

        using JsonDocument expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "expected.json")));
        JsonElement[] items =
        [
            .. expected.RootElement.GetProperty("legacy_ndarray.v0").GetProperty("items").EnumerateArray(),
        ];
        using StoredArrayList list = NDArrayFile.Load(Path.Combine(folder, "legacy_ndarray.v0"));
        Assert.HasCount(items.Length, list.Arrays);
        for (int i = 0; i < items.Length; i++)
        {
            Assert.AreEqual(items[i].GetProperty("dtype").GetString(), list.Arrays[i].DType.Name());
            CollectionAssert.AreEqual(
                items[i].GetProperty("data").GetBytesFromBase64(),
                list.Arrays[i].Data.Bytes.ToArray()
            );
        }
    }
}
