namespace CoreEngine.Perf;

/// <summary>An array of a primitive: its role, its plain layout and, for what is read, its content in that layout.</summary>
/// <param name="argument">The role.</param>
/// <param name="plain">The layout of <paramref name="data"/>, and of what is read back.</param>
/// <param name="data">The content; null for a result.</param>
internal readonly unsafe struct OneDnnInput(OneDnnArg argument, OneDnnShape plain, float* data = null)
{
    public OneDnnArg Argument => argument;

    public OneDnnShape Plain => plain;

    public float* Data => data;

    /// <summary>Another primitive's array that is used as it is, or 0.</summary>
    public nint Shared { get; init; }
}
