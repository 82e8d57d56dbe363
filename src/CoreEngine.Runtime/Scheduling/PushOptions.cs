namespace CoreEngine.Runtime;

/// <summary>Where and how an operation is to run.</summary>
/// <param name="Device">The device whose workers run it.</param>
/// <param name="Priority">Among ready operations of one lane the higher number goes first; equal ones in order.</param>
/// <param name="Property">The kind of work.</param>
public readonly record struct PushOptions(
    Device Device,
    int Priority = 0,
    OperationProperty Property = OperationProperty.Normal
)
{
    /// <summary>Ordinary work on the first CPU device.</summary>
    public static PushOptions Cpu => new(Device.Cpu());
}
