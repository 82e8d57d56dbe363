namespace CoreEngine.Runtime;

/// <summary>
/// A group of workers that serve one queue of ready operations: the CPU workers of a device, one direction of a GPU's
/// copies, and so on.
/// </summary>
internal sealed class Lane(string name, int workers, int spinMicroseconds) : Padded
{
    private volatile IdleWorkers _idle = new(spinMicroseconds);

    /// <summary>The name in dumps and traces.</summary>
    public string Name { get; } = name;

    /// <summary>How many threads are to serve it.</summary>
    public int WorkerCount { get; } = workers;

    /// <summary>The threads that serve it; empty while the engine is suspended.</summary>
    public Worker[] Workers { get; set; } = [];

    /// <summary>What can run now; under the dependency lock.</summary>
    public ReadyQueue Ready { get; } = new();

    /// <summary>
    /// The workers that have nothing to do. Replaced as a whole when workers are started anew, so that a thread which
    /// is about to wake one of the former workers cannot disturb the account of the new ones.
    /// </summary>
    public IdleWorkers Idle => _idle;

    /// <summary>Something became ready while another lane's thread held the dependency lock.</summary>
    public volatile bool WakeRequested;

    /// <summary>Forgets the workers after their threads have ended.</summary>
    public void ForgetWorkers()
    {
        Workers = [];
        _idle = new IdleWorkers(spinMicroseconds);
    }
}
