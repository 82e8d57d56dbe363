using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Convolutions of one to three spatial axes, and their transposes.</summary>
internal static unsafe class ConvolutionFamily
{
    private static readonly string[] s_withBias = ["data", "weight", "bias"];
    private static readonly string[] s_withoutBias = ["data", "weight"];

    internal static void Register(OperatorRegistry registry)
    {
        AddConvolution(registry, "Convolution", () => new ConvolutionParameters());
        AddConvolution(registry, "Convolution_v1", () => new ConvolutionParameters { IsFirstVersion = true });
        Add(
            registry,
            "Deconvolution",
            () => new DeconvolutionParameters(),
            InferDeconvolution,
            ForwardDeconvolution,
            BackwardDeconvolution
        );
    }

    private static void AddConvolution(OperatorRegistry registry, string name, Func<IParameters> parameters) =>
        Add(registry, name, parameters, InferConvolution, ForwardConvolution, BackwardConvolution);

    private static void Add(
        OperatorRegistry registry,
        string name,
        Func<IParameters> parameters,
        ShapeRule inferShape,
        KernelFunction forward,
        KernelFunction backward
    )
    {
        string backwardName = "_backward_" + name;
        registry.Add(
            new OperatorDef(name)
            {
                NewParameters = parameters,
                Inputs = s_withBias,
                SelectInputs = op => HasBias(op) ? s_withBias : s_withoutBias,
                InferShape = inferShape,
                InferType = TypeRules.NeedsFirst(FloatTypes.Same),
                Gradient = Gradient.Backward(backwardName, gradients: [0], inputs: [0, 1], outputs: [], count: 3),
                Kernel = forward,
            }
        );
        registry.Add(
            new OperatorDef(backwardName)
            {
                NewParameters = parameters,
                Inputs = ["ograd", "data", "weight"],
                Outputs = s_withBias,
                SelectOutputCount = op => HasBias(op) ? 3 : 2,
                InferShape = InferBackward,
                InferType = FloatTypes.Same,
                Kernel = backward,
            }
        );
    }

    private static bool HasBias(BoundOperator op) => !op.Parameters<WindowParameters>().NoBias;

    private static void InferBackward(ShapeInference shapes)
    {
        shapes.SetOutput(0, shapes.Input(1));
        shapes.SetOutput(1, shapes.Input(2));
        if (HasBias(shapes.Operator))
            shapes.SetOutput(2, new Shape(shapes.Operator.Parameters<WindowParameters>().Filters));
    }

    private static void InferConvolution(ShapeInference shapes)
    {
        var p = shapes.Operator.Parameters<ConvolutionParameters>();
        if (!InferWindow(shapes, p))
            return;
        long channels = p.ToChannelsFirst(shapes.Input(0))[1];
        shapes.SetInput(1, p.FromChannelsFirst(new Shape([p.Filters, channels / p.Groups, .. p.Kernel])));
        if (HasBias(shapes.Operator))
            shapes.SetInput(2, new Shape(p.Filters));
    }

    /// <summary>The result's shape from the data's, and back. Returns false while nothing is known of the data.</summary>
    internal static bool InferWindow(ShapeInference shapes, ConvolutionParameters p)
    {
        Shape data = p.ToChannelsFirst(shapes.Input(0));
        if (data.Rank == 0)
            return false;
        p.CheckData(shapes, data);
        p.CheckGroups(shapes, data[1]);
        long[] result = new long[data.Rank];
        (result[0], result[1]) = (data[0], p.Filters);
        for (int i = 0; i < p.SpatialRank; i++)
        {
            if (data[i + 2] != 0 && p.PadOf(i) > Math.Max(data[i + 2], PoolingFamily.FreePadding))
            {
                throw shapes.Error(
                    $"pad={p.PadOf(i)} along spatial axis {i} is more than the data has there ({data[i + 2]}) and more than "
                        + $"{PoolingFamily.FreePadding}: windows would see nothing but padding."
                );
            }

            long room = data[i + 2] + (2 * p.PadOf(i)) - p.ReachOf(i);
            if (data[i + 2] != 0 && room < 0)
            {
                throw shapes.Error(
                    $"the window reaches over {p.ReachOf(i)} elements along spatial axis {i}, but the padded data has "
                        + $"only {data[i + 2] + (2 * p.PadOf(i))}; use a smaller kernel or more padding."
                );
            }

            result[i + 2] = data[i + 2] == 0 ? 0 : (room / p.StrideOf(i)) + 1;
        }

        shapes.SetOutput(0, p.FromChannelsFirst(new Shape(result)));
        InferDataBack(shapes, p);
        return true;
    }

