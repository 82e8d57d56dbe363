namespace CoreEngine.Tests.Differentiation;

[TestClass]
public sealed class CustomFunctionTests : EngineTestBase
{
    /// <summary>y = x^3, whose backward is wrong by a known factor, so that its use is seen.</summary>
    private sealed class Cube(double factor = 1) : CustomFunction
    {
        protected override NDArray[] Forward(CustomFunctionCall call, NDArray[] inputs)
        {
            Assert.IsFalse(Autograd.IsRecording);
            call.Save(inputs[0]);
            return [inputs[0] * inputs[0] * inputs[0]];
        }

        protected override NDArray?[] Backward(CustomFunctionCall call, NDArray[] outputGradients) =>
            [outputGradients[0] * call.Saved[0] * call.Saved[0] * (3 * factor)];
    }

    /// <summary>e to the power of x and of -x; saves its results.</summary>
    private sealed class Exponentials : CustomFunction
    {
        protected override NDArray[] Forward(CustomFunctionCall call, NDArray[] inputs)
        {
            NDArray up = inputs[0].Exp();
            NDArray down = 1 / up;
            call.Save(up, down);
            return [up, down];
        }

        protected override NDArray?[] Backward(CustomFunctionCall call, NDArray[] outputGradients) =>
            [(outputGradients[0] * call.Saved[0]) - (outputGradients[1] * call.Saved[1])];
    }

    /// <summary>Passes its first input on, and states gradients that a test gives.</summary>
    private sealed class PassedOn(Func<NDArray, NDArray?[]> gradients) : CustomFunction
    {
        protected override NDArray[] Forward(CustomFunctionCall call, NDArray[] inputs) => [inputs[0]];

        protected override NDArray?[] Backward(CustomFunctionCall call, NDArray[] outputGradients) =>
            gradients(outputGradients[0]);
    }

    private static NDArray Variable(params double[] values)
    {
        NDArray array = NDArray.From(values);
        array.AttachGradient();
        return array;
    }

