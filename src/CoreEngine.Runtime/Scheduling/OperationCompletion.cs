namespace CoreEngine.Runtime;

/// <summary>
/// Ends an asynchronous operation. May be kept, copied and used from any thread; the first call decides, and later
/// ones (or calls for an operation which failed or was abandoned at shutdown) change nothing and return false.
/// </summary>
public readonly struct OperationCompletion : IEquatable<OperationCompletion>
{
    private readonly Operation? _operation;
    private readonly long _generation;

    internal OperationCompletion(Operation operation)
    {
        _operation = operation;
        _generation = operation.Generation;
    }

    /// <summary>The operation has succeeded: what it writes is valid, and dependents may start.</summary>
    /// <returns>False when the operation was over already.</returns>
    public bool Complete() => _operation is not null && _operation.CompleteAsync(_generation, null);

    /// <summary>The operation has failed: what it writes is faulted with this error.</summary>
    /// <returns>False when the operation was over already.</returns>
    public bool Fail(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return _operation is not null && _operation.CompleteAsync(_generation, error);
    }

    /// <inheritdoc/>
    public bool Equals(OperationCompletion other) =>
        ReferenceEquals(_operation, other._operation) && _generation == other._generation;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is OperationCompletion other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_operation, _generation);

    /// <summary>Whether both end the same run of the same operation.</summary>
    public static bool operator ==(OperationCompletion left, OperationCompletion right) => left.Equals(right);

    /// <summary>Whether they end different operations.</summary>
    public static bool operator !=(OperationCompletion left, OperationCompletion right) => !left.Equals(right);
}
