using CoreEngine.Kernels;

namespace CoreEngine.Perf;

internal static unsafe partial class OneDnn
{
    /// <summary>Batch normalization of (N, C, spatial); the result is y, and for training mean and variance of each channel.</summary>
    /// <param name="layout">How the images are laid out.</param>
    /// <param name="extents">Extents of the data.</param>
    /// <param name="x">Data.</param>
    /// <param name="scaleAndShift">C factors, then C summands.</param>
    /// <param name="mean">Given mean of each channel, or null for training.</param>
    /// <param name="variance">Given variance of each channel, or null for training.</param>
    /// <param name="epsilon">Added to the variance.</param>
    public static OneDnnPrimitive BatchNorm(
        OneDnnLayout layout,
        ReadOnlySpan<long> extents,
        float* x,
        float* scaleAndShift,
        float* mean,
        float* variance,
        float epsilon
    )
    {
        bool training = mean == null;
        OneDnnShape data = OneDnnShape.Images(layout, extents);
        OneDnnShape plain = OneDnnShape.Plain(extents);
        OneDnnShape channels = OneDnnShape.Plain(extents[1]);
        Descriptor operation = new();
        int status = OneDnnNative.BatchNormForward(
            operation.Data,
            training ? OneDnnNative.ForwardTraining : OneDnnNative.ForwardInference,
            &data,
            epsilon,
            (uint)(OneDnnNative.UseScaleAndShift | (training ? 0 : OneDnnNative.UseGlobalStatistics))
        );
        return new OneDnnPrimitive(
            Describe(operation, status),
            null,
            new(OneDnnArg.Source, plain, x),
            new(OneDnnArg.Weights, OneDnnShape.Plain(2, extents[1]), scaleAndShift),
            new(OneDnnArg.Mean, channels, mean),
            new(OneDnnArg.Variance, channels, variance),
            new(OneDnnArg.Result, plain)
        );
    }

    /// <summary>
    /// The gradients of <see cref="BatchNorm"/> in training: <see cref="OneDnnArg.SourceGradient"/> and
    /// <see cref="OneDnnArg.WeightsGradient"/> (of scale and shift).
    /// </summary>
    public static OneDnnPrimitive BatchNormBackward(
        OneDnnLayout layout,
        ReadOnlySpan<long> extents,
        float* x,
        float* scaleAndShift,
        float* dy,
        float epsilon
    )
    {
        OneDnnPrimitive forward = BatchNorm(layout, extents, x, scaleAndShift, null, null, epsilon);
        forward.Execute();
        OneDnnShape data = OneDnnShape.Images(layout, extents);
        OneDnnShape plain = OneDnnShape.Plain(extents);
        OneDnnShape plainWeights = OneDnnShape.Plain(2, extents[1]);
        Descriptor operation = new();
        int status = OneDnnNative.BatchNormBackward(
            operation.Data,
            OneDnnNative.Backward,
            &data,
            &data,
            epsilon,
            OneDnnNative.UseScaleAndShift
        );
        return new OneDnnPrimitive(
            Describe(operation, status, forward),
            forward,
            forward.Share(OneDnnArg.Source),
            forward.Share(OneDnnArg.Weights),
            forward.Share(OneDnnArg.Mean),
            forward.Share(OneDnnArg.Variance),
            new(OneDnnArg.ResultGradient, plain, dy),
            new(OneDnnArg.SourceGradient, plain),
            new(OneDnnArg.WeightsGradient, plainWeights)
        );
    }

    /// <summary>Layer normalization over the last axis; the result is y, mean and variance.</summary>
    /// <param name="extents">Extents of the data.</param>
    /// <param name="x">Data.</param>
    /// <param name="scaleAndShift">Factors, then summands, one for each place of the last axis.</param>
    /// <param name="epsilon">Added to the variance.</param>
    public static OneDnnPrimitive LayerNorm(ReadOnlySpan<long> extents, float* x, float* scaleAndShift, float epsilon)
    {
        OneDnnShape data = OneDnnShape.Plain(extents);
        OneDnnShape statistics = OneDnnShape.Plain(extents[..^1]);
        Descriptor operation = new();
        int status = OneDnnNative.LayerNormForward(
            operation.Data,
            OneDnnNative.ForwardTraining,
            &data,
            &statistics,
            epsilon,
            OneDnnNative.UseScaleAndShift
        );
        return new OneDnnPrimitive(
            Describe(operation, status),
            null,
            new(OneDnnArg.Source, data, x),
            new(OneDnnArg.Weights, OneDnnShape.Plain(2, extents[^1]), scaleAndShift),
            new(OneDnnArg.Mean, statistics),
            new(OneDnnArg.Variance, statistics),
            new(OneDnnArg.Result, data)
        );
    }

