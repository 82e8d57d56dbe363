namespace CoreEngine.Kernels;

/// <summary>
/// Whether gradients are limited (<see cref="GradientScaling.Clip"/>), known when a loop is compiled: a test for every
/// register would cost as much as the update.
/// </summary>
public interface IGradientLimit
{
    /// <summary>Whether there is a limit.</summary>
    public static abstract bool IsPresent { get; }
}

/// <summary>Gradients are taken as they are.</summary>
internal readonly struct NoGradientLimit : IGradientLimit
{
    public static bool IsPresent => false;
}

/// <summary>Gradients are limited.</summary>
internal readonly struct GradientLimit : IGradientLimit
{
    public static bool IsPresent => true;
}
