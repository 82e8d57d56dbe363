using CoreEngine.Operators;

namespace CoreEngine.Tests.Customizing;

/// <summary>Custom operators whose code runs on the thread that calls.</summary>
[TestClass]
public sealed class CallerOperatorTests : EngineTestBase
{
    private static int s_names;

    /// <summary>
    /// y = x * mask, where mask is made on the host: 1 where x is positive. Forward keeps it in a field for backward.
    /// </summary>
    private sealed class HostRelu(Log log, int thread) : CustomOperator, IDisposable
    {
        private NDArray? _mask;

        public override bool RunsOnCaller => true;

        public override void Forward(CustomForward call)
        {
            Check();
            float[] mask = Array.ConvertAll(call.Inputs[0].ToArray<float>(), x => x > 0 ? 1f : 0f);
            _mask?.Dispose();
            _mask = call.Keep(NDArray.From(mask).Reshape(call.Inputs[0].Shape));
            log.Add(call.IsTraining ? "train" : "predict");
            call.Set(0, call.Inputs[0] * _mask);
        }

        public override void Backward(CustomBackward call)
        {
            Check();
            log.Add("backward");
            call.Set(0, call.OutputGradients[0] * _mask!);
        }

        public void Dispose()
        {
            _mask?.Dispose();
            _mask = null;
            log.Ended++;
        }

        private void Check()
        {
            Assert.AreEqual(thread, Environment.CurrentManagedThreadId);
            Assert.IsFalse(Autograd.IsRecording);
        }
    }

    private sealed class Log : List<string>
    {
        internal int Made;
        internal int Ended;
    }

    private sealed class Failing : CustomOperator
    {
        public override bool RunsOnCaller => true;

        public override void Forward(CustomForward call) => throw new InvalidDataException("no such lot");
    }

    private static Dictionary<string, string> Register(Log log)
    {
        string name = $"test_caller_{Interlocked.Increment(ref s_names)}";
        int thread = Environment.CurrentManagedThreadId;
        CustomOperator.Register(
            name,
            _ =>
            {
                log.Made++;
                return new HostRelu(log, thread);
            }
        );
        return new Dictionary<string, string> { ["op_type"] = name };
    }

    private static NDArray Variable(GradientRequest request = GradientRequest.Write)
    {
        NDArray x = NDArray.From([-2f, 1, -1, 3]);
        x.AttachGradient(request);
        return x;
    }

    [TestMethod]
    public void CallsRunAtOnceAndKeepWhatTheyLikeForBackward()
    {
        var log = new Log();
        Dictionary<string, string> attributes = Register(log);
        using NDArray x = Variable();
        using NDArray z = NDArray.From([5f, -5, 5, -5]);
        z.AttachGradient();
        NDArray sum;
        using (Autograd.Record())
        {
            NDArray y = Imperative.Invoke("Custom", [x * 2], attributes)[0];
            // Another call with the same attributes does not disturb what the first one keeps.
            NDArray other = Imperative.Invoke("Custom", [z], attributes)[0];
            sum = (y * y) + other;
        }

        CollectionAssert.AreEqual(new[] { "train", "train" }, log);
        CollectionAssert.AreEqual(new[] { 5f, 4, 5, 36 }, sum.ToArray<float>());
        Assert.AreEqual(0, log.Ended);
        sum.Backward();
        CollectionAssert.AreEqual(new[] { 0f, 8, 0, 24 }, x.Gradient!.ToArray<float>());
        CollectionAssert.AreEqual(new[] { 1f, 0, 1, 0 }, z.Gradient!.ToArray<float>());
        Assert.AreEqual(2, log.Ended);
        sum.Dispose();
    }

    [TestMethod]
    public void WhatIsNotRecordedEndsWithTheCall()
    {
        var log = new Log();
        Dictionary<string, string> attributes = Register(log);
        using NDArray x = NDArray.From([-1f, 2]);
        for (int i = 0; i < 3; i++)
        {
            using NDArray y = Imperative.Invoke("Custom", [x], attributes)[0];
            CollectionAssert.AreEqual(new[] { 0f, 2 }, y.ToArray<float>());
        }

        CollectionAssert.AreEqual(new[] { "predict", "predict", "predict" }, log);
        Assert.AreEqual(3, log.Ended);
    }

    [TestMethod]
    public void GivenOutputsMayBeTheInputs()
    {
        Dictionary<string, string> attributes = Register([]);
        using NDArray x = NDArray.From([-1f, 2, -3, 4]);
        Imperative.Invoke("Custom", [x], attributes, [x]);
        CollectionAssert.AreEqual(new[] { 0f, 2, 0, 4 }, x.ToArray<float>());
    }

