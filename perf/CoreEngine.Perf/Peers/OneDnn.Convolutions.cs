using CoreEngine.Kernels;

namespace CoreEngine.Perf;

internal static unsafe partial class OneDnn
{
    /// <summary>y = relu?(convolution(x, weight) + bias? [+ y]); the result is y.</summary>
    /// <param name="shape">The geometry.</param>
    /// <param name="x">Data.</param>
    /// <param name="weight">Weights.</param>
    /// <param name="bias">One value for each output channel, or null.</param>
    /// <param name="relu">Ends with max(., 0), fused.</param>
    /// <param name="sum">Adds what y holds before that, fused; it grows with each execution.</param>
    public static OneDnnPrimitive Convolution(
        in ConvolutionShape shape,
        float* x,
        float* weight,
        float* bias = null,
        bool relu = false,
        bool sum = false
    )
    {
        Images g = new(shape);
        OneDnnShape anyX = g.Data(any: true);
        OneDnnShape anyWeight = g.Weight(any: true);
        OneDnnShape anyY = g.Result(any: true);
        OneDnnShape plainBias = OneDnnShape.Plain(shape.OutChannels);
        Descriptor operation = new();
        int status = OneDnnNative.ConvolutionForward(
            operation.Data,
            OneDnnNative.ForwardInference,
            OneDnnAlgorithm.ConvolutionAuto,
            &anyX,
            &anyWeight,
            bias == null ? null : &plainBias,
            &anyY,
            g.Stride,
            g.Dilate,
            g.PadBefore,
            g.PadAfter
        );
        nint attributes = PostOps(relu, sum);
        nint description = Describe(operation, status, null, attributes);
        _ = OneDnnNative.AttributesDestroy(attributes);
        List<OneDnnInput> inputs =
        [
            new(OneDnnArg.Source, g.Data(), x),
            new(OneDnnArg.Weights, g.Weight(), weight),
            new(OneDnnArg.Result, g.Result()),
        ];
        if (bias != null)
        {
            inputs.Add(new(OneDnnArg.Bias, plainBias, bias));
        }

        return new OneDnnPrimitive(description, null, [.. inputs]);
    }

    /// <summary>The gradient of the data; the result is <see cref="OneDnnArg.SourceGradient"/>.</summary>
    public static OneDnnPrimitive ConvolutionBackwardData(in ConvolutionShape shape, float* dy, float* weight)
    {
        Images g = new(shape);
        using OneDnnPrimitive forward = ConvolutionHint(shape, g);
        OneDnnShape anyDx = g.Data(any: true);
        OneDnnShape anyWeight = g.Weight(any: true);
        OneDnnShape anyDy = g.Result(any: true);
        Descriptor operation = new();
        int status = OneDnnNative.ConvolutionBackwardData(
            operation.Data,
            OneDnnAlgorithm.ConvolutionAuto,
            &anyDx,
            &anyWeight,
            &anyDy,
            g.Stride,
            g.Dilate,
            g.PadBefore,
            g.PadAfter
        );
        return new OneDnnPrimitive(
            Describe(operation, status, forward),
            null,
            new(OneDnnArg.ResultGradient, g.Result(), dy),
            new(OneDnnArg.Weights, g.Weight(), weight),
            new(OneDnnArg.SourceGradient, g.Data())
        );
    }

    /// <summary>The gradient of the weights; the result is <see cref="OneDnnArg.WeightsGradient"/>.</summary>
    public static OneDnnPrimitive ConvolutionBackwardWeights(in ConvolutionShape shape, float* x, float* dy)
    {
        Images g = new(shape);
        using OneDnnPrimitive forward = ConvolutionHint(shape, g);
        OneDnnShape anyX = g.Data(any: true);
        OneDnnShape anyDw = g.Weight(any: true);
        OneDnnShape anyDy = g.Result(any: true);
        Descriptor operation = new();
        int status = OneDnnNative.ConvolutionBackwardWeights(
            operation.Data,
            OneDnnAlgorithm.ConvolutionAuto,
            &anyX,
            &anyDw,
            null,
            &anyDy,
            g.Stride,
            g.Dilate,
            g.PadBefore,
            g.PadAfter
        );
        return new OneDnnPrimitive(
            Describe(operation, status, forward),
            null,
            new(OneDnnArg.Source, g.Data(), x),
            new(OneDnnArg.ResultGradient, g.Result(), dy),
            new(OneDnnArg.WeightsGradient, g.Weight())
        );
    }

    /// <summary>
    /// A transposed convolution: it takes what the convolution of this geometry gives back to what it takes. The result
    /// has the geometry's data size.
    /// </summary>
    /// <param name="shape">The convolution that is transposed.</param>
    /// <param name="x">Data, (Batch, OutChannels, Out) of the geometry.</param>
    /// <param name="weight">Weights of that convolution.</param>
    public static OneDnnPrimitive Deconvolution(in ConvolutionShape shape, float* x, float* weight)
    {
        Images g = new(shape);
        OneDnnShape anyX = g.Result(any: true);
        OneDnnShape anyWeight = g.TransposedWeight(any: true);
        OneDnnShape anyY = g.Data(any: true);
        return new OneDnnPrimitive(
            DescribeDeconvolution(g, OneDnnNative.ForwardInference, anyX, anyWeight, anyY),
            null,
            new(OneDnnArg.Source, g.Result(), x),
            new(OneDnnArg.Weights, g.TransposedWeight(), weight),
            new(OneDnnArg.Result, g.Data())
        );
    }

