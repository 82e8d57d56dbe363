namespace CoreEngine.Runtime;

/// <summary>What belongs to one thread that runs operations: its number, its scratch memory, what it is doing.</summary>
internal sealed class ExecutionSite(Engine engine, int index, string name, CancellationToken cancellation)
    : Padded,
        IDisposable
{
    /// <summary>The operation that is running here, for dumps and for finding waits inside operations.</summary>
    public volatile Operation? Running;

    public Engine Engine { get; } = engine;

    public int Index { get; } = index;

    public string Name { get; } = name;

    public ScratchArena Scratch { get; } = new();

    public CancellationToken Cancellation { get; } = cancellation;

    public void Dispose() => Scratch.Dispose();
}
