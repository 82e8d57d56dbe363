using System.Text;
using System.Text.Json.Nodes;
using CoreEngine.Files;
using CoreEngine.Tests.Files;

namespace CoreEngine.Tests.Symbols;

[TestClass]
public sealed class SymbolFileTests
{
    [TestMethod]
    [DataRow("autoencoder")]
    [DataRow("inception")]
    [DataRow("lenet")]
    [DataRow("lstm")]
    [DataRow("mlp")]
    [DataRow("resnet18")]
    [DataRow("ssd")]
    [DataRow("textcnn")]
    public void RecordedNetworksComeBackByteForByte(string network)
    {
        byte[] golden = GoldenFiles.Read($"networks/{network}-symbol.json");
        var symbol = Symbol.FromJson(golden, network);
        Assert.AreEqual(Encoding.UTF8.GetString(golden), symbol.ToJson());
        JsonNode recorded = JsonNode.Parse(GoldenFiles.Read($"networks/{network}-case.json"))!;
        AssertNames(recorded["arguments"], symbol.ListArguments());
        AssertNames(recorded["auxiliary"], symbol.ListAuxiliaryStates());
        AssertNames(recorded["outputs"], symbol.ListOutputs());
    }

    [TestMethod]
    public void SymbolsOfRecordedInferenceComeBack()
    {
        JsonArray cases = JsonNode.Parse(GoldenFiles.Read("inference.json"))!.AsArray();
        Assert.HasCount(63, cases);
        foreach (JsonNode? one in cases)
        {
            string name = (string)one!["name"]!;
            JsonNode recorded = one["symbol"]!;
            var symbol = Symbol.FromJson(recorded.ToJsonString());
            string written = JsonNode.Parse(symbol.ToJson())!.ToJsonString();
            Assert.AreEqual(recorded.ToJsonString(), written, name);
            AssertNames(one["arguments"], symbol.ListArguments());
            AssertNames(one["auxiliary"], symbol.ListAuxiliaryStates());
            AssertNames(one["outputs"], symbol.ListOutputs());
        }
    }

    [TestMethod]
    public void SavedSymbolsLoad()
    {
        using var folder = new TemporaryFolder();
        Symbol symbol = Symbol.Variable("x") * 2 + Symbol.Variable("größe");
        symbol.Save(folder["net-symbol.json"]);
        Assert.AreEqual(symbol.ToJson(), Symbol.Load(folder["net-symbol.json"]).ToJson());
    }

    [TestMethod]
    public void AbsentFilesAreNamed()
    {
        using var folder = new TemporaryFolder();
        FileAccessException error = Assert.ThrowsExactly<FileAccessException>(() => Symbol.Load(folder["none.json"]));
        Assert.Contains("none.json", error.Message);
    }

    private static void AssertNames(JsonNode? expected, IReadOnlyList<string> actual) =>
        CollectionAssert.AreEqual(expected!.AsArray().Select(name => (string)name!).ToArray(), actual.ToArray());
}