    /// <summary>The gradient of <see cref="Deconvolution"/>'s data; the result is <see cref="OneDnnArg.SourceGradient"/>.</summary>
    public static OneDnnPrimitive DeconvolutionBackwardData(in ConvolutionShape shape, float* dy, float* weight)
    {
        Images g = new(shape);
        using OneDnnPrimitive forward = DeconvolutionHint(g);
        OneDnnShape anyDx = g.Result(any: true);
        OneDnnShape anyWeight = g.TransposedWeight(any: true);
        OneDnnShape anyDy = g.Data(any: true);
        Descriptor operation = new();
        int status = OneDnnNative.DeconvolutionBackwardData(
            operation.Data,
            OneDnnAlgorithm.DeconvolutionDirect,
            &anyDx,
            &anyWeight,
            &anyDy,
            g.Stride,
            g.Dilate,
            g.PadBefore,
            g.PadAfter
        );
        return new OneDnnPrimitive(
            Describe(operation, status, forward),
            null,
            new(OneDnnArg.ResultGradient, g.Data(), dy),
            new(OneDnnArg.Weights, g.TransposedWeight(), weight),
            new(OneDnnArg.SourceGradient, g.Result())
        );
    }

    /// <summary>The gradient of <see cref="Deconvolution"/>'s weights; the result is <see cref="OneDnnArg.WeightsGradient"/>.</summary>
    public static OneDnnPrimitive DeconvolutionBackwardWeights(in ConvolutionShape shape, float* x, float* dy)
    {
        Images g = new(shape);
        using OneDnnPrimitive forward = DeconvolutionHint(g);
        OneDnnShape anyX = g.Result(any: true);
        OneDnnShape anyDw = g.TransposedWeight(any: true);
        OneDnnShape anyDy = g.Data(any: true);
        Descriptor operation = new();
        int status = OneDnnNative.DeconvolutionBackwardWeights(
            operation.Data,
            OneDnnAlgorithm.DeconvolutionDirect,
            &anyX,
            &anyDw,
            null,
            &anyDy,
            g.Stride,
            g.Dilate,
            g.PadBefore,
            g.PadAfter
        );
        return new OneDnnPrimitive(
            Describe(operation, status, forward),
            null,
            new(OneDnnArg.Source, g.Result(), x),
            new(OneDnnArg.ResultGradient, g.Data(), dy),
            new(OneDnnArg.WeightsGradient, g.TransposedWeight())
        );
    }

    // Backward primitives are described with the forward one at hand.
    private static OneDnnPrimitive ConvolutionHint(in ConvolutionShape shape, Images g)
    {
        OneDnnShape x = g.Data(any: true);
        OneDnnShape weight = g.Weight(any: true);
        OneDnnShape y = g.Result(any: true);
        Descriptor operation = new();
        int status = OneDnnNative.ConvolutionForward(
            operation.Data,
            OneDnnNative.ForwardTraining,
            OneDnnAlgorithm.ConvolutionAuto,
            &x,
            &weight,
            null,
            &y,
            g.Stride,
            g.Dilate,
            g.PadBefore,
            g.PadAfter
        );
        return new OneDnnPrimitive(Describe(operation, status), null);
    }

    private static OneDnnPrimitive DeconvolutionHint(Images g) =>
        new(
            DescribeDeconvolution(
                g,
                OneDnnNative.ForwardTraining,
                g.Result(any: true),
                g.TransposedWeight(any: true),
                g.Data(any: true)
            ),
            null
        );

    private static nint DescribeDeconvolution(Images g, int pass, OneDnnShape x, OneDnnShape weight, OneDnnShape y)
    {
        Descriptor operation = new();
        int status = OneDnnNative.DeconvolutionForward(
            operation.Data,
            pass,
            OneDnnAlgorithm.DeconvolutionDirect,
            &x,
            &weight,
            null,
            &y,
            g.Stride,
            g.Dilate,
            g.PadBefore,
            g.PadAfter
        );
        return Describe(operation, status);
    }

    private static nint PostOps(bool relu, bool sum)
    {
        nint attributes;
        OneDnnNative.Check(OneDnnNative.AttributesCreate(&attributes), "attributes");
        nint operations;
        OneDnnNative.Check(OneDnnNative.PostOpsCreate(&operations), "attributes");
        if (sum)
        {
            OneDnnNative.Check(OneDnnNative.PostOpsAppendSum(operations, 1), "sum");
        }

        if (relu)
        {
            OneDnnNative.Check(
                OneDnnNative.PostOpsAppendEltwise(operations, 1, OneDnnAlgorithm.Relu, 0, 0),
                "activation"
            );
        }

        OneDnnNative.Check(OneDnnNative.AttributesSetPostOps(attributes, operations), "attributes");
        _ = OneDnnNative.PostOpsDestroy(operations);
        return attributes;
    }
}
