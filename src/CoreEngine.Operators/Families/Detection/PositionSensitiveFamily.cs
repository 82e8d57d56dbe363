using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Means over the cells of regions, where each position in a region has channels of its own.</summary>
internal static unsafe class PositionSensitiveFamily
{
    private const string Rigid = "_contrib_PSROIPooling";
    private const string Deformable = "_contrib_DeformablePSROIPooling";

    private static readonly string[] s_withOffsets = ["data", "rois", "trans"];
    private static readonly string[] s_withoutOffsets = ["data", "rois"];

    internal static void Register(OperatorRegistry registry)
    {
        RegisterRigid(registry);
        RegisterDeformable(registry);
    }

    private static void RegisterRigid(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef(Rigid)
            {
                NewParameters = () => new PositionSensitiveParameters(),
                Inputs = ["data", "rois"],
                InferShape = InferRigid,
                InferType = TypeRules.NeedsFirst(FloatTypes.Same),
                Gradient = c =>
                {
                    Value[] inputs = [c.OutputGradient(0), c.Input(0), c.Input(1)];
                    c.Set(0, c.CallWithSameParameters("_backward_" + Rigid, inputs));
                    c.Set(1, c.Call("zeros_like", c.Input(1)));
                },
                Kernel = HalfPrecision.Widen(ForwardRigid),
            }
        );
        registry.Add(
            new OperatorDef("_backward_" + Rigid)
            {
                NewParameters = () => new PositionSensitiveParameters(),
                Inputs = ["ograd", "data", "rois"],
                // The layer is linear.
                ShapeOnlyInputs = [1],
                InferShape = LikeInputs.Shapes(1),
                InferType = FloatTypes.Same,
                Kernel = HalfPrecision.Widen(BackwardRigid),
            }
        );
    }

    private static void InferRigid(ShapeInference shapes)
    {
        var p = shapes.Operator.Parameters<PositionSensitiveParameters>();
        InferMeans(shapes, p.Classes, p.Groups, p.Cells);
    }

    /// <summary>The result's shape, where the data and the regions are known and have channels and numbers enough.</summary>
    private static void InferMeans(ShapeInference shapes, long classes, long groups, long cells)
    {
        Shape data = shapes.Input(0);
        Shape regions = shapes.Input(1);
        if (data.Rank is not (0 or 4))
            throw shapes.Error("the data must have the shape (samples, channels, height, width).");
        if (regions.Rank != 0 && (regions.Rank != 2 || regions[1] is not (0 or 5)))
            throw shapes.Error("the regions must have the shape (regions, 5): image, left, top, right, bottom.");
        if (data.Rank == 0 || regions.Rank == 0)
            return;
        long needed = checked(classes * groups * groups);
        if (data[1] != 0 && data[1] < needed)
        {
            throw shapes.Error(
                $"{classes} channels of the result (output_dim) with {groups} x {groups} positions (group_size) need "
                    + $"{needed} channels of the data; it has {data[1]}."
            );
        }

        shapes.SetInput(1, new Shape(0, 5));
        for (int i = 0; i < shapes.OutputCount; i++)
        {
            shapes.SetOutput(i, new Shape(regions[0], classes, cells, cells));
        }
    }

    private static PositionSensitivePooling RigidOf(PositionSensitiveParameters p, Shape data, Shape regions) =>
        new(data[0], data[1], data[2], data[3], regions[0], p.Classes, p.Groups, p.Cells, p.Scale);

    private static void ForwardRigid(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        TensorView x = context.Input(0);
        TensorView regions = context.Input(1);
        RigidOf(context.Parameters<PositionSensitiveParameters>(), x.Shape, regions.Shape)
            .Forward(x.DType, x.Data, regions.Data, context.Output(0).Data, context.Accumulates(0));
    }

    private static void BackwardRigid(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        TensorView gradient = context.Output(0);
        TensorView regions = context.Input(2);
        RigidOf(context.Parameters<PositionSensitiveParameters>(), gradient.Shape, regions.Shape)
            .Backward(gradient.DType, context.Input(0).Data, regions.Data, gradient.Data, context.Accumulates(0));
    }

    private static void RegisterDeformable(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef(Deformable)
            {
                NewParameters = () => new DeformablePoolingParameters(),
                Inputs = s_withOffsets,
                SelectInputs = op => HasOffsets(op) ? s_withOffsets : s_withoutOffsets,
                Outputs = ["output", "top_count"],
                CountVisibleOutputs = _ => 1,
                InferShape = InferDeformable,
                InferType = TypeRules.NeedsFirst(FloatTypes.Same),
                Gradient = c =>
                {
                    Value[] inputs = [c.OutputGradient(0), .. Enumerable.Range(0, c.InputCount).Select(c.Input)];
                    Value data = c.CallWithSameParameters("_backward_" + Deformable, inputs);
                    c.Set(0, data);
                    c.Set(1, c.Call("zeros_like", c.Input(1)));
                    if (c.InputCount > 2)
                        c.Set(2, data.Output(1));
                },
                Kernel = HalfPrecision.Widen(ForwardDeformable),
            }
        );
        registry.Add(
            new OperatorDef("_backward_" + Deformable)
            {
                NewParameters = () => new DeformablePoolingParameters(),
                Inputs = ["ograd", .. s_withOffsets],
                SelectInputs = op => ["ograd", .. HasOffsets(op) ? s_withOffsets : s_withoutOffsets],
                Outputs = ["data", "trans"],
                SelectOutputCount = op => HasOffsets(op) ? 2 : 1,
                InferShape = LikeInputs.Shapes(1, 3),
                InferType = FloatTypes.Same,
                Kernel = HalfPrecision.Widen(BackwardDeformable),
            }
        );
    }

    private static bool HasOffsets(BoundOperator op) => !op.Parameters<DeformablePoolingParameters>().NoOffsets;

    private static void InferDeformable(ShapeInference shapes)
    {
        var p = shapes.Operator.Parameters<DeformablePoolingParameters>();
        InferMeans(shapes, p.Classes, p.Groups, p.Cells);
        if (!HasOffsets(shapes.Operator))
            return;
        Shape regions = shapes.Input(1);
        Shape offsets = shapes.Input(2);
        if (offsets.Rank == 4 && offsets[1] != 0 && (offsets[1] % 2 != 0 || p.Classes % (offsets[1] / 2) != 0))
        {
            throw shapes.Error(
                $"the offsets must have two channels for each of some sets among which {p.Classes} channels of the result "
                    + $"(output_dim) can be divided evenly; they have {offsets[1]}."
            );
        }

        shapes.SetInput(2, new Shape(regions.Rank == 0 ? 0 : regions[0], 0, p.Parts, p.Parts));
    }

    private static DeformablePooling DeformableOf(BoundOperator op, Shape data, Shape regions, in TensorView offsets)
    {
        var p = op.Parameters<DeformablePoolingParameters>();
        return new DeformablePooling(
            data[0],
            data[1],
            data[2],
            data[3],
            regions[0],
            p.Classes,
            p.Groups,
            p.Cells,
            p.Parts,
            p.NoOffsets ? 1 : offsets.Shape[1] / 2,
            p.Samples,
            p.Scale,
            p.Deviation
        );
    }

    private static void ForwardDeformable(ref KernelContext context)
    {
        TensorView x = context.Input(0);
        TensorView regions = context.Input(1);
        TensorView offsets = context.InputCount > 2 ? context.Input(2) : default;
        DeformableOf(context.Operator, x.Shape, regions.Shape, in offsets)
            .Forward(
                x.DType,
                x.Data,
                regions.Data,
                offsets.Data,
                context.Wants(0) ? context.Output(0).Data : null,
                context.Accumulates(0),
                context.Wants(1) ? context.Output(1).Data : null,
                context.Accumulates(1)
            );
    }

    private static void BackwardDeformable(ref KernelContext context)
    {
        void* g = context.Input(0).Data;
        TensorView x = context.Input(1);
        TensorView regions = context.Input(2);
        TensorView offsets = context.InputCount > 3 ? context.Input(3) : default;
        DeformablePooling pooling = DeformableOf(context.Operator, x.Shape, regions.Shape, in offsets);
        if (context.Wants(0))
        {
            void* dx = context.Output(0).Data;
            pooling.BackwardData(x.DType, g, regions.Data, offsets.Data, dx, context.Accumulates(0));
        }

        if (context.OutputCount > 1 && context.Wants(1))
        {
            void* moved = context.Output(1).Data;
            pooling.BackwardOffsets(x.DType, g, x.Data, regions.Data, offsets.Data, moved, context.Accumulates(1));
        }
    }
}
