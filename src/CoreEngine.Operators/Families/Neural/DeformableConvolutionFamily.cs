using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>The convolution whose window is bent by offsets that are data themselves.</summary>
internal static unsafe class DeformableConvolutionFamily
{
    private const string Name = "_contrib_DeformableConvolution";

    private static readonly string[] s_withBias = ["data", "offset", "weight", "bias"];
    private static readonly string[] s_withoutBias = ["data", "offset", "weight"];

    internal static void Register(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef(Name)
            {
                NewParameters = () => new DeformableConvolutionParameters(),
                Inputs = s_withBias,
                SelectInputs = op => HasBias(op) ? s_withBias : s_withoutBias,
                InferShape = Infer,
                InferType = TypeRules.NeedsFirst(FloatTypes.Same),
                Gradient = Gradient.Backward(
                    "_backward_" + Name,
                    gradients: [0],
                    inputs: [0, 1, 2],
                    outputs: [],
                    count: 4
                ),
                Kernel = HalfPrecision.Widen(Forward),
            }
        );
        registry.Add(
            new OperatorDef("_backward_" + Name)
            {
                NewParameters = () => new DeformableConvolutionParameters(),
                Inputs = ["ograd", .. s_withoutBias],
                Outputs = s_withBias,
                SelectOutputCount = op => HasBias(op) ? 4 : 3,
                InferShape = InferBackward,
                InferType = FloatTypes.Same,
                Kernel = HalfPrecision.Widen(Backward),
            }
        );
    }

    private static bool HasBias(BoundOperator op) => !op.Parameters<WindowParameters>().NoBias;

    private static void Infer(ShapeInference shapes)
    {
        var p = shapes.Operator.Parameters<DeformableConvolutionParameters>();
        if (!ConvolutionFamily.InferWindow(shapes, p))
            return;
        Shape data = shapes.Input(0);
        Shape result = shapes.Output(0);
        if (data[1] % p.OffsetSets != 0 || p.Filters % p.OffsetSets != 0)
        {
            throw shapes.Error(
                $"{data[1]} channels and {p.Filters} filters cannot be cut into {p.OffsetSets} equal sets "
                    + "(num_deformable_group)."
            );
        }

        if (ShapeRules.Product([data[2], data[3]]) > int.MaxValue)
            throw shapes.Error(
                $"an image of {data[2]} x {data[3]} pixels is too large; at most 2^31 - 1 are supported."
            );
        long offsets = checked(2 * p.OffsetSets * p.Kernel[0] * p.Kernel[1]);
        shapes.SetInput(1, new Shape(data[0], offsets, result[2], result[3]));
        shapes.SetInput(2, new Shape(p.Filters, data[1] / p.Groups, p.Kernel[0], p.Kernel[1]));
        if (HasBias(shapes.Operator))
            shapes.SetInput(3, new Shape(p.Filters));
    }

    private static void InferBackward(ShapeInference shapes)
    {
        for (int i = 0; i < 3; i++)
        {
            shapes.SetOutput(i, shapes.Input(i + 1));
        }

        if (HasBias(shapes.Operator))
            shapes.SetOutput(3, new Shape(shapes.Operator.Parameters<WindowParameters>().Filters));
    }

    private static void Forward(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        TensorView x = context.Input(0);
        TensorView offset = context.Input(1);
        DeformableConvolution convolution = context
            .Parameters<DeformableConvolutionParameters>()
            .Geometry(x.Shape, offset.Shape);
        convolution.Forward(
            x.DType,
            x.Data,
            offset.Data,
            context.Input(2).Data,
            context.InputCount > 3 ? context.Input(3).Data : null,
            context.Output(0).Data,
            context.Accumulates(0),
            context.Scratch(convolution.Scratch(x.DType))
        );
    }

    private static void Backward(ref KernelContext context)
    {
        TensorView g = context.Input(0);
        TensorView x = context.Input(1);
        TensorView offset = context.Input(2);
        DeformableConvolution convolution = context
            .Parameters<DeformableConvolutionParameters>()
            .Geometry(x.Shape, offset.Shape);
        var gradients = new DeformableGradients
        {
            Data = context.Wants(0) ? context.Output(0).Data : null,
            AddData = context.Accumulates(0),
            Offsets = context.Wants(1) ? context.Output(1).Data : null,
            AddOffsets = context.Accumulates(1),
            Weight = context.Wants(2) ? context.Output(2).Data : null,
            AddWeight = context.Accumulates(2),
        };
        if (gradients.Data != null || gradients.Offsets != null || gradients.Weight != null)
        {
            void* scratch = context.Scratch(convolution.Scratch(x.DType));
            convolution.Backward(x.DType, g.Data, x.Data, offset.Data, context.Input(3).Data, in gradients, scratch);
        }

        if (context.OutputCount > 3 && context.Wants(3))
        {
            ConvolutionShape shape = convolution.Shape;
            Convolution.BackwardBias(x.DType, in shape, g.Data, context.Output(3).Data, context.Accumulates(3));
        }
    }
}
