using CoreEngine.Kernels;
using CoreEngine.Operators;

namespace CoreEngine;

// The layers that most networks consist of. Everything else: Symbol.Call, with the operator's parameters or its name
// and text.
public sealed partial class Symbol
{
    /// <summary>x W^T + b; the variables <c>name_weight</c> and <c>name_bias</c> are made.</summary>
    /// <param name="hidden">Number of outputs of each sample.</param>
    /// <param name="noBias">Without b.</param>
    /// <param name="name">The call's name; a <see cref="NameScope"/> gives one when there is none.</param>
    public Symbol FullyConnected(int hidden, bool noBias = false, string? name = null) =>
        With("FullyConnected", new FullyConnectedParameters { Hidden = hidden, NoBias = noBias }, name);

    /// <summary>A convolution of images (N, C, H, W), or of series or volumes by the kernel's number of extents.</summary>
    /// <param name="kernel">The window's extents.</param>
    /// <param name="filters">Number of output channels.</param>
    /// <param name="stride">Steps of the window; 1 when none are given.</param>
    /// <param name="pad">Zeros around the images; 0 when none are given.</param>
    /// <param name="noBias">Without a bias per channel.</param>
    /// <param name="name">The call's name; a <see cref="NameScope"/> gives one when there is none.</param>
    public Symbol Convolution(
        long[] kernel,
        uint filters,
        long[]? stride = null,
        long[]? pad = null,
        bool noBias = false,
        string? name = null
    ) =>
        With(
            "Convolution",
            new ConvolutionParameters
            {
                Kernel = kernel,
                Filters = filters,
                Stride = stride ?? [],
                Pad = pad ?? [],
                NoBias = noBias,
            },
            name
        );

    /// <summary>The largest value, mean or sum of each window.</summary>
    /// <param name="kind">What is taken of each window.</param>
    /// <param name="kernel">The window's extents.</param>
    /// <param name="stride">Steps of the window; 1 when none are given.</param>
    /// <param name="pad">Padding around the images; 0 when none are given.</param>
    /// <param name="name">The call's name; a <see cref="NameScope"/> gives one when there is none.</param>
    public Symbol Pooling(
        PoolingKind kind,
        long[] kernel,
        long[]? stride = null,
        long[]? pad = null,
        string? name = null
    ) =>
        With(
            "Pooling",
            new PoolingParameters
            {
                Kind = kind,
                Kernel = kernel,
                Stride = stride ?? [],
                Pad = pad ?? [],
            },
            name
        );

    /// <summary>The largest value, mean or sum of each channel.</summary>
    public Symbol GlobalPooling(PoolingKind kind, string? name = null) =>
        // The window is the image; the operator wants to be told one all the same.
        With(
            "Pooling",
            new PoolingParameters
            {
                Kind = kind,
                Kernel = [1, 1],
                IsGlobal = true,
            },
            name
        );

    /// <summary>Gives each channel mean 0 and variance 1 over the batch, then scales and shifts it.</summary>
    /// <param name="fixGamma">Keep the scales at 1.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="momentum">How much of the moving statistics stays at each step.</param>
    /// <param name="name">The call's name; a <see cref="NameScope"/> gives one when there is none.</param>
    public Symbol BatchNorm(bool fixGamma = true, double epsilon = 1e-3, double momentum = 0.9, string? name = null) =>
        With(
            "BatchNorm",
            new BatchNormParameters
            {
                FixGamma = fixGamma,
                Epsilon = epsilon,
                Momentum = (float)momentum,
            },
            name
        );

    /// <summary>A fixed function of every element.</summary>
    public Symbol Activation(ActivationFunction function, string? name = null) =>
        With("Activation", new ActivationParameters { Function = function }, name);

    /// <summary>While training, zeroes elements with a probability and scales the rest up.</summary>
    public Symbol Dropout(double probability = 0.5, string? name = null) =>
        With("Dropout", new DropoutParameters { Probability = (float)probability }, name);

    /// <summary>Softmax, whose gradient is that of the cross entropy with labels.</summary>
    /// <param name="label">The labels; when null, the variable <c>name_label</c> is made.</param>
    /// <param name="name">The call's name; a <see cref="NameScope"/> gives one when there is none.</param>
    public Symbol SoftmaxOutput(Symbol? label = null, string? name = null) =>
        label is null ? Call("SoftmaxOutput", [this], name) : Call("SoftmaxOutput", [this, label], name);
}
