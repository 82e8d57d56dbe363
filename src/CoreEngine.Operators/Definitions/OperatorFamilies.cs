namespace CoreEngine.Operators;

/// <summary>The list of operator families: the one place where they are put into a registry.</summary>
internal static class OperatorFamilies
{
    internal static OperatorRegistry Register(OperatorRegistry registry)
    {
        CopyFamily.Register(registry);
        TransferFamily.Register(registry);
        CastStorageFamily.Register(registry);
        RetainFamily.Register(registry);
        CreationFamily.Register(registry);
        UpdateFamily.Register(registry);
        UnaryFamily.Register(registry);
        BinaryFamily.Register(registry);
        ScatterFamily.Register(registry);
        SelectFamily.Register(registry);
        FusedPointwiseFamily.Register(registry);
        BroadcastFamily.Register(registry);
        ReductionFamily.Register(registry);
        ReshapeFamily.Register(registry);
        PermutationFamily.Register(registry);
        SliceFamily.Register(registry);
        CropFamily.Register(registry);
        JoinFamily.Register(registry);
        RepeatFamily.Register(registry);
        PadFamily.Register(registry);
        ImageFamily.Register(registry);
        SequenceFamily.Register(registry);
        GatherFamily.Register(registry);
        PickFamily.Register(registry);
        NdIndexFamily.Register(registry);
        SortFamily.Register(registry);
        DotFamily.Register(registry);
        FullyConnectedFamily.Register(registry);
        LinalgFamily.Register(registry);
        ActivationFamily.Register(registry);
        LeakyReLUFamily.Register(registry);
        DropoutFamily.Register(registry);
        RnnFamily.Register(registry);
        RegressionFamily.Register(registry);
        LossFamily.Register(registry);
        CtcLossFamily.Register(registry);
        FourierFamily.Register(registry);
        CountSketchFamily.Register(registry);
        QuantizationFamily.Register(registry);
        SoftmaxFamily.Register(registry);
        SoftmaxOutputFamily.Register(registry);
        ConvolutionFamily.Register(registry);
        FusedConvolutionFamily.Register(registry);
        DeformableConvolutionFamily.Register(registry);
        PoolingFamily.Register(registry);
        BatchNormFamily.Register(registry);
        NormalizationFamily.Register(registry);
        LayerNormFamily.Register(registry);
        SpatialFamily.Register(registry);
        UpSamplingFamily.Register(registry);
        MultiBoxFamily.Register(registry);
        ProposalFamily.Register(registry);
        PositionSensitiveFamily.Register(registry);
        RandomFamily.Register(registry);
        CustomFamily.Register(registry);
        return registry;
    }
}
