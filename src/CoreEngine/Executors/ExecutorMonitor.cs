namespace CoreEngine;

/// <summary>Who is shown what runs in between.</summary>
/// <param name="Show">Gets a name and a handle on the array, which it owns.</param>
/// <param name="IncludesInputs">Whether inputs are shown, too.</param>
internal sealed record ExecutorMonitor(Action<string, NDArray> Show, bool IncludesInputs);