    /// <summary>What the result says about the data: the batch, and extents where the stride is 1.</summary>
    private static void InferDataBack(ShapeInference shapes, ConvolutionParameters p)
    {
        Shape result = p.ToChannelsFirst(shapes.Output(0));
        long[] data = p.ToChannelsFirst(shapes.Input(0)).Dims.ToArray();
        data[0] = result[0];
        for (int i = 0; i < p.SpatialRank; i++)
        {
            if (data[i + 2] == 0 && result[i + 2] != 0 && p.StrideOf(i) == 1)
                data[i + 2] = result[i + 2] + p.ReachOf(i) - 1 - (2 * p.PadOf(i));
        }

        shapes.SetInput(0, p.FromChannelsFirst(new Shape(data)));
    }

    private static void InferDeconvolution(ShapeInference shapes)
    {
        var p = shapes.Operator.Parameters<DeconvolutionParameters>();
        Shape data = p.ToChannelsFirst(shapes.Input(0));
        if (data.Rank == 0)
            return;
        p.CheckData(shapes, data);
        p.CheckGroups(shapes, data[1]);
        shapes.SetInput(1, p.FromChannelsFirst(new Shape([data[1], p.Filters / p.Groups, .. p.Kernel])));
        if (HasBias(shapes.Operator))
            shapes.SetInput(2, new Shape(p.Filters));

        long[] result = new long[data.Rank];
        (result[0], result[1]) = (data[0], p.Filters);
        for (int i = 0; i < p.SpatialRank; i++)
        {
            result[i + 2] = data[i + 2] == 0 ? 0 : DeconvolvedExtent(shapes, p, i, data[i + 2]);
        }

        shapes.SetOutput(0, p.FromChannelsFirst(new Shape(result)));
        shapes.SetInput(0, p.FromChannelsFirst(data.With(0, shapes.Output(0)[0])));
    }

    private static long DeconvolvedExtent(ShapeInference shapes, DeconvolutionParameters p, int axis, long extent)
    {
        long full = p.FullExtent(axis, extent);
        if (p.HasTarget && p.TargetShape[axis] > full)
        {
            throw shapes.Error(
                $"target_shape asks for {p.TargetShape[axis]} elements along spatial axis {axis}; the kernel reaches "
                    + $"{full} at most."
            );
        }

        (long pad, long adjust) = p.Padding(axis, extent);
        if (adjust >= p.StrideOf(axis))
        {
            throw shapes.Error(
                $"target_shape leaves {full - p.TargetShape[axis]} elements to cut along spatial axis {axis}; with stride "
                    + "1 that must be an even number."
            );
        }

        long result = full - (2 * pad) + adjust;
        return result > 0
            ? result
            : throw shapes.Error($"padding {pad} leaves nothing of the {full} elements along spatial axis {axis}.");
    }

    private static void ForwardConvolution(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        TensorView x = context.Input(0);
        TensorView y = context.Output(0);
        ConvolutionShape shape = context.Parameters<ConvolutionParameters>().Geometry(x.Shape);
        Convolution.Forward(
            x.DType,
            in shape,
            x.Data,
            context.Input(1).Data,
            context.InputCount > 2 ? context.Input(2).Data : null,
            y.Data,
            context.Accumulates(0),
            context.Scratch(Convolution.ForwardScratch(x.DType, in shape))
        );
    }

