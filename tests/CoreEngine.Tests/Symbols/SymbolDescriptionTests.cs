using CoreEngine.Operators;

namespace CoreEngine.Tests.Symbols;

[TestClass]
public sealed class SymbolDescriptionTests
{
    [TestMethod]
    public void NodesAreDescribedInOrder()
    {
        Symbol x = Symbol.Variable("x");
        Assert.AreEqual("Variable:x\n", x.Describe());
        Assert.AreEqual("AtomicFunctor  Op:relu\n", Symbol.Atomic("relu", new Dictionary<string, string>()).Describe());
        Symbol norm = Symbol.Call(
            "BatchNorm",
            [x],
            "bn",
            new Dictionary<string, string> { ["eps"] = "0.1", ["axis"] = "1" }
        );
        string[] expected =
        [
            "Symbol Outputs:",
            "\toutput[0]=bn(0)",
            "\toutput[1]=x(0)",
            "Variable:x",
            "Variable:bn_gamma",
            "Variable:bn_beta",
            "Variable:bn_moving_mean",
            "Variable:bn_moving_var",
            "--------------------",
            "Op:BatchNorm, Name=bn",
            "Inputs:",
            "\targ[0]=x(0) version=0",
            "\targ[1]=bn_gamma(0) version=0",
            "\targ[2]=bn_beta(0) version=0",
            "\targ[3]=bn_moving_mean(0) version=1",
            "\targ[4]=bn_moving_var(0) version=1",
            "Attrs:",
            "\taxis=1",
            "\teps=0.1",
            "",
        ];
        Assert.AreEqual(string.Join('\n', expected), Symbol.Group(norm, x).Describe());
    }

    [TestMethod]
    public void SymbolsSayWhatTheyAre()
    {
        Symbol x = Symbol.Variable("x");
        Assert.AreEqual("symbol x", x.ToString());
        Assert.AreEqual("symbol of relu", Symbol.Atomic("relu", new Dictionary<string, string>()).ToString());
        Assert.AreEqual("symbol without outputs", Symbol.Group().ToString());
        Assert.AreEqual("group of x, y", Symbol.Group(x, Symbol.Variable("y")).ToString());
    }
}
