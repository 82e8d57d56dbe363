using BenchmarkDotNet.Attributes;
using CoreEngine.Kernels;
using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine.Budgets;

/// <summary>
/// The calls whose garbage is watched, from the scheduler up to a training step. Each invocation makes many of them and
/// waits at its end, so that the engine's queue stays short and what the workers allocate is counted.
/// </summary>
public unsafe class CallBenchmarks
{
    private const int Calls = 1000;
    private const int Steps = 100;

    private readonly EmptyBody _body = new();
    private readonly BoundOperator _convolution = OperatorRegistry
        .Default["Convolution"]
        .Bind(
            new Dictionary<string, string>
            {
                ["kernel"] = "(3, 3)",
                ["pad"] = "(1, 1)",
                ["num_filter"] = "8",
                ["no_bias"] = "True",
            }
        );
    private readonly float[] _matrix = new float[3 * 64 * 64];

    private Var[] _write = [];
    private NDArray _x = null!;
    private NDArray _y = null!;
    private NDArray _long = null!;
    private NDArray _image = null!;
    private NDArray _window = null!;
    private NDArray _weight = null!;

    /// <summary>Makes the arrays.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        _write = [Engine.Default.NewVar()];
        _x = NDArray.Ones([4]);
        _y = NDArray.Ones([4]);
        _long = NDArray.Ones([10_000]);
        _image = NDArray.Ones([1, 4, 16, 16]);
        _window = NDArray.Ones([8, 4, 3, 3]);
        _weight = NDArray.Ones([4]);
        _weight.AttachGradient();
        Engine.Default.WaitForAll();
    }

    /// <summary>The scheduler alone.</summary>
    [Benchmark(Description = "push of an empty operation", OperationsPerInvoke = Calls)]
    public void Push()
    {
        for (int i = 0; i < Calls; i++)
        {
            Engine.Default.Push(_body, [], _write, PushOptions.Cpu);
        }

        Engine.Default.WaitForAll();
    }

    /// <summary>The scheduler, there and back.</summary>
    [Benchmark(Description = "push and wait", OperationsPerInvoke = Calls)]
    public void PushAndWait()
    {
        for (int i = 0; i < Calls; i++)
        {
            Engine.Default.Push(_body, [], _write, PushOptions.Cpu);
            Engine.Default.WaitForVar(_write[0]);
        }
    }

    /// <summary>A kernel without operators.</summary>
    [Benchmark(Description = "gemm kernel 64x64x64", OperationsPerInvoke = Calls)]
    public void Product()
    {
        fixed (float* a = _matrix)
        {
            for (int i = 0; i < Calls; i++)
            {
                float* b = a + (64 * 64);
                Gemm.Run(DType.Float32, false, false, 64, 64, 64, 1, a, 64, b, 64, 0, b + (64 * 64), 64);
            }
        }
    }

    /// <summary>What a call of an operator costs when there is next to nothing to compute.</summary>
    [Benchmark(Description = "x + y of 4 floats", OperationsPerInvoke = Calls)]
    public void SmallSum()
    {
        for (int i = 0; i < Calls; i++)
        {
            (_x + _y).Dispose();
        }

        Engine.Default.WaitForAll();
    }

    /// <summary>An element-wise operator on an array that fits the second cache.</summary>
    [Benchmark(Description = "relu of 10000 floats", OperationsPerInvoke = Calls)]
    public void Rectify()
    {
        for (int i = 0; i < Calls; i++)
        {
            _long.Relu().Dispose();
        }

        Engine.Default.WaitForAll();
    }

    /// <summary>A bound operator with scratch memory.</summary>
    [Benchmark(Description = "convolution of 4x16x16 by 8x4x3x3", OperationsPerInvoke = Calls)]
    public void Convolve()
    {
        for (int i = 0; i < Calls; i++)
        {
            Imperative.Call(_convolution, _image, _window).Dispose();
        }

        Engine.Default.WaitForAll();
    }

    /// <summary>An operator found by its name, attributes parsed.</summary>
    [Benchmark(Description = "call by name with attributes", OperationsPerInvoke = Calls)]
    public void CallByName()
    {
        for (int i = 0; i < Calls; i++)
        {
            Imperative
                .Invoke("sum", [_x], new Dictionary<string, string> { ["axis"] = "0", ["keepdims"] = "True" })[0]
                .Dispose();
        }

        Engine.Default.WaitForAll();
    }

    /// <summary>Recording, backward and an update by hand.</summary>
    [Benchmark(Description = "autograd step of two operators", OperationsPerInvoke = Steps)]
    public void TrainingStep()
    {
        for (int i = 0; i < Steps; i++)
        {
            using var scope = new ArrayScope();
            NDArray loss;
            using (Autograd.Record())
            {
                loss = (_x * _weight).Sum();
            }

            loss.Backward();
        }

        Engine.Default.WaitForAll();
    }

    private sealed class EmptyBody : OperationBody
    {
        public override string Name => "empty";

        public override void Execute(ref OperationContext context) { }
    }
}
