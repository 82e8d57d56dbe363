namespace CoreEngine.Kernels;

/// <summary>
/// When a participant stops its threads before a fork: those who hand over work first, those who do it last. After the
/// fork the order is the other way round.
/// </summary>
public enum ForkPhase
{
    /// <summary>Threads that read data and push operations.</summary>
    Producers,

    /// <summary>The schedulers' workers.</summary>
    Schedulers,

    /// <summary>The kernels' helpers.</summary>
    Kernels,
}