    private static void BackwardConvolution(ref KernelContext context)
    {
        TensorView g = context.Input(0);
        TensorView x = context.Input(1);
        ConvolutionShape shape = context.Parameters<ConvolutionParameters>().Geometry(x.Shape);
        if (context.Wants(0))
        {
            Convolution.BackwardData(
                x.DType,
                in shape,
                g.Data,
                context.Input(2).Data,
                context.Output(0).Data,
                context.Accumulates(0),
                context.Scratch(Convolution.BackwardDataScratch(x.DType, in shape))
            );
        }

        if (context.Wants(1))
        {
            Convolution.BackwardWeight(
                x.DType,
                in shape,
                x.Data,
                g.Data,
                context.Output(1).Data,
                context.Accumulates(1),
                context.Scratch(Convolution.BackwardWeightScratch(x.DType, in shape))
            );
        }

        if (context.OutputCount > 2 && context.Wants(2))
            Convolution.BackwardBias(x.DType, in shape, g.Data, context.Output(2).Data, context.Accumulates(2));
    }

    private static void ForwardDeconvolution(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        TensorView x = context.Input(0);
        TensorView y = context.Output(0);
        ConvolutionShape shape = context.Parameters<DeconvolutionParameters>().Geometry(x.Shape, y.Shape);
        Convolution.BackwardData(
            x.DType,
            in shape,
            x.Data,
            context.Input(1).Data,
            y.Data,
            context.Accumulates(0),
            context.Scratch(Convolution.BackwardDataScratch(x.DType, in shape))
        );
        if (context.InputCount > 2)
            AddBias(y, context.Input(2));
    }

    private static void AddBias(in TensorView y, in TensorView bias)
    {
        int size = y.DType.ItemSize();
        long channels = y.Shape[1];
        long inner = y.Shape.Product(2, y.Shape.Rank);
        for (long plane = 0; plane < y.Shape[0] * channels; plane++)
        {
            double value;
            Cast.Convert(bias.DType, (byte*)bias.Data + (plane % channels * size), DType.Float64, &value, 1);
            byte* start = (byte*)y.Data + (plane * inner * size);
            Kernels.Elementwise.BinaryScalar<Add>(y.DType, start, value, start, inner);
        }
    }

    private static void BackwardDeconvolution(ref KernelContext context)
    {
        TensorView g = context.Input(0);
        TensorView x = context.Input(1);
        ConvolutionShape shape = context.Parameters<DeconvolutionParameters>().Geometry(x.Shape, g.Shape);
        if (context.Wants(0))
        {
            Convolution.Forward(
                x.DType,
                in shape,
                g.Data,
                context.Input(2).Data,
                null,
                context.Output(0).Data,
                context.Accumulates(0),
                context.Scratch(Convolution.ForwardScratch(x.DType, in shape))
            );
        }

        if (context.Wants(1))
        {
            Convolution.BackwardWeight(
                x.DType,
                in shape,
                g.Data,
                x.Data,
                context.Output(1).Data,
                context.Accumulates(1),
                context.Scratch(Convolution.BackwardWeightScratch(x.DType, in shape))
            );
        }

        if (context.OutputCount > 2 && context.Wants(2))
        {
            // The sum per channel of the result: a window of one element has the result's own geometry.
            var plain = new ConvolutionShape(
                g.Shape[0],
                1,
                g.Shape[1],
                g.Shape[1],
                shape.In,
                Extents.One,
                Extents.One,
                Extents.One,
                Extents.Of([], 0)
            );
            Convolution.BackwardBias(x.DType, in plain, g.Data, context.Output(2).Data, context.Accumulates(2));
        }
    }
}
