using System.Text.Json;
using System.Text.Json.Nodes;
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

    [TestMethod]
    public void ASymbolOfVersion08IsUpgraded()
    {
        string? folder = Environment.GetEnvironmentVariable(FolderVariable);
        if (folder is null || !File.Exists(Path.Combine(folder, "save_000800.json")))
        {
            Assert.Inconclusive($"save_000800.json is absent; {FolderVariable} names the folder that holds it.");
        }

        JsonNode expected = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "expected.json")))![
            "save_000800.json"
        ]!;
        Symbol symbol = Symbol.Load(Path.Combine(folder, "save_000800.json"));
        AssertJson(expected["arguments"]!, JsonSerializer.SerializeToNode(symbol.ListArguments())!);
        AssertJson(expected["outputs"]!, JsonSerializer.SerializeToNode(symbol.ListOutputs())!);
        AssertJson(expected["auxiliary"]!, JsonSerializer.SerializeToNode(symbol.ListAuxiliaryStates())!);
        AssertJson(
            expected["attr_dict"]!,
            JsonSerializer.SerializeToNode(
                symbol.ListAllAttributes().ToDictionary(pair => pair.Node, pair => pair.Attributes)
            )!
        );
        AssertJson(expected["upgraded_json"]!, JsonNode.Parse(symbol.ToJson())!);
    }

    private static void AssertJson(JsonNode expected, JsonNode actual) =>
        Assert.IsTrue(JsonNode.DeepEquals(expected, actual), $"expected {expected}\nactual {actual}");
}
