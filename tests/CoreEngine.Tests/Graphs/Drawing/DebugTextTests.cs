using CoreEngine.Graphs.Drawing;
using CoreEngine.Operators;

namespace CoreEngine.Tests.Graphs.Drawing;

[TestClass]
public sealed class DebugTextTests
{
    [TestMethod]
    public void IsMXNetsDebugString()
    {
        Symbol norm = Symbol.Call("BatchNorm", [Symbol.Variable("x")], "norm");
        Symbol loss = Symbol.Call("MakeLoss", new MakeLossParameters { GradientScale = 2 }, [norm], "loss");
        Assert.AreEqual(
            """
            Symbol Outputs:
            	output[0]=loss(0)
            Variable:x
            Variable:norm_gamma
            Variable:norm_beta
            Variable:norm_moving_mean
            Variable:norm_moving_var
            --------------------
            Op:BatchNorm, Name=norm
            Inputs:
            	arg[0]=x(0) version=0
            	arg[1]=norm_gamma(0) version=0
            	arg[2]=norm_beta(0) version=0
            	arg[3]=norm_moving_mean(0) version=1
            	arg[4]=norm_moving_var(0) version=1
            --------------------
            Op:MakeLoss, Name=loss
            Inputs:
            	arg[0]=norm(0)
            Attrs:
            	grad_scale=2

            """.ReplaceLineEndings("\n"),
            DebugText.Of(loss.Graph)
        );
    }

    [TestMethod]
    public void OfAVariableIsItsName() => Assert.AreEqual("Variable:x\n", DebugText.Of(Symbol.Variable("x").Graph));

    [TestMethod]
    public void AnExecutorTellsItsMemory()
    {
        Symbol x = Symbol.Variable("x");
        Symbol y = Symbol.Call("sqrt", Symbol.Call("exp", x));
        using Executor executor = Executor.SimpleBind(y, new Dictionary<string, Shape> { ["x"] = [1024, 1024] });
        string text = executor.ToDebugString();
        StringAssert.Contains(text, $"Total {executor.PlannedBytes >> 20} MB allocated\n");
        StringAssert.Contains(text, "TempSpace resource requested\n");
        Assert.IsGreaterThan(0, executor.PlannedBytes >> 20);
    }
}
