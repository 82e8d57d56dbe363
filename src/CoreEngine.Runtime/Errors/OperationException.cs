namespace CoreEngine.Runtime;

/// <summary>
/// An operation failed. Every wait on a variable that it should have written throws this, as does every wait on what
/// was to be computed from them. <see cref="Exception.InnerException"/> is the original error with its stack.
/// </summary>
public sealed class OperationException : EngineException
{
    private volatile bool _reported;

    /// <summary>The record of a failure, kept with the variables; waits throw copies of it.</summary>
    internal OperationException(string operationName, string description, Device device, Exception cause)
        : base(Compose(operationName, description, device, cause, 0), cause)
    {
        OperationName = operationName;
        Description = description;
        Device = device;
        Others = [];
    }

    private OperationException(OperationException record, IReadOnlyList<OperationException> others)
        : base(
            Compose(record.OperationName, record.Description, record.Device, record.InnerException!, others.Count),
            record.InnerException
        )
    {
        OperationName = record.OperationName;
        Description = record.Description;
        Device = record.Device;
        Others = others;
    }

    /// <summary>The name of the operation that failed (not of those that were skipped because of it).</summary>
    public string OperationName { get; }

    /// <summary>The failed operation's own description: usually its name with the shapes and types of its inputs.</summary>
    public string Description { get; }

    /// <summary>The device that the operation was pushed to.</summary>
    public Device Device { get; }

    /// <summary>
    /// Further independent failures which nobody had been told of yet; only <see cref="Engine.WaitForAll"/> fills it.
    /// </summary>
    public IReadOnlyList<OperationException> Others { get; }

    /// <summary>Whether some wait has thrown this failure already.</summary>
    internal bool Reported
    {
        get => _reported;
        set => _reported = value;
    }

    /// <summary>
    /// A fresh exception for one wait: exceptions carry the stack of the throw, so one object must not be thrown twice.
    /// </summary>
    internal OperationException ForWait(IReadOnlyList<OperationException>? others = null)
    {
        _reported = true;
        return new OperationException(this, others ?? []);
    }

    private static string Compose(string name, string description, Device device, Exception cause, int others)
    {
        string what = description == name ? $"'{name}'" : $"'{name}' [{description}]";
        string more = others == 0 ? "" : $" ({others} more operations failed: see {nameof(Others)})";
        return $"Operation {what} on {device} failed: {cause.Message}{more}";
    }
}
