using CoreEngine.Graphs;
using CoreEngine.Kernels;
using CoreEngine.Operators;

namespace CoreEngine.Tests.Symbols;

[TestClass]
public sealed class SymbolCompositionTests
{
    private static Dictionary<string, string> Text(params (string Key, string Value)[] pairs) =>
        pairs.ToDictionary(pair => pair.Key, pair => pair.Value);

    private static void AssertNames(IReadOnlyList<string> actual, params string[] expected) =>
        CollectionAssert.AreEqual(expected, actual.ToArray());

    [TestMethod]
    public void MissingInputsBecomeVariablesWithTheCallsAttributes()
    {
        using var names = new NameScope();
        Symbol data = Symbol.Variable("data");
        Symbol fc = Symbol.Call("FullyConnected", [data], "fc1", Text(("num_hidden", "8"), ("lr_mult", "2")));
        AssertNames(fc.ListArguments(), "data", "fc1_weight", "fc1_bias");
        AssertNames(fc.ListOutputs(), "fc1_output");
        Symbol weight = fc.Internals()["fc1_weight"];
        Assert.AreEqual("8", weight.Attribute("num_hidden"));
        Assert.AreEqual("2", weight.Attribute("__lr_mult__"));
        Assert.IsEmpty(data.ListAttributes());
    }

    [TestMethod]
    public void InputsAreGivenByPlaceAndByName()
    {
        Symbol data = Symbol.Variable("data");
        Symbol bias = Symbol.Variable("b");
        Symbol fc = Symbol.Call(
            "FullyConnected",
            [data],
            "fc",
            Text(("num_hidden", "8")),
            new Dictionary<string, Symbol> { ["bias"] = bias }
        );
        AssertNames(fc.ListArguments(), "data", "fc_weight", "b");
    }

    [TestMethod]
    public void InputsThatDoNotFitAreRefused()
    {
        Symbol x = Symbol.Variable("x");
        var named = new Dictionary<string, Symbol> { ["data"] = x };
        StringAssert.Contains(Refused(() => Symbol.Call("relu", x, x)), "2 inputs were given, but it takes 1");
        StringAssert.Contains(
            Refused(() => Symbol.Call("relu", [x], "r", null, named)),
            "there is no input 'data' left to give by name"
        );
        StringAssert.Contains(
            Refused(() => Symbol.Call("relu", [], "r", null, new Dictionary<string, Symbol> { ["x"] = x })),
            "Inputs that may be named here: data"
        );
        StringAssert.Contains(Refused(() => Symbol.Call("relu", Symbol.Group(x, x))), "2 outputs; one is needed");
        StringAssert.Contains(
            Refused(() => Symbol.Call("BatchNorm", x, x, x, x, x.Relu())),
            "its state 'moving_var' is kept in"
        );
        Assert.ThrowsExactly<UnknownOperatorException>(() => Symbol.Call("NoSuchOperator", x));
        Assert.ThrowsExactly<AttributeException>(() => Symbol.Call("FullyConnected", x));
        Assert.ThrowsExactly<ArgumentException>(() => Symbol.Call("relu", new FullyConnectedParameters(), [x]));
    }

    [TestMethod]
    public void CallsCountTheirInputs()
    {
        Symbol x = Symbol.Variable("x");
        Assert.AreEqual("3", Symbol.Call("add_n", x, x, x).Attribute("num_args"));
        Symbol concat = Symbol.Concat([x, x], axis: 0, name: "c");
        Assert.AreEqual("2", concat.Attribute("num_args"));
        Assert.AreEqual("0", concat.Attribute("dim"));
        Symbol missing = Symbol.Call("Concat", [x], "c", Text(("num_args", "3")));
        AssertNames(missing.ListArguments(), "x", "c_arg1", "c_arg2");
    }

