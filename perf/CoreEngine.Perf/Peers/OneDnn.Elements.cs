using CoreEngine.Kernels;

namespace CoreEngine.Perf;

internal static unsafe partial class OneDnn
{
    /// <summary>Pooling by one of the three pooling algorithms; the result is y.</summary>
    /// <param name="layout">How the images are laid out.</param>
    /// <param name="algorithm">Maximum, or average with or without the padding's zeros.</param>
    /// <param name="batch">Number of images; the rest of the geometry's planes are channels.</param>
    /// <param name="shape">The geometry.</param>
    /// <param name="x">Data.</param>
    /// <param name="training">Keep what the gradient needs.</param>
    public static OneDnnPrimitive Pooling(
        OneDnnLayout layout,
        OneDnnAlgorithm algorithm,
        long batch,
        in PoolingShape shape,
        float* x,
        bool training = false
    )
    {
        Images g = new(batch, shape);
        OneDnnShape data = g.Data(layout);
        OneDnnShape result = g.Result(layout);
        Descriptor operation = new();
        int status = OneDnnNative.PoolingForward(
            operation.Data,
            training ? OneDnnNative.ForwardTraining : OneDnnNative.ForwardInference,
            algorithm,
            &data,
            &result,
            g.Stride,
            g.Kernel,
            g.PadBefore,
            g.PadAfter
        );
        return new OneDnnPrimitive(
            Describe(operation, status),
            null,
            new(OneDnnArg.Source, g.Data(), x),
            new(OneDnnArg.Result, g.Result())
        );
    }

    /// <summary>The gradient of <see cref="Pooling"/>: <see cref="OneDnnArg.SourceGradient"/>.</summary>
    public static OneDnnPrimitive PoolingBackward(
        OneDnnLayout layout,
        OneDnnAlgorithm algorithm,
        long batch,
        in PoolingShape shape,
        float* x,
        float* dy
    )
    {
        OneDnnPrimitive forward = Pooling(layout, algorithm, batch, shape, x, training: true);
        forward.Execute();
        Images g = new(batch, shape);
        OneDnnShape data = g.Data(layout);
        OneDnnShape result = g.Result(layout);
        Descriptor operation = new();
        int status = OneDnnNative.PoolingBackward(
            operation.Data,
            algorithm,
            &data,
            &result,
            g.Stride,
            g.Kernel,
            g.PadBefore,
            g.PadAfter
        );
        return new OneDnnPrimitive(
            Describe(operation, status, forward),
            forward,
            WithWorkspace(
                forward,
                new OneDnnInput(OneDnnArg.ResultGradient, g.Result(), dy),
                new OneDnnInput(OneDnnArg.SourceGradient, g.Data())
            )
        );
    }

    /// <summary>An element-wise function of a dense array; alpha and beta are the algorithm's parameters.</summary>
    public static OneDnnPrimitive Eltwise(
        OneDnnAlgorithm algorithm,
        long length,
        float* x,
        float alpha = 0,
        float beta = 0
    )
    {
        OneDnnShape data = OneDnnShape.Plain(length);
        Descriptor operation = new();
        int status = OneDnnNative.EltwiseForward(
            operation.Data,
            OneDnnNative.ForwardTraining,
            algorithm,
            &data,
            alpha,
            beta
        );
        return new OneDnnPrimitive(
            Describe(operation, status),
            null,
            new(OneDnnArg.Source, data, x),
            new(OneDnnArg.Result, data)
        );
    }

    /// <summary>The gradient of <see cref="Eltwise"/>: <see cref="OneDnnArg.SourceGradient"/>.</summary>
    public static OneDnnPrimitive EltwiseBackward(
        OneDnnAlgorithm algorithm,
        long length,
        float* x,
        float* dy,
        float alpha = 0,
        float beta = 0
    )
    {
        OneDnnPrimitive forward = Eltwise(algorithm, length, x, alpha, beta);
        OneDnnShape data = OneDnnShape.Plain(length);
        Descriptor operation = new();
        int status = OneDnnNative.EltwiseBackward(operation.Data, algorithm, &data, &data, alpha, beta);
        return new OneDnnPrimitive(
            Describe(operation, status, forward),
            forward,
            forward.Share(OneDnnArg.Source),
            new(OneDnnArg.ResultGradient, data, dy),
            new(OneDnnArg.SourceGradient, data)
        );
    }

    /// <summary>Transposition: result axis i is data axis <paramref name="axes"/>[i]; the result is y, dense.</summary>
    public static OneDnnPrimitive Transpose(ReadOnlySpan<long> extents, ReadOnlySpan<int> axes, float* x)
    {
        // A reorder moves between two layouts of the same logical array, so the result is the data in another order.
        OneDnnShape source = OneDnnShape.Plain(extents);
        OneDnnShape target = OneDnnShape.Ordered(extents, axes);
        nint description;
        int status = OneDnnNative.ReorderDescriptionCreate(&description, &source, Engine, &target, Engine, 0);
        OneDnnNative.Check(status, "reorder");
        return new OneDnnPrimitive(description, null, new(OneDnnArg.Source, source, x), new(OneDnnArg.Result, target));
    }

    /// <summary>Reduction over axes, which the result keeps with extent 1.</summary>
    public static OneDnnPrimitive Reduction(
        OneDnnAlgorithm algorithm,
        ReadOnlySpan<long> extents,
        ReadOnlySpan<int> axes,
        float* x
    )
    {
        long[] kept = [.. extents];
        foreach (int axis in axes)
        {
            kept[axis] = 1;
        }

        OneDnnShape source = OneDnnShape.Plain(extents);
        OneDnnShape result = OneDnnShape.Plain(kept);
        Descriptor operation = new();
        int status = OneDnnNative.Reduction(operation.Data, algorithm, &source, &result, 0, 0);
        return new OneDnnPrimitive(
            Describe(operation, status),
            null,
            new(OneDnnArg.Source, source, x),
            new(OneDnnArg.Result, result)
        );
    }
}
