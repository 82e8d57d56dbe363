namespace CoreEngine.Runtime;

/// <summary>
/// The one flag that every operation looks at. It has a class of its own, without initialisers, so that reading it is
/// a single load.
/// </summary>
internal static class ProfilerSwitch
{
    /// <summary>Whether events are recorded.</summary>
    public static volatile bool IsOn;
}
