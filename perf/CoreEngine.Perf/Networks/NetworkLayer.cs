namespace CoreEngine.Perf;

/// <summary>What a layer of a <see cref="Network"/> does.</summary>
internal enum LayerKind
{
    /// <summary>A convolution with a bias, then perhaps a residual and a rectifier.</summary>
    Convolution,

    /// <summary>The largest value of each window.</summary>
    MaxPooling,

    /// <summary>The mean of each channel.</summary>
    GlobalAverage,

    /// <summary>A fully connected layer with a bias.</summary>
    Dense,
}

/// <summary>One layer of a network, with its weights.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Input">The layer whose result it takes; -1 is the image.</param>
/// <param name="Channels">Channels of its input.</param>
/// <param name="Filters">Channels of its result.</param>
/// <param name="Size">Height and width of its input.</param>
internal sealed record NetworkLayer(LayerKind Kind, int Input, int Channels, int Filters, int Size)
{
    /// <summary>Edge of the window.</summary>
    public int Kernel { get; init; } = 1;

    /// <summary>Steps of the window.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>Parts into which channels are cut; as many as there are channels: depthwise.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Whether negative values become 0.</summary>
    public bool Relu { get; init; }

    /// <summary>The layer whose result is added before the rectifier.</summary>
    public int? Residual { get; init; }

    /// <summary>Weights: filters, channels of a group, window.</summary>
    public float[] Weight { get; init; } = [];

    /// <summary>One number for each filter.</summary>
    public float[] Bias { get; init; } = [];

    /// <summary>Zeros on each side: a window of odd size and stride 1 keeps the size.</summary>
    public int Pad => Kernel / 2;

    /// <summary>The shape of the weights.</summary>
    public long[] WeightShape =>
        Kind == LayerKind.Dense ? [Filters, Channels] : [Filters, Channels / Groups, Kernel, Kernel];

    /// <summary>Height and width of its result.</summary>
    public int OutputSize =>
        Kind switch
        {
            LayerKind.GlobalAverage or LayerKind.Dense => 1,
            _ => ((Size + (2 * Pad) - Kernel) / Stride) + 1,
        };
}
