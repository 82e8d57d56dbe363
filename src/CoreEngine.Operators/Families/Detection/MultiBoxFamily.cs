using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Anchor boxes of a detector, what it should say about them, and what it said.</summary>
internal static unsafe class MultiBoxFamily
{
    internal static void Register(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef("_contrib_MultiBoxPrior")
            {
                NewParameters = () => new MultiBoxPriorParameters(),
                InferShape = InferPrior,
                InferType = TypeRules.OrFloat32(FloatTypes.Same),
                Gradient = Gradient.Zero,
                Kernel = HalfPrecision.Widen(Prior),
            }
        );
        registry.Add(
            new OperatorDef("_contrib_MultiBoxTarget")
            {
                NewParameters = () => new MultiBoxTargetParameters(),
                Inputs = ["anchor", "label", "cls_pred"],
                Outputs = ["loc_target", "loc_mask", "cls_target"],
                InferShape = InferTarget,
                InferType = TypeRules.OrFloat32(FloatTypes.Same),
                Gradient = Gradient.Zero,
                Kernel = HalfPrecision.Widen(Target),
            }
        );
        registry.Add(
            new OperatorDef("_contrib_MultiBoxDetection")
            {
                NewParameters = () => new MultiBoxDetectionParameters(),
                Inputs = ["cls_prob", "loc_pred", "anchor"],
                InferShape = InferDetection,
                InferType = TypeRules.OrFloat32(FloatTypes.Same),
                Gradient = Gradient.Zero,
                Kernel = HalfPrecision.Widen(Detection),
            }
        );
    }

    private static void InferPrior(ShapeInference shapes)
    {
        var p = shapes.Operator.Parameters<MultiBoxPriorParameters>();
        Shape data = shapes.Input(0);
        if (data.Rank == 0)
            return;
        if (data.Rank != 4)
            throw shapes.Error("the feature map must have the shape (samples, channels, height, width).");
        long cells = ShapeRules.Product([data[2], data[3]]);
        shapes.SetOutput(0, new Shape(1, checked(cells * (p.Sizes.Length + p.Ratios.Length - 1)), 4));
    }

    private static void Prior(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        var p = context.Parameters<MultiBoxPriorParameters>();
        Shape data = context.Input(0).Shape;
        var boxes = new AnchorBoxes(data[2], data[3], p.Steps[0], p.Steps[1], p.Offsets[0], p.Offsets[1], p.Clip);
        var output = new StagedOutput(ref context, 0);
        boxes.Write(context.Output(0).DType, p.Sizes, p.Ratios, output.Data);
        output.Finish();
    }

    private static void InferTarget(ShapeInference shapes)
    {
        Shape anchors = CheckAnchors(shapes, 0);
        Shape label = shapes.Input(1);
        Shape prediction = shapes.Input(2);
        if (label.Rank != 0 && (label.Rank != 3 || label[2] is > 0 and < 5))
            throw shapes.Error("the label must have the shape (samples, objects, 5): class, left, top, right, bottom.");
        if (prediction.Rank is not (0 or 3))
            throw shapes.Error("cls_pred must have the shape (samples, classes, anchors).");
        long count = anchors.Rank == 0 ? 0 : anchors[1];
        long batch = label.Rank == 0 ? 0 : label[0];
        if (label.Rank == 0 || anchors.Rank == 0)
            return;
        shapes.SetInput(2, new Shape(batch, 0, count));
        var offsets = new Shape(batch, checked(4 * count));
        shapes.SetOutput(0, offsets);
        shapes.SetOutput(1, offsets);
        shapes.SetOutput(2, new Shape(batch, count));
    }

    private static void Target(ref KernelContext context)
    {
        var p = context.Parameters<MultiBoxTargetParameters>();
        TensorView label = context.Input(1);
        TensorView prediction = context.Input(2);
        DType dtype = prediction.DType;
        var targets = new AnchorTargets(
            prediction.Shape[0],
            prediction.Shape[2],
            label.Shape[1],
            label.Shape[2],
            prediction.Shape[1],
            p.OverlapThreshold,
            p.IgnoreLabel,
            p.NegativeMiningRatio,
            p.NegativeMiningThreshold
        );
        var offsets = new StagedOutput(ref context, 0);
        var mask = new StagedOutput(ref context, 1);
        var classes = new StagedOutput(ref context, 2);
        targets.Assign(
            dtype,
            context.Input(0).Data,
            label.Data,
            prediction.Data,
            p.Variances,
            offsets.Data,
            mask.Data,
            classes.Data,
            context.Scratch(targets.Scratch(dtype))
        );
        offsets.Finish();
        mask.Finish();
        classes.Finish();
    }

    private static void InferDetection(ShapeInference shapes)
    {
        Shape probability = shapes.Input(0);
        Shape anchors = CheckAnchors(shapes, 2);
        if (probability.Rank is not (0 or 3))
            throw shapes.Error("cls_prob must have the shape (samples, classes, anchors).");
        if (anchors.Rank == 0 || probability.Rank == 0)
            return;
        (long batch, long count) = (probability[0], probability[2]);
        shapes.SetInput(2, new Shape(1, count, 4));
        shapes.SetInput(1, new Shape(batch, checked(4 * count)));
        shapes.SetOutput(0, new Shape(batch, count, BoxDetection.ResultWidth));
    }

    private static void Detection(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        var p = context.Parameters<MultiBoxDetectionParameters>();
        TensorView probability = context.Input(0);
        DType dtype = probability.DType;
        var detection = new BoxDetection(
            probability.Shape[0],
            probability.Shape[1],
            probability.Shape[2],
            p.Threshold,
            p.Clip,
            p.SuppressionThreshold,
            p.ForceSuppress,
            p.SuppressionTop
        );
        var output = new StagedOutput(ref context, 0);
        detection.Detect(
            dtype,
            probability.Data,
            context.Input(1).Data,
            context.Input(2).Data,
            p.Variances,
            output.Data,
            context.Scratch(detection.Scratch(dtype))
        );
        output.Finish();
    }

    private static Shape CheckAnchors(ShapeInference shapes, int input)
    {
        Shape anchors = shapes.Input(input);
        if (anchors.Rank != 0 && (anchors.Rank != 3 || anchors[0] is not (0 or 1) || anchors[2] is not (0 or 4)))
            throw shapes.Error("the anchors must have the shape (1, anchors, 4): left, top, right, bottom.");
        return anchors;
    }
}
