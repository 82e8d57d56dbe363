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
        return registry;
    }
}
