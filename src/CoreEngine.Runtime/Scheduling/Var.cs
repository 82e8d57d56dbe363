using System.Runtime.InteropServices;

namespace CoreEngine.Runtime;

/// <summary>
/// What operations order themselves by: a versioned queue of readers and writers. Any number of readers or one writer
/// at a time, in push order. It usually stands for the contents of one buffer. Made by <see cref="Engine.NewVar"/>.
/// </summary>
/// <remarks>
/// The layout is explicit because two groups of threads use a variable at the same time: those that push touch only
/// the second group of fields, those that resolve dependencies only the first. On separate cache lines neither waits
/// for the other's writes.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = 208)]
public sealed class Var
{
    // The queue. Owned by whoever holds the engine's dependency lock.
    [FieldOffset(0)]
    internal Operation? Head;

    [FieldOffset(8)]
    internal Operation? Tail;

    // Written by the operation that holds the variable for writing, read by those that hold it at all.
    [FieldOffset(16)]
    internal OperationException? FaultRecord;

    [FieldOffset(24)]
    internal long FinishedWrites;

    [FieldOffset(32)]
    internal long Stamp;

    [FieldOffset(40)]
    internal int HeadSlot;

    [FieldOffset(44)]
    internal int TailSlot;

    [FieldOffset(48)]
    internal int Readers;

    [FieldOffset(52)]
    internal bool Writing;

    // Owned by the threads that push.
    [FieldOffset(120)]
    internal readonly Engine Owner;

    [FieldOffset(128)]
    internal long PushedWrites;

    [FieldOffset(136)]
    internal readonly long Id;

    [FieldOffset(144)]
    internal readonly object? Contents;

    [FieldOffset(152)]
    internal int Deleted;

    internal Var(Engine owner, long id, object? contents)
    {
        Owner = owner;
        Id = id;
        Contents = contents;
    }

    /// <summary>
    /// The number of writes pushed so far: it changes when a write is pushed, not when it runs, so a recorded value
    /// tells at once whether the contents that an operation pushed next will see are still the recorded ones.
    /// </summary>
    public long Version => Volatile.Read(ref PushedWrites);

    /// <summary>The number of pushed writes that are over, whether they succeeded, failed or were skipped.</summary>
    public long FinishedVersion => Volatile.Read(ref FinishedWrites);

    /// <summary>
    /// The failure that the last finished write left behind (an <see cref="OperationException"/>), or null. It is
    /// cleared by the next write that succeeds. Looking at it does not wait: see <see cref="Engine.WaitForVar"/>.
    /// </summary>
    public Exception? Fault => Volatile.Read(ref FaultRecord);

    /// <summary>The engine that made the variable; only its operations may use it.</summary>
    public Engine Engine => Owner;

    /// <summary>Whether <see cref="Engine.DeleteVar"/> was called for it.</summary>
    public bool IsDeleted => Volatile.Read(ref Deleted) != 0;

    /// <summary>The name in dumps: <c>var#12</c>.</summary>
    public override string ToString() => $"var#{Id}";
}
