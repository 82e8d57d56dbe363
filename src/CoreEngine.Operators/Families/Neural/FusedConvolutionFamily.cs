using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>
/// Convolutions for inference: bias, a residual and the activation are applied while the result is in the cache, and
/// constant weights are brought into the kernels' order once instead of in every call.
/// </summary>
internal static unsafe class FusedConvolutionFamily
{
    private static readonly string[] s_plain = ["data", "weight"];
    private static readonly string[] s_bias = ["data", "weight", "bias"];
    private static readonly string[] s_residual = ["data", "weight", "residual"];
    private static readonly string[] s_all = ["data", "weight", "bias", "residual"];

    internal static void Register(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef("_contrib_fused_convolution")
            {
                NewParameters = () => new FusedConvolutionParameters(),
                Inputs = s_all,
                SelectInputs = SelectInputs,
                InferShape = InferFused,
                InferType = FloatTypes.Same,
                Gradient = c => throw NoGradient(c.Operator),
                Kernel = Fused,
            }
        );
        registry.Add(
            new OperatorDef("_contrib_prepare_convolution_weight")
            {
                NewParameters = () => new PrepareConvolutionWeightParameters(),
                Inputs = ["weight"],
                InferShape = InferPrepare,
                InferType = FloatTypes.Same,
                Gradient = c => throw NoGradient(c.Operator),
                Kernel = Prepare,
            }
        );
    }

    private static OperatorException NoGradient(BoundOperator op) =>
        new(op.Name, "it is for inference and has no gradient; train with Convolution and Activation.");

    private static string[] SelectInputs(BoundOperator op)
    {
        var p = op.Parameters<FusedConvolutionParameters>();
        return (p.NoBias, p.WithResidual) switch
        {
            (true, false) => s_plain,
            (false, false) => s_bias,
            (true, true) => s_residual,
            _ => s_all,
        };
    }

    private static void InferFused(ShapeInference shapes)
    {
        var p = shapes.Operator.Parameters<FusedConvolutionParameters>();
        if (!ConvolutionFamily.InferWindow(shapes, p))
            return;
        Shape data = shapes.Input(0);
        if (p.WeightLayout == WeightLayout.Plain)
            shapes.SetInput(1, new Shape([p.Filters, data[1] / p.Groups, .. p.Kernel]));
        else if (data.With(0, 1).IsKnown)
            CheckPrepared(shapes, new Shape(Convolution.PreparedWeightSize(p.Geometry(data.With(0, 1)))));
        int next = 2;
        if (!p.NoBias)
            shapes.SetInput(next++, new Shape(p.Filters));
        if (p.WithResidual)
        {
            shapes.SetInput(next, shapes.Output(0));
            shapes.SetOutput(0, shapes.Input(next));
        }
    }

    private static void CheckPrepared(ShapeInference shapes, Shape expected)
    {
        Shape weight = shapes.Input(1);
        if (weight.Rank != 0 && !weight.Equals(expected))
        {
            throw shapes.Error(
                $"weights prepared for this data have the shape {expected}; prepare them with "
                    + "_contrib_prepare_convolution_weight for the same window, filters, groups and data_size, or say "
                    + "weight_layout=plain."
            );
        }

        shapes.SetInput(1, expected);
    }

    private static void InferPrepare(ShapeInference shapes)
    {
        var p = shapes.Operator.Parameters<PrepareConvolutionWeightParameters>();
        Shape weight = shapes.Input(0);
        if (weight.Rank == 0)
            return;
        if (weight.Rank != p.SpatialRank + 2)
            throw shapes.Error(
                $"the weight must have {p.SpatialRank + 2} axes for this kernel: filters, channels, window."
            );
        shapes.SetInput(0, new Shape([p.Filters, weight[1], .. p.Kernel]));
        if (!shapes.Input(0).IsKnown)
            return;
        if (p.Filters % p.Groups != 0)
            throw shapes.Error($"{p.Filters} filters cannot be cut into {p.Groups} equal groups (num_group).");
        for (int i = 0; i < p.SpatialRank; i++)
        {
            if (p.DataSize[i] + (2 * p.PadOf(i)) < p.ReachOf(i))
            {
                throw shapes.Error(
                    $"the window reaches over {p.ReachOf(i)} elements along spatial axis {i}, but padded data of this "
                        + $"data_size has only {p.DataSize[i] + (2 * p.PadOf(i))}."
                );
            }
        }

        shapes.SetOutput(0, new Shape(Convolution.PreparedWeightSize(Geometry(p, shapes.Input(0)))));
    }

    private static ConvolutionShape Geometry(PrepareConvolutionWeightParameters p, Shape weight)
    {
        Span<long> data = stackalloc long[2 + p.DataSize.Length];
        (data[0], data[1]) = (1, weight[1] * p.Groups);
        p.DataSize.CopyTo(data[2..]);
        return p.Geometry(new ShapeView(data));
    }

    private static void Prepare(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        TensorView weight = context.Input(0);
        ConvolutionShape shape = Geometry(context.Parameters<PrepareConvolutionWeightParameters>(), weight.Shape);
        var output = new StagedOutput(ref context, 0);
        Convolution.PrepareWeight(weight.DType, in shape, weight.Data, output.Data);
        output.Finish();
    }

    private static void Fused(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        var p = context.Parameters<FusedConvolutionParameters>();
        TensorView x = context.Input(0);
        ConvolutionShape shape = p.Geometry(x.Shape);
        bool prepared = p.WeightLayout == WeightLayout.Prepared;
        var output = new StagedOutput(ref context, 0);
        var epilogue = new ConvolutionEpilogue
        {
            Bias = p.NoBias ? null : context.Input(2).Data,
            Residual = p.WithResidual ? context.Input(context.InputCount - 1).Data : null,
            Activation = p.Activation,
            Limit = p.Limit,
        };
        Convolution.Fused(
            x.DType,
            in shape,
            x.Data,
            context.Input(1).Data,
            prepared,
            in epilogue,
            output.Data,
            context.Scratch(Convolution.ForwardScratch(x.DType, in shape, prepared))
        );
        output.Finish();
    }
}
