using CoreEngine.Files;

namespace CoreEngine.Tests.Symbols;

[TestClass]
public sealed class VersionUpgradeTests
{
    [TestMethod]
    public void Version08KeepsParametersAndAttributesApartAndWritesNoStates()
    {
        var symbol = Symbol.FromJson(
            """
            {
              "nodes": [
                {"op": "null", "param": {}, "name": "data", "inputs": [], "backward_source_id": -1},
                {"op": "null", "param": {}, "name": "g", "inputs": [], "backward_source_id": -1},
                {"op": "null", "param": {}, "name": "b", "inputs": [], "backward_source_id": -1},
                {"op": "BatchNorm", "param": {"eps": "0.01"}, "name": "bn", "inputs": [[0, 0], [1, 0], [2, 0]],
                 "backward_source_id": -1, "attr": {"ctx_group": "left", "gamma_lr_mult": "3", "wd_mult": "4"}}
              ],
              "arg_nodes": [0, 1, 2],
              "heads": [[3, 0]]
            }
            """
        );
        CollectionAssert.AreEqual(new[] { "data", "g", "b" }, symbol.ListArguments().ToArray());
        CollectionAssert.AreEqual(new[] { "bn_moving_mean", "bn_moving_var" }, symbol.ListAuxiliaryStates().ToArray());
        Assert.AreEqual("left", symbol.Attribute("__ctx_group__"));
        Assert.AreEqual("4", symbol.Attribute("wd_mult"));
        Assert.AreEqual("0.01", symbol.Attribute("eps"));
        Assert.IsNull(symbol.Attribute("gamma_lr_mult"));
        Symbol all = symbol.Internals();
        Assert.AreEqual("3", all["g"].Attribute("lr_mult"));
        Assert.IsNull(all["b"].Attribute("lr_mult"));
        Assert.AreEqual("""["zero", {}]""", all["bn_moving_mean"].Attribute("__init__"));
        Assert.AreEqual("""["one", {}]""", all["bn_moving_var"].Attribute("__init__"));
        Assert.AreEqual("left", all["bn_moving_var"].Attribute("ctx_group"));
        Assert.AreEqual("0.01", all["bn_moving_var"].Attribute("eps"));
    }

    [TestMethod]
    [DataRow(899, true)]
    [DataRow(900, false)]
    public void OnlyBefore09AreMissingInputsAdded(int version, bool isUpgraded)
    {
        string json = Call("FullyConnected", """{"num_hidden": "2"}""", version);
        if (isUpgraded)
        {
            CollectionAssert.AreEqual(
                new[] { "data", "call_weight", "call_bias" },
                Symbol.FromJson(json).ListArguments().ToArray()
            );
        }
        else
        {
            Assert.Contains(
                "it has 1 inputs, but with its attributes it takes 3",
                Assert.ThrowsExactly<FileFormatException>(() => Symbol.FromJson(json)).Message
            );
        }
    }

    [TestMethod]
    [DataRow("argmax", 904, null)]
    [DataRow("argmin", 904, null)]
    [DataRow("argmax", 905, "-1")]
    [DataRow("softmax", 904, "-1")]
    public void OnceAnAxisOfMinusOneMeantAll(string op, int version, string? axis) =>
        Assert.AreEqual(axis, Symbol.FromJson(Call(op, """{"axis": "-1"}""", version)).Attribute("axis"));

    [TestMethod]
    [DataRow(903, """["Constant", {"value": 0.25}]""")]
    [DataRow(904, null)]
    public void OnlyBefore094AreInitializersDescribed(int version, string? description)
    {
        string json = """
            {
              "nodes": [
                {"op": "null", "name": "x", "inputs": []},
                {"op": "null", "name": "slope", "inputs": []},
                {"op": "LeakyReLU", "name": "p", "attrs": {"act_type": "prelu"}, "inputs": [[0, 0, 0], [1, 0, 0]]}
              ],
              "arg_nodes": [0, 1],
              "heads": [[2, 0, 0]],
              "attrs": {"mxnet_version": ["int", VERSION]}
            }
            """.Replace("VERSION", $"{version}");
        Assert.AreEqual(description, Symbol.FromJson(json).Internals()["slope"].Attribute("__init__"));
    }

    [TestMethod]
    [DataRow(9999, "__lr_mult__")]
    [DataRow(10901, "lr_mult")]
    public void HiddenKeysAreWrappedInFilesOfOlderVersionsOnly(int version, string key)
    {
        string json = """
            {"nodes": [{"op": "null", "name": "x", "attr": {"lr_mult": "2"}, "inputs": []}],
             "arg_nodes": [0], "heads": [[0, 0, 0]],
             "attrs": {"is_np_shape": ["int", 1], "mxnet_version": ["int", VERSION]}}
            """.Replace("VERSION", $"{version}");
        Assert.AreEqual(key, Symbol.FromJson(json).ListAttributes().Keys.First());
    }

    [TestMethod]
    [DataRow("Pooling", """{"kernel": "(2, 2)", "pool_type": "avg", "count_include_pad": "True", "layout": "NCHW"}""")]
    [DataRow("Dropout", """{"p": "0.5", "axes": "()", "cudnn_off": "True"}""")]
    [DataRow("mean", """{"axis": "None", "keepdims": "False"}""")]
    [DataRow("softmax", """{"axis": "1", "temperature": "None", "use_length": "False"}""")]
    public void WhatNewerVersionsSayWithoutNeedIsDropped(string op, string attributes)
    {
        var symbol = Symbol.FromJson(Call(op, attributes, 10901));
        foreach (string key in (string[])["count_include_pad", "layout", "axes", "cudnn_off", "use_length"])
        {
            Assert.IsNull(symbol.Attribute(key));
        }

        // A file that calls itself 1.0.0 has no such attributes.
        if (op != "mean")
            Assert.ThrowsExactly<FileFormatException>(() => Symbol.FromJson(Call(op, attributes, 10000)));
    }

    [TestMethod]
    [DataRow("Pooling", """{"kernel": "(2, 2)", "pool_type": "avg", "count_include_pad": "False"}""")]
    [DataRow("softmax", """{"temperature": "2.0"}""")]
    [DataRow("Dropout", """{"axes": "(1,)"}""")]
    public void WhatNewerVersionsAskForIsRefusedWhereItDoesNotExist(string op, string attributes)
    {
        FileFormatException error = Assert.ThrowsExactly<FileFormatException>(() =>
            Symbol.FromJson(Call(op, attributes, 10901))
        );
        Assert.Contains("node 1 ('call'", error.Message);
        Assert.Contains("unknown attribute", error.Message);
    }

    private static string Call(string op, string attributes, int version) =>
        """
            {
              "nodes": [
                {"op": "null", "name": "data", "inputs": []},
                {"op": "OP", "name": "call", "attrs": ATTRIBUTES, "inputs": [[0, 0, 0]]}
              ],
              "arg_nodes": [0],
              "heads": [[1, 0, 0]],
              "attrs": {"mxnet_version": ["int", VERSION]}
            }
            """.Replace("OP", op).Replace("ATTRIBUTES", attributes).Replace("VERSION", $"{version}");
}
