using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>The boxes that a region proposal network proposes, of one image or of several.</summary>
internal static unsafe class ProposalFamily
{
    private const string OneImage = "_contrib_Proposal";
    private const string ManyImages = "_contrib_MultiProposal";

    internal static void Register(OperatorRegistry registry)
    {
        Add(registry, OneImage);
        Add(registry, ManyImages);
    }

    private static void Add(OperatorRegistry registry, string name) =>
        registry.Add(
            new OperatorDef(name)
            {
                NewParameters = () => new ProposalParameters(),
                Inputs = ["cls_prob", "bbox_pred", "im_info"],
                DescribedInputs = ["cls_score", "bbox_pred", "im_info"],
                Outputs = ["output", "score"],
                CountVisibleOutputs = op => op.Parameters<ProposalParameters>().OutputScore ? 2 : 1,
                InferShape = Infer,
                InferType = TypeRules.OrFloat32(FloatTypes.Same),
                Gradient = Gradient.Zero,
                Kernel = HalfPrecision.Widen(Propose),
            }
        );

    private static void Infer(ShapeInference shapes)
    {
        var p = shapes.Operator.Parameters<ProposalParameters>();
        Shape scores = shapes.Input(0);
        if (scores.Rank == 0)
            return;
        if (scores.Rank != 4)
            throw shapes.Error("cls_prob must have the shape (images, 2 anchors, height, width).");
        long anchors = (long)p.Scales.Length * p.Ratios.Length;
        if (scores[1] != 0 && scores[1] != 2 * anchors)
        {
            throw shapes.Error(
                $"{p.Scales.Length} scales and {p.Ratios.Length} ratios make {anchors} anchors with two scores each; "
                    + $"cls_prob has {scores[1]} channels instead of {2 * anchors}."
            );
        }

        bool isOne = shapes.Operator.Name == OneImage;
        if (isOne && scores[0] > 1)
            throw shapes.Error($"it takes one image, not {scores[0]}; use {ManyImages}.");
        shapes.SetInput(1, new Shape(scores[0], 4 * anchors, scores[2], scores[3]));
        shapes.SetInput(2, new Shape(scores[0], RegionProposals.ImageWidth));
        long boxes = isOne ? p.Results : checked(scores[0] * p.Results);
        shapes.SetOutput(0, new Shape(boxes, RegionProposals.ResultWidth));
        shapes.SetOutput(1, new Shape(boxes, 1));
    }

    private static void Propose(ref KernelContext context)
    {
        if (!context.Wants(0) && !context.Wants(1))
            return;
        var p = context.Parameters<ProposalParameters>();
        TensorView scores = context.Input(0);
        TensorView images = context.Input(2);
        if (context.Operator.Name == OneImage)
            CheckSize(scores.Shape, images, p.Stride);
        var proposals = new RegionProposals(
            scores.Shape[0],
            scores.Shape[2],
            scores.Shape[3],
            p.Candidates,
            p.Results,
            p.Threshold,
            p.LeastSize,
            p.Stride,
            p.IouLoss
        );
        var boxes = new StagedOutput(ref context, 0);
        var boxScores = new StagedOutput(ref context, 1);
        proposals.Propose(
            scores.DType,
            p.Scales,
            p.Ratios,
            scores.Data,
            context.Input(1).Data,
            images.Data,
            boxes.Data,
            boxScores.Data,
            context.Scratch(proposals.Scratch(scores.DType, (long)p.Scales.Length * p.Ratios.Length))
        );
        boxes.Finish();
        boxScores.Finish();
    }

    /// <summary>An image that is larger than its feature map is a mistake that MXNet, too, reports.</summary>
    private static void CheckSize(Shape scores, in TensorView image, int stride)
    {
        double* size = stackalloc double[2];
        Cast.Convert(image.DType, image.Data, DType.Float64, size, 2);
        if ((long)(size[0] / stride) <= scores[2] && (long)(size[1] / stride) <= scores[3])
            return;
        throw new OperatorException(
            OneImage,
            $"im_info says that the image is {size[0]} high and {size[1]} wide, which is more than {scores[2]} x "
                + $"{scores[3]} cells of {stride} pixels cover; correct im_info or feature_stride."
        );
    }
}
