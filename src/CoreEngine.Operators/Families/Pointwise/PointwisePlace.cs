namespace CoreEngine.Operators;

/// <summary>Where a value of a <see cref="PointwiseProgram"/> is during one call.</summary>
internal unsafe struct PointwisePlace
{
    /// <summary>The array that it comes from or goes to.</summary>
    internal byte* Array;

    internal int ItemSize;

    /// <summary>Whether steps find it in a slot, not in the array.</summary>
    internal bool IsInSlot;

    /// <summary>Whether the output is so large that it goes from the slot past the caches.</summary>
    internal bool PassesCaches;

    /// <summary>What its step does with it.</summary>
    internal Request Request;

    /// <summary>What becomes of the output when all steps are done with the tile: it gets what is in the slot.</summary>
    internal Request Late;
}
