using CoreEngine.Onnx;

namespace CoreEngine.Perf;

/// <summary>
/// How long it takes until the result of a small graph is there, against ONNX Runtime: one example, through an executor
/// and through a cached operator. The engine has its workers, as in any program, but nothing else to do.
/// </summary>
internal sealed class LatencyBench : IBenchSet
{
    private const double Goal = 1.1;
    private const double Floor = 0.8;
    private const double Bound = 1e-4;

    private static readonly Func<SmallModel>[] s_models =
    [
        SmallModel.Perceptron,
        SmallModel.LstmStep,
        SmallModel.LeNet,
    ];

    private static readonly bool[] s_ways = [false, true];

    public string Name => "latency";

    public IEnumerable<BenchRow> Run(BenchOptions options)
    {
        if (options.IsPassiveRun || !options.WantsThreads(1))
        {
            yield break;
        }

        foreach ((Func<SmallModel> make, bool isCached) in s_models.SelectMany(_ => s_ways, ValueTuple.Create))
        {
            SmallModel model = make();
            string title = $"{model.Name}, {(isCached ? "cached operator" : "executor")}";
            if (options.Wants(Name, title))
            {
                yield return Measure(options, model, title, isCached);
            }
        }
    }

    private unsafe BenchRow Measure(BenchOptions options, SmallModel model, string title, bool isCached)
    {
        using var engine = new BenchEngine(threads: 2);
        using var kernels = new KernelThreads(1);
        OnnxProgram program = OnnxImporter.Import(Onnx.OnnxModel.Read(model.File, model.Name));
        Dictionary<string, NDArray> arrays = new(program.Parameters);
        foreach (ModelArray input in model.Inputs)
        {
            arrays[input.Name] = NDArray.From<float>(input.Values, new Shape(input.Shape));
        }

        using Executor executor = Executor.Bind(
            program.Symbol,
            [.. program.Symbol.ListArguments().Select(name => arrays[name])],
            options: new BindOptions { ConstantParameters = [.. program.Parameters.Keys] }
        );
        var cached = new CachedOp(program.Symbol);
        NDArray[] inputs = [.. cached.InputNames.Select(name => arrays[name])];
        NDArray[] outputs = [.. executor.Outputs.Select(output => NDArray.Zeros(output.Shape))];
        void RunExecutor() => executor.Forward()[0].WaitToRead();
        void RunCached()
        {
            cached.Invoke(inputs, outputs);
            outputs[0].WaitToRead();
        }

        Action ours = isCached ? RunCached : RunExecutor;
        BenchRow row;
        if (OnnxRuntimePeer.IsAvailable)
        {
            using var peer = new OnnxRuntimePeer(model);
            ours();
            peer.Run();
            fixed (
                float* a = (isCached ? outputs[0] : executor.Outputs[0]).ToArray<float>(),
                    b = peer.Result
            )
            {
                PeerCheck.Same(title, a, b, peer.Result.Length, Bound);
            }

            Paired.Result result = Paired.Measure(ours, peer.Run, options.Rounds);
            row = BenchRow.Cost(Name, title, 1, "us", OnnxRuntimePeer.Name, result, Goal, Floor);
        }
        else
        {
            row = BenchRow.Cost(Name, title, 1, 1e6 * Paired.MeasureAlone(ours, options.Rounds), "us");
        }

        foreach (NDArray array in (NDArray[])[.. arrays.Values, .. outputs])
        {
            array.Dispose();
        }

        return row;
    }
}
