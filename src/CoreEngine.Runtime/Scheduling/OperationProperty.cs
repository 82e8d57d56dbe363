namespace CoreEngine.Runtime;

/// <summary>What kind of work an operation is; it decides which lane of its device runs it.</summary>
public enum OperationProperty
{
    /// <summary>Ordinary work, on the device's workers.</summary>
    Normal,

    /// <summary>A copy out of a GPU, on that GPU's own lane for it.</summary>
    CopyFromGpu,

    /// <summary>A copy into a GPU, on that GPU's own lane for it.</summary>
    CopyToGpu,

    /// <summary>Short CPU work that must not queue behind long computations (communication, feeding a GPU).</summary>
    CpuPrioritized,

    /// <summary>
    /// Work that is only started by <see cref="OperationBody.Execute"/> and ends when
    /// <see cref="OperationContext.Completion"/> is completed, from any thread.
    /// </summary>
    Async,

    /// <summary>The end of a variable; used by <see cref="Engine.DeleteVar"/>.</summary>
    DeleteVariable,
}
