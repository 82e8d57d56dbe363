using System.Runtime.InteropServices;
using CoreEngine.Kernels;

namespace CoreEngine.Perf;

/// <summary>
/// The three passes of the convolutions of well-known networks against oneDNN, which may keep every array in the layout
/// that it prefers; ours are plain.
/// </summary>
public sealed unsafe class ConvolutionBench : IBenchSet
{
    private const double Goal = 1.0;
    private const double Floor = 0.8;

    // Direct sums of up to 25,000 products (weight gradients) and Winograd's transforms differ by no more than this.
    private const double Bound = 2e-4;

    private enum Pass
    {
        Forward,
        BackwardData,
        BackwardWeight,
    }

    /// <inheritdoc/>
    public string Name => "convolution";

    /// <inheritdoc/>
    public IEnumerable<BenchRow> Run(BenchOptions options)
    {
        GemmBench.ReportMissing();
        var cases =
            from threads in options.ThreadCounts
            from pass in Enum.GetValues<Pass>()
            from batch in new long[] { 1, 8 }
            from layer in ConvolutionLayer.All
            where layer.IsQuick || !options.Quick
            // No network asks for the gradient of its images.
            where pass != Pass.BackwardData || layer.Image.Channels > 3
            where options.Wants(Name, Title(pass, layer, batch))
            select (threads, pass, batch, layer);
        foreach ((int threads, Pass pass, long batch, ConvolutionLayer layer) in cases)
        {
            using var team = new KernelThreads(threads);
            yield return Measure(options, pass, layer, batch, threads);
        }
    }

    private static string Title(Pass pass, ConvolutionLayer layer, long batch)
    {
        string name = pass switch
        {
            Pass.Forward => "forward",
            Pass.BackwardData => "backward data",
            _ => "backward weight",
        };
        return $"{name} {layer} batch {batch}";
    }

    private BenchRow Measure(BenchOptions options, Pass pass, ConvolutionLayer layer, long batch, int threads)
    {
        string title = Title(pass, layer, batch);
        ConvolutionShape shape = layer.Shape(batch);
        double operations = layer.Operations(batch);
        using var x = new BenchArray<float>(shape.DataSize, 1);
        using var weight = new BenchArray<float>(shape.WeightSize, 2);
        using var y = new BenchArray<float>(shape.OutSize, 3);
        BenchArray<float> target = pass switch
        {
            Pass.Forward => y,
            Pass.BackwardData => x,
            _ => weight,
        };
        void* scratch = NativeMemory.AlignedAlloc((nuint)Math.Max(Scratch(pass, shape), 64), 64);
        void Ours() => Run(pass, shape, x.Data, weight.Data, y.Data, scratch);
        BenchRow row;
        if (OneDnn.IsAvailable)
        {
            using var reference = new BenchArray<float>(target.Length, 4);
            using var theirs = new OneDnnVariants(threads, () => Primitive(pass, shape, x.Data, weight.Data, y.Data));
            theirs.Read(Result(pass), reference.Data);
            Ours();
            PeerCheck.Same(title, target.Data, reference.Data, target.Length, Bound);
            Paired.Result result = Paired.Measure(
                Ours,
                theirs.Variants,
                options.Rounds,
                settle: Paired.SettleFor(threads)
            );
            row = BenchRow.Rate(Name, title, threads, 1e-9 * operations, "GFLOP/s", OneDnn.Name, result, Goal, Floor);
        }
        else
        {
            double seconds = Paired.MeasureAlone(Ours, options.Rounds);
            row = BenchRow.Rate(Name, title, threads, 1e-9 * operations / seconds, "GFLOP/s");
        }

        NativeMemory.AlignedFree(scratch);
        return row with { Intensity = operations / (sizeof(float) * (double)(x.Length + weight.Length + y.Length)) };
    }

    private static long Scratch(Pass pass, in ConvolutionShape shape) =>
        pass switch
        {
            Pass.Forward => Convolution.ForwardScratch(DType.Float32, shape),
            Pass.BackwardData => Convolution.BackwardDataScratch(DType.Float32, shape),
            _ => Convolution.BackwardWeightScratch(DType.Float32, shape),
        };

    private static void Run(Pass pass, in ConvolutionShape shape, float* x, float* weight, float* y, void* scratch)
    {
        switch (pass)
        {
            case Pass.Forward:
                Convolution.Forward(DType.Float32, shape, x, weight, null, y, false, scratch);
                break;
            case Pass.BackwardData:
                Convolution.BackwardData(DType.Float32, shape, y, weight, x, false, scratch);
                break;
            default:
                Convolution.BackwardWeight(DType.Float32, shape, x, y, weight, false, scratch);
                break;
        }
    }

    private static OneDnnPrimitive Primitive(Pass pass, in ConvolutionShape shape, float* x, float* weight, float* y) =>
        pass switch
        {
            Pass.Forward => OneDnn.Convolution(shape, x, weight),
            Pass.BackwardData => OneDnn.ConvolutionBackwardData(shape, y, weight),
            _ => OneDnn.ConvolutionBackwardWeights(shape, x, y),
        };

    private static OneDnnArg Result(Pass pass) =>
        pass switch
        {
            Pass.Forward => OneDnnArg.Result,
            Pass.BackwardData => OneDnnArg.SourceGradient,
            _ => OneDnnArg.WeightsGradient,
        };
}
