namespace CoreEngine.Perf;

/// <summary>
/// The three passes of transposed convolutions against oneDNN: the generator of DCGAN (Radford et al. 2016), the upsampling
/// of FCN-8s (Long et al. 2015), and a decoder's windows of two elements. Each row names the convolution that is transposed.
/// </summary>
public sealed class DeconvolutionBench : IBenchSet
{
    private const double Goal = 1.2;
    private const double Floor = 0.9;

    private static readonly ConvolutionLayer[] s_layers =
    [
        new("DCGAN", (512, 8), 1024, 4, 2, 1),
        new("DCGAN", (256, 16), 512, 4, 2, 1, IsQuick: true),
        new("DCGAN", (128, 32), 256, 4, 2, 1),
        new("DCGAN", (3, 64), 128, 4, 2, 1),
        new("FCN", (21, 34), 21, 4, 2, 0),
        new("FCN", (21, 568), 21, 16, 8, 0),
        new("U-Net", (64, 128), 128, 2, 2, IsQuick: true),
        new("U-Net", (256, 32), 512, 2, 2),
    ];

    /// <inheritdoc/>
    public string Name => "deconvolution";

    /// <inheritdoc/>
    public IEnumerable<BenchRow> Run(BenchOptions options)
    {
        GemmBench.ReportMissing();
        var cases =
            from threads in options.ThreadCounts
            from pass in Enum.GetValues<ConvolutionPass>()
            from batch in options.Quick ? new long[] { 1 } : [1, 8]
            from layer in s_layers
            where layer.IsQuick || !options.Quick
            where options.Wants(Name, layer.Title(pass, batch))
            select (threads, pass, batch, layer);
        foreach ((int threads, ConvolutionPass pass, long batch, ConvolutionLayer layer) in cases)
        {
            using var team = new KernelThreads(threads);
            using var work = new ConvolutionWork(pass, layer.Shape(batch), transposed: true);
            yield return ConvolutionBench.Measure(
                options,
                Name,
                layer.Title(pass, batch),
                work,
                layer.Operations(batch),
                threads,
                Goal,
                Floor
            );
        }
    }
}