    [TestMethod]
    public void ParametersAtTheirDefaultsAreNotWritten()
    {
        Symbol conv = Symbol.Variable("x").Convolution([3, 3], 8, pad: [1, 1], name: "conv");
        AssertNames([.. conv.ListAttributes().Keys], "kernel", "num_filter", "pad");
        Assert.AreEqual("(3,3)", conv.Attribute("kernel"));
        Assert.IsEmpty(Symbol.Variable("x").SoftmaxOutput().ListAttributes());
        // An attribute that must be given stays, default or not.
        Symbol pool = Symbol.Variable("x").Pooling(PoolingKind.Max, [2, 2]);
        AssertNames([.. pool.ListAttributes().Keys], "kernel", "pool_type");
    }

    [TestMethod]
    public void SeveralOutputsAreIndexed()
    {
        Symbol parts = Symbol.Variable("x").Split(3, name: "s");
        AssertNames(parts.ListOutputs(), "s_output0", "s_output1", "s_output2");
        AssertNames(parts[1].ListOutputs(), "s_output1");
        AssertNames(parts["s_output2"].ListOutputs(), "s_output2");
        Assert.AreEqual("s", parts[1].Name);
        Assert.HasCount(3, parts.ToList());
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => parts[3]);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => parts[-1]);
        StringAssert.Contains(Refused(() => parts["s_output"]), "no output is called 's_output'");
        StringAssert.Contains(Refused(() => Symbol.Group(parts, parts)["s_output0"]), "more than one output");
        Symbol one = Symbol.Variable("x");
        Assert.AreSame(one, one[0]);
        AssertNames(Symbol.Variable("x").Split(1, name: "s").ListOutputs(), "s_output0");
    }

    [TestMethod]
    public void GroupsHaveTheOutputsOfAll()
    {
        Symbol x = Symbol.Variable("x");
        Symbol a = Symbol.Call("relu", [x], "a");
        Symbol group = Symbol.Group(a.Split(2, name: "s"), x, a);
        AssertNames(group.ListOutputs(), "s_output0", "s_output1", "x", "a_output");
        Assert.IsNull(group.Name);
        Assert.IsNull(group.Attribute("name"));
        Assert.IsEmpty(group.ListAttributes());
        Assert.HasCount(0, Symbol.Group());
        Assert.ThrowsExactly<SymbolException>(() => group.SetAttribute("__a__", "b"));
    }

    [TestMethod]
    public void InternalsAreAllVisibleOutputsInOrderAndChildrenTheInputs()
    {
        Symbol bn = Symbol.Variable("x").BatchNorm(name: "bn");
        AssertNames(
            bn.Internals().ListOutputs(),
            "x",
            "bn_gamma",
            "bn_beta",
            "bn_moving_mean",
            "bn_moving_var",
            "bn_output"
        );
        AssertNames(bn.Children().ListOutputs(), "x", "bn_gamma", "bn_beta", "bn_moving_mean", "bn_moving_var");
        AssertNames(bn.ListArguments(), "x", "bn_gamma", "bn_beta");
        AssertNames(bn.ListAuxiliaryStates(), "bn_moving_mean", "bn_moving_var");
        AssertNames(bn.ListInputs(), "x", "bn_gamma", "bn_beta", "bn_moving_mean", "bn_moving_var");
        Assert.HasCount(0, Symbol.Variable("x").Children());
        Symbol parts = bn.Split(2);
        Assert.HasCount(1, parts.Children());
    }

    [TestMethod]
    public void StatesAndSlopesSayHowTheyAreInitialized()
    {
        Symbol mine = Symbol.Variable("mine");
        Symbol given = Symbol.Variable("given", initializer: "mine");
        Symbol x = Symbol.Variable("x");
        Symbol bn = Symbol.Call("BatchNorm", x, x, x, mine, given);
        Assert.AreEqual("""["zero", {}]""", mine.Attribute("__init__"));
        Assert.AreEqual("mine", given.Attribute("__init__"));
        Assert.IsNull(x.Attribute("__init__"));
        Assert.HasCount(1, bn);
        Symbol prelu = Symbol.Call("LeakyReLU", [x], "p", Text(("act_type", "prelu")));
        Assert.AreEqual("""["Constant", {"value": 0.25}]""", prelu.Internals()["p_gamma"].Attribute("__init__"));
    }

    [TestMethod]
    public void AtomicSymbolsBecomeCalls()
    {
        Symbol atomic = Symbol.Atomic("SliceChannel", Text(("num_outputs", "2"), ("ctx_group", "a")));
        AssertNames(atomic.ListOutputs(), "output0", "output1");
        Symbol named = atomic.Compose("s", [Symbol.Variable("x")]);
        AssertNames(named.ListOutputs(), "s_output0", "s_output1");
        Assert.AreEqual("a", named.Attribute("ctx_group"));
        // The atomic symbol is as it was: an operator that can be called again.
        AssertNames(atomic.Compose("t", []).ListArguments(), "t_data");
        AssertNames(atomic.Compose("", []).ListArguments(), "data");
    }

    [TestMethod]
    public void ComposedSymbolsTakeOthersForTheirVariables()
    {
        Symbol net = Symbol.Variable("x").FullyConnected(4, name: "fc").Relu();
        Symbol front = Symbol.Call("exp", [Symbol.Variable("y")], "front");
        Symbol joined = net.Compose("last", [], new Dictionary<string, Symbol> { ["x"] = front });
        AssertNames(joined.ListArguments(), "y", "fc_weight", "fc_bias");
        AssertNames(joined.ListOutputs(), "last_output");
        AssertNames(net.ListArguments(), "x", "fc_weight", "fc_bias");
        // What does not depend on the variable is shared.
        Assert.AreSame(net.Internals()["fc_weight"].Entries[0].Node, joined.Internals()["fc_weight"].Entries[0].Node);
        Symbol part = Symbol.Variable("z").Split(2, name: "s")[1];
        Symbol second = net.Compose("", [], new Dictionary<string, Symbol> { ["x"] = part });
        Assert.AreEqual(1, second.Internals()["fc_output"].Children().Entries[0].Index);
        StringAssert.Contains(
            Refused(() => net.Compose("", [], new Dictionary<string, Symbol> { ["w"] = front })),
            "no variable is called 'w'. Variables: x, fc_weight, fc_bias"
        );
        StringAssert.Contains(Refused(() => net.Compose("", [front])), "it is composed already");
        Symbol bn = Symbol.Variable("x").BatchNorm(name: "bn");
        StringAssert.Contains(
            Refused(() => bn.Compose("", [], new Dictionary<string, Symbol> { ["bn_moving_var"] = front })),
            "its state 'moving_var' is kept in front_output"
        );
    }

    [TestMethod]
    public void AVariableCanBeReplacedWhereItIsAnOutput()
    {
        Symbol x = Symbol.Variable("x");
        Symbol group = Symbol.Group(x, x.Relu());
        Symbol y = Symbol.Variable("y");
        Symbol replaced = group.Compose("", [], new Dictionary<string, Symbol> { ["x"] = y });
        Assert.AreEqual("y", replaced.ListOutputs()[0]);
        AssertNames(replaced.ListArguments(), "y");
    }

    [TestMethod]
    public void CopiesHaveNodesOfTheirOwn()
    {
        Symbol net = Symbol.Variable("x").BatchNorm(name: "bn").Split(2, name: "s");
        Symbol copy = net.Copy();
        Assert.AreEqual(net.ToJson(), copy.ToJson());
        Assert.IsFalse(copy.Graph.Nodes.Intersect(net.Graph.Nodes).Any());
        copy.Internals()["x"].SetAttribute("lr_mult", "3");
        Assert.IsNull(net.Internals()["x"].Attribute("lr_mult"));
        Assert.AreEqual("3", copy.Internals()["x"].Attribute("lr_mult"));
    }

    [TestMethod]
    public void ControlDependenciesSurviveCopiesAndReplacements()
    {
        var x = new Node(null, "x", []);
        var first = new Node(OperatorRegistry.Default["relu"].Bind(), "first", [new(x, 0)]);
        var then = new Node(OperatorRegistry.Default["abs"].Bind(), "then", [new(x, 0)], null, [first]);
        var symbol = new Symbol(new NodeEntry(then, 0));
        Assert.AreEqual(symbol.ToJson(), symbol.Copy().ToJson());
        Symbol other = symbol.Compose("", [], new Dictionary<string, Symbol> { ["x"] = Symbol.Variable("y") });
        Assert.AreEqual(symbol.ToJson().Replace("\"x\"", "\"y\""), other.ToJson());
    }

    [TestMethod]
    public void ArithmeticIsNamedAsInMXNet()
    {
        using var names = new NameScope();
        Symbol x = Symbol.Variable("x");
        Symbol y = Symbol.Variable("y");
        (Symbol Symbol, string Operator, string Name, string? Scalar)[] cases =
        [
            (x + y, "elemwise_add", "_plus0", null),
            (x - y, "elemwise_sub", "_minus0", null),
            (x * y, "elemwise_mul", "_mul0", null),
            (x / y, "elemwise_div", "_div0", null),
            (x % y, "_mod", "_mod0", null),
            (x + 2, "_plus_scalar", "_plusscalar0", "2"),
            (2 + x, "_plus_scalar", "_plusscalar1", "2"),
            (x - 0.5, "_minus_scalar", "_minusscalar0", "0.5"),
            (1 - x, "_rminus_scalar", "_rminusscalar0", "1"),
            (x * 1e-7, "_mul_scalar", "_mulscalar0", "1e-07"),
            (3 * x, "_mul_scalar", "_mulscalar1", "3"),
            (-x, "_mul_scalar", "_mulscalar2", "-1"),
            (x / 4, "_div_scalar", "_divscalar0", "4"),
            (4 / x, "_rdiv_scalar", "_rdivscalar0", "4"),
            (x % 4, "_mod_scalar", "_modscalar0", "4"),
            (x > y, "_greater", "_greater0", null),
            (x < y, "_lesser", "_lesser0", null),
            (x > 1, "_greater_scalar", "_greaterscalar0", "1"),
            (x < 1, "_lesser_scalar", "_lesserscalar0", "1"),
            (x.Power(2), "_power_scalar", "_powerscalar0", "2"),
            (x.Maximum(y), "_maximum", "_maximum0", null),
        ];
        foreach ((Symbol symbol, string op, string name, string? scalar) in cases)
        {
            Assert.AreEqual(op, symbol.Attribute("op_name"));
            Assert.AreEqual(name, symbol.Name);
            Assert.AreEqual(scalar, symbol.Attribute("scalar"));
        }

        AssertNames((x - y).ListArguments(), "x", "y");
    }

    [TestMethod]
    public void FunctionsCallTheirOperators()
    {
        Symbol x = Symbol.Variable("x");
        Symbol y = Symbol.Variable("y");
        (Symbol Symbol, string Operator)[] cases =
        [
            (x.Abs(), "abs"),
            (x.Exp(), "exp"),
            (x.Log(), "log"),
            (x.Sqrt(), "sqrt"),
            (x.Square(), "square"),
            (x.Tanh(), "tanh"),
            (x.Sigmoid(), "sigmoid"),
            (x.Relu(), "relu"),
            (x.Power(y), "_power"),
            (x.Maximum(1), "_maximum_scalar"),
            (x.Minimum(1), "_minimum_scalar"),
            (x.Minimum(y), "_minimum"),
            (x.Sum([1]), "sum"),
            (x.Mean(), "mean"),
            (x.Dot(y), "dot"),
            (x.Transpose(1, 0), "transpose"),
            (x.Reshape(-1, 2), "Reshape"),
            (x.Flatten(), "Flatten"),
            (x.Softmax(), "softmax"),
            (x.LogSoftmax(1), "log_softmax"),
            (x.BlockGradient(), "BlockGrad"),
            (x.Activation(ActivationFunction.Tanh), "Activation"),
            (x.Dropout(0.25), "Dropout"),
            (x.GlobalPooling(PoolingKind.Average), "Pooling"),
            (x.SoftmaxOutput(y), "SoftmaxOutput"),
        ];
        foreach ((Symbol symbol, string op) in cases)
        {
            Assert.AreEqual(op, symbol.Attribute("op_name"));
            Assert.AreEqual(symbol.ToJson(), Symbol.FromJson(symbol.ToJson()).ToJson());
        }
    }

    private static string Refused(Func<Symbol> call) => Assert.ThrowsExactly<SymbolException>(call).Message;
}
