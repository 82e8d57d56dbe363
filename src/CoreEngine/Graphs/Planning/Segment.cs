namespace CoreEngine.Graphs.Planning;

/// <summary>Consecutive steps that run as one operation of the engine.</summary>
/// <param name="FirstStep">The first step.</param>
/// <param name="StepCount">How many steps.</param>
/// <param name="Device">The number of the device that they run on.</param>
/// <param name="Dependencies">
/// The earlier segments that must be over before this one starts, because it reads what they compute, or writes where
/// they read or write. Those that others in the list wait for are left out.
/// </param>
public readonly record struct Segment(int FirstStep, int StepCount, int Device, int[] Dependencies);