    private static void AreClose(double[] expected, NDArray actual)
    {
        double[] values = actual.ToArray<double>();
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], values[i], 1e-12 * (1 + Math.Abs(expected[i])));
        }
    }

    [TestMethod]
    public void WhatRanAlreadyIsRecordedAndEndsWithItsGraph()
    {
        using NDArray x = Variable(1, 2);
        int ended = 0;
        var function = new Ending(() => ended++);
        Assert.Throws<EngineException>(() => function.Record([x], [x.Copy()]));
        NDArray y;
        using (Autograd.Record())
        {
            using (Autograd.Pause())
            {
                y = x * 10;
            }

            function.Record([x], [y]);
            Assert.Throws<EngineException>(() => function.Record([x], [y]));
            y = y * 2;
        }

        y.Backward(retainGraph: true);
        Assert.AreEqual(0, ended);
        AreClose([14, 14], x.Gradient!);
        y.Backward();
        Assert.AreEqual(1, ended);
        y.Dispose();
    }

    /// <summary>Says that the gradient is seven times the result's, and when it has ended.</summary>
    private sealed class Ending(Action ended) : CustomFunction
    {
        protected override NDArray[] Forward(CustomFunctionCall call, NDArray[] inputs) => inputs;

        protected override NDArray?[] Backward(CustomFunctionCall call, NDArray[] outputGradients) =>
            [outputGradients[0] * 7];

        internal override void End(CustomFunctionCall call) => ended();
    }

    [TestMethod]
    public void BackwardIsTheFunctions()
    {
        NDArray x = Variable(1, 2, -3);
        NDArray y;
        using (Autograd.Record())
        {
            y = new Cube(factor: 10).Invoke(x * 2)[0] * 0.5;
        }

        AreClose([4, 32, -108], y);
        y.Backward();
        AreClose([120, 480, 1080], x.Gradient!);
    }

    [TestMethod]
    public void WithoutRecordingItIsAPlainCall()
    {
        NDArray x = Variable(2);
        AreClose([8], new Cube().Invoke(x)[0]);
        Assert.Throws<EngineException>(() => new Cube().Invoke(x)[0].Backward());
    }

    [TestMethod]
    public void OneObjectServesManyCallsInOneGraph()
    {
        var cube = new Cube();
        NDArray x = Variable(2);
        NDArray y;
        using (Autograd.Record())
        {
            y = cube.Invoke(cube.Invoke(x)[0])[0] + cube.Invoke(x)[0];
        }

        y.Backward();
        AreClose([(9 * 256) + 12], x.Gradient!);
    }

    [TestMethod]
    public void SeveralResultsAndSavedOnes()
    {
        NDArray x = Variable(0.5, -1);
        using (Autograd.Record())
        {
            NDArray[] y = new Exponentials().Invoke(x);
            (y[0] + (y[1] * 3)).Backward();
        }

        AreClose([Math.Exp(0.5) - (3 * Math.Exp(-0.5)), Math.Exp(-1) - (3 * Math.E)], x.Gradient!);

        // One of them alone: the other's gradient is zero.
        using (Autograd.Record())
        {
            new Exponentials().Invoke(x)[1].Backward();
        }

        AreClose([-Math.Exp(-0.5), -Math.E], x.Gradient!);
    }

    [TestMethod]
    public void GradientsOfHigherOrderFollowFromBackward()
    {
        NDArray x = Variable(2, -1);
        using (Autograd.Record())
        {
            NDArray y = new Cube().Invoke(x)[0];
            NDArray first = Autograd.Gradients([y], [x], createGraph: true)[0];
            AreClose([12, 3], first);
            NDArray second = Autograd.Gradients([first], [x], createGraph: true)[0];
            AreClose([12, -6], second);
            second.Backward();
        }

        AreClose([6, 6], x.Gradient!);

        // What was saved is the result, which depends on the input.
        NDArray z = Variable(0.5);
        using (Autograd.Record())
        {
            NDArray y = new Exponentials().Invoke(z)[0];
            Autograd.Gradients([y], [z], createGraph: true)[0].Backward();
        }

        AreClose([Math.Exp(0.5)], z.Gradient!);
    }

    [TestMethod]
    public void TheSameArrayMayBeReturnedTwice()
    {
        NDArray x = Variable(1, 2);
        NDArray y = Variable(3, 4);
        var function = new PassedOn(gradient => [gradient, gradient]);
        using (Autograd.Record())
        {
            NDArray z = function.Invoke(x, y)[0];
            // The gradient of x is a sum, which is built up in place.
            (z + (x * 10) + (function.Invoke(x, y)[0] * 100)).Backward();
        }

        AreClose([111, 111], x.Gradient!);
        AreClose([101, 101], y.Gradient!);
    }

    [TestMethod]
    public void NoGradientIsZero()
    {
        NDArray x = Variable(1, 2);
        using (Autograd.Record())
        {
            new PassedOn(_ => [null]).Invoke(x)[0].Backward();
        }

        AreClose([0, 0], x.Gradient!);
    }

    [TestMethod]
    public void GradientsThatDoNotFitAreRefused()
    {
        Check(gradient => [], "0 gradients");
        Check(gradient => [gradient, gradient], "2 gradients");
        Check(_ => [NDArray.Ones([3], DType.Float64)], "(3,)");
        Check(gradient => [gradient.AsType(DType.Float32)], "float32");

        static void Check(Func<NDArray, NDArray?[]> gradients, string named)
        {
            NDArray x = Variable(1, 2);
            using AutogradScope recording = Autograd.Record();
            NDArray y = new PassedOn(gradients).Invoke(x)[0];
            Assert.Contains(named, Assert.Throws<EngineException>(() => y.Backward()).Message);
        }
    }

    [TestMethod]
    public void AnInputThatIsPassedOnKeepsItsOwnPlace()
    {
        NDArray x = Variable(2);
        using (Autograd.Record())
        {
            NDArray y = new PassedOn(gradient => [gradient * 5]).Invoke(x)[0];
            (y * x).Backward();
        }

        AreClose([2 + 10], x.Gradient!);
    }
}
