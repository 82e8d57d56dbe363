namespace CoreEngine.Kernels;

/// <summary>
/// The geometry of a convolution in one to three dimensions: data (Batch, InChannels, In), weight (OutChannels,
/// InChannels / Groups, Kernel), result (Batch, OutChannels, <see cref="Out"/>).
/// </summary>
/// <param name="Batch">Number of images.</param>
/// <param name="Groups">Parts into which both kinds of channels are cut; each part is convolved on its own.</param>
/// <param name="InChannels">Channels of the data.</param>
/// <param name="OutChannels">Channels of the result.</param>
/// <param name="In">Size of an image.</param>
/// <param name="Kernel">Size of the window.</param>
/// <param name="Stride">Steps of the window.</param>
/// <param name="Dilate">Distance of the window's taps.</param>
/// <param name="Pad">Zeros thought on each side of an image.</param>
public readonly record struct ConvolutionShape(
    long Batch,
    long Groups,
    long InChannels,
    long OutChannels,
    Extents In,
    Extents Kernel,
    Extents Stride,
    Extents Dilate,
    Extents Pad
)
{
    /// <summary>Size of a result: floor((in + 2 pad - dilate (kernel - 1) - 1) / stride) + 1 in each dimension.</summary>
    public Extents Out =>
        new(
            OutOf(In.D, Kernel.D, Stride.D, Dilate.D, Pad.D),
            OutOf(In.H, Kernel.H, Stride.H, Dilate.H, Pad.H),
            OutOf(In.W, Kernel.W, Stride.W, Dilate.W, Pad.W)
        );

    /// <summary>Elements of the data.</summary>
    public long DataSize => checked(Batch * InChannels * In.Product);

    /// <summary>Elements of the weight.</summary>
    public long WeightSize => checked(OutChannels * (InChannels / Groups) * Kernel.Product);

    /// <summary>Elements of the result.</summary>
    public long OutSize => checked(Batch * OutChannels * Out.Product);

    /// <summary>Channels of the data in one group.</summary>
    internal long GroupIn => InChannels / Groups;

    /// <summary>Channels of the result in one group.</summary>
    internal long GroupOut => OutChannels / Groups;

    /// <summary>Weights of one channel of the result: the depth of the multiplication that a convolution is.</summary>
    internal long Taps => GroupIn * Kernel.Product;

    /// <summary>Finds what no convolution can have.</summary>
    /// <exception cref="ArgumentException">A size, stride or dilation is below 1, padding is negative, the channels cannot be cut into the groups, or the window is larger than the padded image.</exception>
    public void Validate()
    {
        bool positive =
            Batch > 0
            && Groups > 0
            && InChannels > 0
            && OutChannels > 0
            && Positive(In)
            && Positive(Kernel)
            && Positive(Stride)
            && Positive(Dilate);
        if (!positive || Pad.D < 0 || Pad.H < 0 || Pad.W < 0)
        {
            throw new ArgumentException(
                $"A convolution needs sizes, strides, dilations and groups of at least 1 and padding of at least 0: {this}."
            );
        }

        if (InChannels % Groups != 0 || OutChannels % Groups != 0)
        {
            throw new ArgumentException(
                $"{InChannels} channels in and {OutChannels} out cannot be cut into {Groups} equal groups."
            );
        }

        if (!Positive(Out))
        {
            throw new ArgumentException(
                $"The window {Kernel} with dilation {Dilate} is larger than the image {In} with padding {Pad}."
            );
        }
    }

    private static bool Positive(Extents extents) => extents.D > 0 && extents.H > 0 && extents.W > 0;

    private static long OutOf(long size, long kernel, long stride, long dilate, long pad)
    {
        long room = size + (2 * pad) - (dilate * (kernel - 1)) - 1;
        return room < 0 || stride < 1 ? 0 : (room / stride) + 1;
    }
}
