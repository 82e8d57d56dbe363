namespace CoreEngine.Kernels;

/// <summary>
/// A part of the engine that has threads of its own or holds locks, and therefore has to know when the process forks:
/// only the thread that forks lives on in the child, with all memory as it was in that moment.
/// </summary>
public interface IForkParticipant
{
    /// <summary>
    /// Runs on the thread that forks, before. When it returns its threads are gone, down to the operating system
    /// (<see cref="ProcessFork.AwaitEnd"/>), and no other thread is inside its locks.
    /// </summary>
    public void BeforeFork();

    /// <summary>Runs in the parent, on the same thread: undoes what <see cref="BeforeFork"/> did.</summary>
    public void AfterForkInParent();

    /// <summary>Runs in the child, on its only thread. It must start no thread, now or ever.</summary>
    public void AfterForkInChild();
}