    [TestMethod]
    public void GradientsAreAddedWhereThatIsAsked()
    {
        Dictionary<string, string> attributes = Register([]);
        using NDArray x = Variable(GradientRequest.Add);
        for (int i = 0; i < 3; i++)
        {
            using AutogradScope recording = Autograd.Record();
            // Both gradients of x meet in one sum, too.
            NDArray y =
                Imperative.Invoke("Custom", [x], attributes)[0] + Imperative.Invoke("Custom", [x], attributes)[0];
            y.Backward();
        }

        CollectionAssert.AreEqual(new[] { 0f, 6, 0, 6 }, x.Gradient!.ToArray<float>());
    }

    [TestMethod]
    [DataRow(GradientRequest.Write)]
    [DataRow(GradientRequest.Add)]
    public void ExecutorsStopForIt(GradientRequest request)
    {
        var log = new Log();
        Symbol x = Symbol.Variable("x");
        Symbol inner = Symbol.Call("Custom", [(x * 3) + 1], "relu", Register(log));
        Symbol net = (inner * inner) + Symbol.Call("Custom", [inner - 7], "second", Register(log)) + x;
        NDArray array = NDArray.From([-2f, 1, -1, 3]);
        using NDArray gradient = NDArray.Zeros([4]);
        using (array)
        using (Executor executor = Executor.Bind(net, [array], [gradient], request))
        {
            for (int run = 1; run <= 3; run++)
            {
                // Pending when the executor is run: it has to wait for this.
                for (int i = 0; i < 20; i++)
                {
                    Dispatcher.Run(OperatorRegistry.Default["negative"].Bind(), [array], [array], default, false);
                }

                log.Clear();
                executor.Forward(isTraining: true);
                executor.Backward();
                CollectionAssert.AreEqual(new[] { "train", "train", "backward", "backward" }, log);
                CollectionAssert.AreEqual(new[] { -2f, 17, -1, 106 }, executor.Outputs[0].ToArray<float>());
                int times = request == GradientRequest.Add ? run : 1;
                CollectionAssert.AreEqual(
                    new[] { 1f * times, 25 * times, 1 * times, 64 * times },
                    gradient.ToArray<float>()
                );
            }

            Assert.AreEqual(0, log.Ended);
        }

        Assert.AreEqual(2, log.Ended);
    }

    [TestMethod]
    public void ExecutorsShowItsResultsToMonitors()
    {
        Symbol net = Symbol.Call("Custom", [Symbol.Variable("x") * 2], "relu", Register([])) + 1;
        using NDArray array = NDArray.From([-1f, 2]);
        using Executor executor = Executor.Bind(net, [array]);
        var seen = new Dictionary<string, float[]>();
        executor.SetMonitor(
            (name, result) =>
            {
                using (result)
                {
                    seen.Add(name, result.ToArray<float>());
                }
            }
        );
        executor.Forward();
        CollectionAssert.AreEqual(new[] { 0f, 4 }, seen["relu_output"]);
    }

    [TestMethod]
    public void CachedGraphsMakeItsCallsOneByOne()
    {
        var log = new Log();
        Symbol x = Symbol.Variable("x");
        Symbol relu = Symbol.Call("Custom", [x * 2], "relu", Register(log));
        var net = new CachedOp(Symbol.Group([relu + x, relu, x]));
        using NDArray array = Variable();
        for (int run = 0; run < 2; run++)
        {
            NDArray[] y;
            using (Autograd.Record())
            {
                y = net.Invoke([array]);
                (y[0] * y[1]).Backward();
            }

            CollectionAssert.AreEqual(new[] { -2f, 3, -1, 9 }, y[0].ToArray<float>());
            CollectionAssert.AreEqual(new[] { 0f, 2, 0, 6 }, y[1].ToArray<float>());
            CollectionAssert.AreEqual(array.ToArray<float>(), y[2].ToArray<float>());
            CollectionAssert.AreEqual(new[] { 0f, 12, 0, 36 }, array.Gradient!.ToArray<float>());
        }

        using NDArray given = NDArray.Zeros([4]);
        using NDArray second = NDArray.Zeros([4]);
        using NDArray third = NDArray.Zeros([4]);
        net.Invoke([array], [given, second, third]);
        CollectionAssert.AreEqual(new[] { -2f, 3, -1, 9 }, given.ToArray<float>());
        CollectionAssert.AreEqual(array.ToArray<float>(), third.ToArray<float>());
    }

    [TestMethod]
    public void WhatItThrowsTheCallThrows()
    {
        CustomOperator.Register("test_caller_failing", _ => new Failing());
        var attributes = new Dictionary<string, string> { ["op_type"] = "test_caller_failing" };
        using NDArray x = NDArray.Ones([3]);
        Assert.Throws<InvalidDataException>(() => Imperative.Invoke("Custom", [x], attributes));
        using Executor executor = Executor.Bind(Symbol.Call("Custom", [Symbol.Variable("x")], "f", attributes), [x]);
        Assert.Throws<InvalidDataException>(() => executor.Forward());
        Assert.Throws<InvalidDataException>(() => executor.Forward());
    }
}