    /// <summary>
    /// The gradients of <see cref="LayerNorm"/>: <see cref="OneDnnArg.SourceGradient"/> and
    /// <see cref="OneDnnArg.WeightsGradient"/> (of scale and shift).
    /// </summary>
    public static OneDnnPrimitive LayerNormBackward(
        ReadOnlySpan<long> extents,
        float* x,
        float* scaleAndShift,
        float* dy,
        float epsilon
    )
    {
        OneDnnPrimitive forward = LayerNorm(extents, x, scaleAndShift, epsilon);
        forward.Execute();
        OneDnnShape data = OneDnnShape.Plain(extents);
        OneDnnShape statistics = OneDnnShape.Plain(extents[..^1]);
        OneDnnShape plainWeights = OneDnnShape.Plain(2, extents[^1]);
        Descriptor operation = new();
        int status = OneDnnNative.LayerNormBackward(
            operation.Data,
            OneDnnNative.Backward,
            &data,
            &data,
            &statistics,
            epsilon,
            OneDnnNative.UseScaleAndShift
        );
        return new OneDnnPrimitive(
            Describe(operation, status, forward),
            forward,
            forward.Share(OneDnnArg.Source),
            forward.Share(OneDnnArg.Weights),
            forward.Share(OneDnnArg.Mean),
            forward.Share(OneDnnArg.Variance),
            new(OneDnnArg.ResultGradient, data, dy),
            new(OneDnnArg.SourceGradient, data),
            new(OneDnnArg.WeightsGradient, plainWeights)
        );
    }

    /// <summary>Local response normalization across channels: y = x / (k + alpha / size * sum of squares)^beta.</summary>
    public static OneDnnPrimitive LocalResponse(
        OneDnnLayout layout,
        ReadOnlySpan<long> extents,
        float* x,
        long size,
        float alpha,
        float beta,
        float k,
        bool training = false
    )
    {
        OneDnnShape data = OneDnnShape.Images(layout, extents);
        OneDnnShape plain = OneDnnShape.Plain(extents);
        Descriptor operation = new();
        int status = OneDnnNative.ResponseForward(
            operation.Data,
            training ? OneDnnNative.ForwardTraining : OneDnnNative.ForwardInference,
            OneDnnAlgorithm.ResponseAcrossChannels,
            &data,
            size,
            alpha,
            beta,
            k
        );
        return new OneDnnPrimitive(
            Describe(operation, status),
            null,
            new(OneDnnArg.Source, plain, x),
            new(OneDnnArg.Result, plain)
        );
    }

    /// <summary>The gradient of <see cref="LocalResponse"/>: <see cref="OneDnnArg.SourceGradient"/>.</summary>
    public static OneDnnPrimitive LocalResponseBackward(
        OneDnnLayout layout,
        ReadOnlySpan<long> extents,
        float* x,
        float* dy,
        long size,
        float alpha,
        float beta,
        float k
    )
    {
        OneDnnPrimitive forward = LocalResponse(layout, extents, x, size, alpha, beta, k, training: true);
        forward.Execute();
        OneDnnShape data = OneDnnShape.Images(layout, extents);
        OneDnnShape plain = OneDnnShape.Plain(extents);
        Descriptor operation = new();
        int status = OneDnnNative.ResponseBackward(
            operation.Data,
            OneDnnAlgorithm.ResponseAcrossChannels,
            &data,
            &data,
            size,
            alpha,
            beta,
            k
        );
        return new OneDnnPrimitive(
            Describe(operation, status, forward),
            forward,
            WithWorkspace(
                forward,
                forward.Share(OneDnnArg.Source),
                new(OneDnnArg.ResultGradient, plain, dy),
                new(OneDnnArg.SourceGradient, plain)
            )
        );
    }

    /// <summary>Softmax along an axis, or its logarithm.</summary>
    public static OneDnnPrimitive Softmax(
        ReadOnlySpan<long> extents,
        int axis,
        float* x,
        bool logarithm = false,
        bool training = false
    )
    {
        OneDnnShape data = OneDnnShape.Plain(extents);
        Descriptor operation = new();
        int status = OneDnnNative.SoftmaxForward(
            operation.Data,
            training ? OneDnnNative.ForwardTraining : OneDnnNative.ForwardInference,
            logarithm ? OneDnnAlgorithm.LogSoftmax : OneDnnAlgorithm.Softmax,
            &data,
            &data,
            axis
        );
        return new OneDnnPrimitive(
            Describe(operation, status),
            null,
            new(OneDnnArg.Source, data, x),
            new(OneDnnArg.Result, data)
        );
    }

    /// <summary>The gradient of <see cref="Softmax"/>: <see cref="OneDnnArg.SourceGradient"/>.</summary>
    public static OneDnnPrimitive SoftmaxBackward(
        ReadOnlySpan<long> extents,
        int axis,
        float* x,
        float* dy,
        bool logarithm = false
    )
    {
        OneDnnPrimitive forward = Softmax(extents, axis, x, logarithm, training: true);
        forward.Execute();
        OneDnnShape data = OneDnnShape.Plain(extents);
        Descriptor operation = new();
        int status = OneDnnNative.SoftmaxBackward(
            operation.Data,
            logarithm ? OneDnnAlgorithm.LogSoftmax : OneDnnAlgorithm.Softmax,
            &data,
            &data,
            &data,
            axis
        );
        return new OneDnnPrimitive(
            Describe(operation, status, forward),
            forward,
            forward.Share(OneDnnArg.Result),
            new(OneDnnArg.ResultGradient, data, dy),
            new(OneDnnArg.SourceGradient, data)
        );
    }

    private static OneDnnInput[] WithWorkspace(OneDnnPrimitive forward, params OneDnnInput[] inputs) =>
        forward.Has(OneDnnArg.Workspace) ? [.. inputs, forward.Share(OneDnnArg.Workspace)] : inputs;
}
