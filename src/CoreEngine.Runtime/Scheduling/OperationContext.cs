namespace CoreEngine.Runtime;

/// <summary>What an operation is given while it runs. Valid only during <see cref="OperationBody.Execute"/>.</summary>
public readonly ref struct OperationContext
{
    private readonly Operation _operation;
    private readonly ExecutionSite _site;

    internal OperationContext(Operation operation, ExecutionSite site)
    {
        _operation = operation;
        _site = site;
    }

    /// <summary>The device that the operation was pushed to.</summary>
    public Device Device => _operation.Device;

    /// <summary>The number of the worker within its engine, from 0.</summary>
    public int WorkerIndex => _site.Index;

    /// <summary>This worker's scratch memory. What is rented from it is free again after the operation.</summary>
    public ScratchArena Scratch => _site.Scratch;

    /// <summary>Cancelled when the engine is shut down and will not wait any longer for running work.</summary>
    public CancellationToken CancellationToken => _site.Cancellation;

    /// <summary>Whether the operation was pushed as <see cref="OperationProperty.Async"/>.</summary>
    public bool IsAsync => _operation.Property == OperationProperty.Async;

    /// <summary>The token that ends an operation of <see cref="OperationProperty.Async"/>.</summary>
    /// <exception cref="EngineException">The operation was not pushed as Async.</exception>
    public OperationCompletion Completion =>
        _operation.Property == OperationProperty.Async ? new OperationCompletion(_operation) : throw NotAsync();

    private EngineException NotAsync() =>
        new(
            $"Operation '{_operation.Body!.Name}' asks for its completion token but was pushed as "
                + $"{_operation.Property}. Push it with OperationProperty.Async, or just return."
        );
}
