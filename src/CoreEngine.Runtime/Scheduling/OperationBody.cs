namespace CoreEngine.Runtime;

/// <summary>
/// What an operation does. The one who pushes it owns the object and usually pools it: it may be reused from the
/// moment <see cref="Finished"/> is called.
/// </summary>
public abstract class OperationBody
{
    /// <summary>The operation's name, for errors and traces. Return a string that exists already.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// Name, shapes and types, for errors and dumps only. May be called from another thread while the operation
    /// waits or runs.
    /// </summary>
    public virtual string Describe() => Name;

    /// <summary>
    /// Whether the work is shorter than handing it to another thread, which takes a few microseconds, and neither
    /// blocks nor minds where it runs. While nothing that conflicts with it is pending, the engine may then run it
    /// (and <see cref="Finished"/>) on the thread that pushes it, before the push returns. Its faults are those of
    /// any operation: they are thrown by waits, never by the push.
    /// </summary>
    public virtual bool IsQuick => false;

    /// <summary>
    /// Does the work. An exception marks every variable that the operation writes as faulted; it harms nothing else.
    /// Must not wait for the engine (<see cref="WaitInsideOperationException"/>); may push more operations.
    /// </summary>
    public abstract void Execute(ref OperationContext context);

    /// <summary>
    /// Called exactly once for every push that returned normally: after the work was done, failed, or was skipped,
    /// and before anything that depends on it starts and any wait for it returns.
    /// </summary>
    public virtual void Finished() { }
}
