namespace CoreEngine.Runtime;

/// <summary>What a record in the scheduler stands for.</summary>
internal enum OperationKind : byte
{
    /// <summary>One pushed body.</summary>
    Single,

    /// <summary>Several pushed bodies that are scheduled as one.</summary>
    Bulk,

    /// <summary>No work: somebody waits until the variables are granted.</summary>
    Wait,
}
