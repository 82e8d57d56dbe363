using CoreEngine.Operators;

namespace CoreEngine.Tests.Symbols;

[TestClass]
public sealed class SymbolAttributeTests
{
    [TestMethod]
    public void HintsAreNotedOnVariables()
    {
        Symbol x = Symbol.Variable(
            "x",
            shape: new Shape(2, 0, 3),
            type: DType.Float16,
            storage: StorageType.RowSparse,
            learningRateMultiplier: 0.5,
            weightDecayMultiplier: 1e-8,
            initializer: """["zero", {}]""",
            attributes: new Dictionary<string, string> { ["ctx_group"] = "a", ["mood"] = "so so" }
        );
        (string, string)[] expected =
        [
            ("__ctx_group__", "a"),
            ("__dtype__", "2"),
            ("__init__", """["zero", {}]"""),
            ("__lr_mult__", "0.5"),
            ("__shape__", "(2,0,3)"),
            ("__storage_type__", "1"),
            ("__wd_mult__", "1e-08"),
            ("ctx_group", "a"),
            ("lr_mult", "0.5"),
            ("mood", "so so"),
            ("wd_mult", "1e-08"),
        ];
        CollectionAssert.AreEqual(expected, x.ListAttributes().Select(pair => (pair.Key, pair.Value)).ToArray());
        Assert.AreEqual("(7,)", Symbol.Variable("y", new Shape(7)).Attribute("__shape__"));
    }

    [TestMethod]
    public void NamesOperatorsAndHiddenKeysCanBeAskedFor()
    {
        Symbol x = Symbol.Variable("x", learningRateMultiplier: 2);
        Symbol y = Symbol.Call("relu", [x], "y");
        Assert.AreEqual("x", x.Attribute("name"));
        Assert.IsNull(x.Attribute("op_name"));
        Assert.AreEqual("relu", y.Attribute("op_name"));
        Assert.AreEqual("2", x.Attribute("lr_mult"));
        Assert.AreEqual("2", x.Attribute("__lr_mult__"));
        Assert.IsNull(x.Attribute("wd_mult"));
        Assert.IsNull(x.Attribute("nothing"));
    }

    [TestMethod]
    public void AttributesForTheEngineCanBeSet()
    {
        Symbol y = Symbol.Call("relu", Symbol.Variable("x"));
        y.SetAttribute("lr_mult", "1");
        y.SetAttribute("__lr_mult__", "2");
        y.SetAttribute("__note__", "n");
        Assert.AreEqual("2", y.Attribute("lr_mult"));
        Assert.AreEqual("n", y.Attribute("__note__"));
        SymbolException error = Assert.ThrowsExactly<SymbolException>(() => y.SetAttribute("note", "n"));
        StringAssert.Contains(error.Message, "make a new call");
        Symbol x = y.Children();
        x.SetAttribute("note", "n");
        Assert.AreEqual("n", x.Attribute("note"));
    }

    [TestMethod]
    public void AttributesOfInputsAreRefused()
    {
        var attributes = new Dictionary<string, string> { ["num_hidden"] = "2", ["weight_lr_mult"] = "3" };
        SymbolException error = Assert.ThrowsExactly<SymbolException>(() =>
            Symbol.Call("FullyConnected", [Symbol.Variable("x")], "fc", attributes)
        );
        StringAssert.Contains(error.Message, "lr_mult = 3, and pass it as 'weight'");
        Assert.ThrowsExactly<SymbolException>(() => Symbol.Variable("x").SetAttribute("a_wd_mult", "1"));
    }

    [TestMethod]
    public void ScopesGiveAttributesAndTheCallWins()
    {
        Symbol x;
        Symbol y;
        Symbol z;
        using (new AttributeScope("ctx_group", "outer"))
        {
            using (new AttributeScope(new Dictionary<string, string> { ["__b__"] = "inner", ["ctx_group"] = "inner" }))
            {
                x = Symbol.Variable("x");
                y = Symbol.Call("relu", [x], "y", new Dictionary<string, string> { ["__b__"] = "call" });
            }

            z = Symbol.Call("relu", x);
        }

        Assert.AreEqual("inner", x.Attribute("ctx_group"));
        Assert.AreEqual("inner", x.Attribute("__b__"));
        Assert.AreEqual("inner", y.Attribute("ctx_group"));
        Assert.AreEqual("call", y.Attribute("__b__"));
        Assert.AreEqual("outer", z.Attribute("ctx_group"));
        Assert.IsNull(z.Attribute("__b__"));
        Assert.IsEmpty(Symbol.Variable("w").ListAttributes());
    }

    [TestMethod]
    public void AllNodesAttributesAreListedInOrder()
    {
        Symbol y = Symbol.Variable("x", learningRateMultiplier: 1).Softmax(0);
        IReadOnlyList<(string Node, IReadOnlyDictionary<string, string> Attributes)> all = y.ListAllAttributes();
        Assert.HasCount(2, all);
        Assert.AreEqual("x", all[0].Node);
        CollectionAssert.AreEqual(new[] { "__lr_mult__", "lr_mult" }, all[0].Attributes.Keys.ToArray());
        CollectionAssert.AreEqual(new[] { "axis" }, all[1].Attributes.Keys.ToArray());
    }

