using CoreEngine.Kernels;

namespace CoreEngine.Perf;

/// <summary>A convolution as it occurs in a network, for one image.</summary>
/// <param name="Net">The network.</param>
/// <param name="Image">Data of one image: channels and edge.</param>
/// <param name="Out">Channels of the result.</param>
/// <param name="Kernel">Edge of the window.</param>
/// <param name="Stride">Step of the window.</param>
/// <param name="Pad">Zeros on each side.</param>
/// <param name="Groups">Groups of channels; as many as channels make it depthwise.</param>
/// <param name="IsQuick">Among the few that stand for all.</param>
internal sealed record ConvolutionLayer(
    string Net,
    (long Channels, long Edge) Image,
    long Out,
    long Kernel,
    long Stride = 1,
    long Pad = 0,
    long Groups = 1,
    bool IsQuick = false
)
{
    /// <summary>
    /// The distinct layers of ResNet-18 (He et al. 2016, version 1), ResNet-50 (stride in the 3x3 layers), VGG-16
    /// (Simonyan and Zisserman 2015), MobileNet (Howard et al. 2017) and LeNet (20 and 50 filters).
    /// </summary>
    public static IReadOnlyList<ConvolutionLayer> All { get; } =
    [
        new("ResNet-18", (3, 224), 64, 7, 2, 3, IsQuick: true),
        new("ResNet-18", (64, 56), 64, 3, 1, 1, IsQuick: true),
        new("ResNet-18", (64, 56), 128, 3, 2, 1),
        new("ResNet-18", (64, 56), 128, 1, 2),
        new("ResNet-18", (128, 28), 128, 3, 1, 1),
        new("ResNet-18", (128, 28), 256, 3, 2, 1),
        new("ResNet-18", (128, 28), 256, 1, 2),
        new("ResNet-18", (256, 14), 256, 3, 1, 1),
        new("ResNet-18", (256, 14), 512, 3, 2, 1),
        new("ResNet-18", (256, 14), 512, 1, 2),
        new("ResNet-18", (512, 7), 512, 3, 1, 1, IsQuick: true),
        new("ResNet-50", (64, 56), 64, 1),
        new("ResNet-50", (64, 56), 256, 1),
        new("ResNet-50", (256, 56), 64, 1, IsQuick: true),
        new("ResNet-50", (256, 56), 128, 1),
        new("ResNet-50", (128, 56), 128, 3, 2, 1),
        new("ResNet-50", (256, 56), 512, 1, 2),
        new("ResNet-50", (128, 28), 512, 1),
        new("ResNet-50", (512, 28), 128, 1),
        new("ResNet-50", (512, 28), 256, 1),
        new("ResNet-50", (256, 28), 256, 3, 2, 1),
        new("ResNet-50", (512, 28), 1024, 1, 2),
        new("ResNet-50", (256, 14), 1024, 1, IsQuick: true),
        new("ResNet-50", (1024, 14), 256, 1),
        new("ResNet-50", (1024, 14), 512, 1),
        new("ResNet-50", (512, 14), 512, 3, 2, 1),
        new("ResNet-50", (1024, 14), 2048, 1, 2),
        new("ResNet-50", (512, 7), 2048, 1),
        new("ResNet-50", (2048, 7), 512, 1),
        new("VGG-16", (3, 224), 64, 3, 1, 1),
        new("VGG-16", (64, 224), 64, 3, 1, 1),
        new("VGG-16", (64, 112), 128, 3, 1, 1),
        new("VGG-16", (128, 112), 128, 3, 1, 1),
        new("VGG-16", (128, 56), 256, 3, 1, 1),
        new("VGG-16", (256, 56), 256, 3, 1, 1),
        new("VGG-16", (256, 28), 512, 3, 1, 1),
        new("VGG-16", (512, 28), 512, 3, 1, 1, IsQuick: true),
        new("VGG-16", (512, 14), 512, 3, 1, 1),
        new("MobileNet", (3, 224), 32, 3, 2, 1),
        Depthwise(32, 112, 1),
        new("MobileNet", (32, 112), 64, 1),
        Depthwise(64, 112, 2),
        new("MobileNet", (64, 56), 128, 1),
        Depthwise(128, 56, 1),
        new("MobileNet", (128, 56), 128, 1),
        Depthwise(128, 56, 2),
        new("MobileNet", (128, 28), 256, 1),
        Depthwise(256, 28, 1) with
        {
            IsQuick = true,
        },
        new("MobileNet", (256, 28), 256, 1),
        Depthwise(256, 28, 2),
        new("MobileNet", (256, 14), 512, 1),
        Depthwise(512, 14, 1),
        new("MobileNet", (512, 14), 512, 1),
        Depthwise(512, 14, 2),
        new("MobileNet", (512, 7), 1024, 1),
        Depthwise(1024, 7, 1),
        new("MobileNet", (1024, 7), 1024, 1),
        new("LeNet", (1, 28), 20, 5),
        new("LeNet", (20, 12), 50, 5, IsQuick: true),
    ];

    /// <summary>The geometry for so many images.</summary>
    public ConvolutionShape Shape(long batch) =>
        new(
            batch,
            Groups,
            Image.Channels,
            Out,
            new Extents(1, Image.Edge, Image.Edge),
            new Extents(1, Kernel, Kernel),
            new Extents(1, Stride, Stride),
            Extents.One,
            new Extents(0, Pad, Pad)
        );

    /// <summary>Multiplications and additions of one pass, whichever it is.</summary>
    public double Operations(long batch)
    {
        ConvolutionShape shape = Shape(batch);
        return 2.0 * shape.OutSize * shape.WeightSize / Out;
    }

    /// <summary>The row's name.</summary>
    public string Title(ConvolutionPass pass, long batch)
    {
        string name = pass switch
        {
            ConvolutionPass.Forward => "forward",
            ConvolutionPass.BackwardData => "backward data",
            _ => "backward weight",
        };
        string kind = Groups > 1 ? "depthwise " : "";
        string stride = Stride > 1 ? $" stride {Stride}" : "";
        return $"{name} {Net} {kind}{Kernel}x{Kernel} {Image.Channels}>{Out} {Image.Edge}x{Image.Edge}{stride} "
            + $"batch {batch}";
    }

    private static ConvolutionLayer Depthwise(long channels, long edge, long stride) =>
        new("MobileNet", (channels, edge), channels, 3, stride, 1, channels);
}
