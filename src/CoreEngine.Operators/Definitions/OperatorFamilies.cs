namespace CoreEngine.Operators;

/// <summary>The list of operator families: the one place where they are put into a registry.</summary>
internal static class OperatorFamilies
{
    internal static OperatorRegistry Register(OperatorRegistry registry)
    {
        CopyFamily.Register(registry);
        CreationFamily.Register(registry);
        UpdateFamily.Register(registry);
        UnaryFamily.Register(registry);
        BinaryFamily.Register(registry);
        SelectFamily.Register(registry);
        BroadcastFamily.Register(registry);
        ReductionFamily.Register(registry);
        ReshapeFamily.Register(registry);
        PermutationFamily.Register(registry);
        SliceFamily.Register(registry);
        CropFamily.Register(registry);
        JoinFamily.Register(registry);
        RepeatFamily.Register(registry);
        PadFamily.Register(registry);
        SequenceFamily.Register(registry);
        GatherFamily.Register(registry);
        PickFamily.Register(registry);
        NdIndexFamily.Register(registry);
        SortFamily.Register(registry);
        DotFamily.Register(registry);
        FullyConnectedFamily.Register(registry);
        return registry;
    }
}