    [TestMethod]
    public void NameScopesCountAndPrefix()
    {
        Symbol x = Symbol.Variable("x");
        using (new NameScope())
        {
            Assert.AreEqual("relu0", x.Relu().Name);
            Assert.AreEqual("relu1", x.Relu().Name);
            using (new NameScope("stage_"))
            {
                Assert.AreEqual("stage_relu0", x.Relu().Name);
                Assert.AreEqual("stage_mine", Symbol.Call("relu", [x], "mine").Name);
                Assert.AreEqual("y", Symbol.Variable("y").Name);
            }

            Assert.AreEqual("relu2", x.Relu().Name);
            Assert.AreEqual("multiboxprior0", Symbol.Call("_contrib_MultiBoxPrior", x).Name);
        }
    }

    [TestMethod]
    public void ScopesAreClosedInnerFirst()
    {
        var outer = new NameScope();
        using (new NameScope())
        {
            Assert.ThrowsExactly<InvalidOperationException>(outer.Dispose);
        }

        outer.Dispose();
        var attributes = new AttributeScope("__a__", "1");
        using (new AttributeScope("__a__", "2"))
        {
            Assert.ThrowsExactly<InvalidOperationException>(attributes.Dispose);
        }

        attributes.Dispose();
    }

    [TestMethod]
    public void KnownArraysSpreadOverTheSymbol()
    {
        Symbol net = Symbol.Variable("data").FullyConnected(4, name: "fc").SoftmaxOutput(name: "softmax");
        InferredArrays<Shape> shapes = net.InferShapes(("data", new Shape(2, 3)));
        Assert.IsTrue(shapes.IsComplete);
        CollectionAssert.AreEqual(new Shape[] { new(2, 3), new(4, 3), new(4), new(2) }, shapes.Arguments.ToArray());
        CollectionAssert.AreEqual(new Shape[] { new(2, 4) }, shapes.Outputs.ToArray());
        Assert.IsEmpty(shapes.AuxiliaryStates);
        Assert.IsFalse(net.InferShapes(("data", new Shape(0, 3))).IsComplete);
        InferredArrays<DType> types = net.InferTypes(("data", DType.Float64));
        Assert.IsTrue(types.IsComplete);
        CollectionAssert.AreEqual(new[] { DType.Float64 }, types.Outputs.ToArray());
        Symbol sparse = Symbol.Variable("w", storage: StorageType.Csr) * 1;
        InferredArrays<StorageType> storage = sparse.InferStorage(new Dictionary<string, StorageType>());
        CollectionAssert.AreEqual(new[] { StorageType.Csr }, storage.Arguments.ToArray());
        CollectionAssert.AreEqual(new[] { StorageType.Csr }, storage.Outputs.ToArray());
    }

    [TestMethod]
    public void AnotherAttributeOrNameMakesAnotherNode()
    {
        Symbol sum = Symbol.Call(
            "sum",
            [Symbol.Variable("x")],
            "total",
            new Dictionary<string, string> { ["axis"] = "0" }
        );
        Symbol changed = sum.WithAttribute("axis", "1").WithAttribute("name", "rows");
        Assert.AreEqual("1", changed.Attribute("axis"));
        Assert.AreEqual("rows", changed.Name);
        Assert.AreEqual("0", sum.Attribute("axis"));
        Assert.AreEqual("total", sum.Name);
        Assert.ThrowsExactly<AttributeException>(() => sum.WithAttribute("colour", "red"));
        Assert.ThrowsExactly<SymbolException>(() => Symbol.Group(sum, changed).WithAttribute("axis", "1"));
        Assert.AreEqual("y", Symbol.Variable("x").WithAttribute("name", "y").Name);
    }

    [TestMethod]
    public void AfterMakesANodeWait()
    {
        Symbol first = Symbol.Variable("a").Exp();
        Symbol second = Symbol.Variable("b").Abs();
        Symbol later = second.After(first);
        CollectionAssert.AreEqual(new[] { "b", "a" }, later.ListArguments().ToArray());
        Assert.AreEqual(first.Entries[0].Node, later.Entries[0].Node.ControlDependencies[0]);
        CollectionAssert.AreEqual(new[] { "b" }, second.ListArguments().ToArray());
        Assert.ThrowsExactly<SymbolException>(() => Symbol.Group(first, second).After(first));
    }

    [TestMethod]
    public void ShapesAndTypesMayBeGivenInTheOrderOfTheArguments()
    {
        Symbol product = Symbol.Variable("a").Dot(Symbol.Variable("b"));
        InferredArrays<Shape> shapes = product.InferShapes([new Shape(2, 3), new Shape(3, 4)]);
        Assert.AreEqual(new Shape(2, 4), shapes.Outputs[0]);
        Assert.IsTrue(shapes.IsComplete);
        Assert.AreEqual(DType.Float64, product.InferTypes([DType.Float64]).Outputs[0]);
        Assert.ThrowsExactly<EngineException>(() => product.InferTypes([DType.Float32, DType.Float32, DType.Float32]));
    }
}
