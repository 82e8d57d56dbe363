namespace CoreEngine.Perf;

/// <summary>
/// PyTorch as a peer: Python processes that run small pieces of Python and say how long they took, so that they can be
/// interleaved with ours by <see cref="Paired"/>.
/// </summary>
/// <remarks>
/// A case is two pieces of Python. The set-up runs once; it knows <c>torch</c>, <c>F</c> (torch.nn.functional), <c>nn</c>
/// and the arrays that are handed over. The body is what is measured; it is compiled into a loop and must not assign names
/// of the set-up. With <c>gradients: false</c> both run in inference mode.
/// <code>
/// if (TorchPeer.Shared is { } torch)
/// {
///     using TorchCase theirs = torch.Prepare("x = torch.randn(64, 1000)", "F.softmax(x, 1)");
///     Paired.Result result = Paired.Measure(Ours, theirs.Variants(threads), options.Rounds, settle: Paired.SettleFor(threads));
///     yield return BenchRow.Cost(Name, "softmax 64x1000", threads, "us", TorchPeer.Name, result, goal: 1.2, floor: 0.9);
/// }
/// </code>
/// On two threads the variants are one thread, two threads, and two threads in a second process with
/// <c>OMP_WAIT_POLICY=passive</c>.
/// </remarks>
internal sealed class TorchPeer
{
    /// <summary>The name that rows carry.</summary>
    public const string Name = "PyTorch";

    private static readonly Lazy<TorchPeer?> s_shared = new(Start);

    private TorchProcess? _passive;
    private int _cases;

    private TorchPeer(string python, TorchProcess active)
    {
        Python = python;
        Active = active;
    }

    /// <summary>The one that all sets use, started at the first call; null when there is no PyTorch, which is then reported.</summary>
    public static TorchPeer? Shared => s_shared.Value;

    /// <summary>The interpreter.</summary>
    public string Python { get; }

    /// <summary>The process whose OpenMP threads spin for a while, as they do by default.</summary>
    internal TorchProcess Active { get; }

    /// <summary>The process whose OpenMP threads sleep.</summary>
    internal TorchProcess Passive =>
        _passive ??=
            TorchProcess.TryStart(Python, passive: true)
            ?? throw new InvalidOperationException("A second PyTorch process could not be started.");

    /// <summary>Prepares a case.</summary>
    /// <param name="setup">Python that runs once.</param>
    /// <param name="body">Python that is measured.</param>
    /// <param name="gradients">Whether operations are recorded for autograd.</param>
    /// <param name="arrays">Float32 tensors that both pieces find by their names.</param>
    /// <exception cref="InvalidOperationException">Python raised an error.</exception>
    public TorchCase Prepare(
        string setup,
        string body,
        bool gradients = false,
        Dictionary<string, TorchArray>? arrays = null
    )
    {
        var request = new TorchRequest("prepare")
        {
            Case = _cases++,
            Setup = setup,
            Body = body,
            Gradients = gradients,
            Arrays = arrays ?? [],
        };
        Active.Ask(request);
        return new TorchCase(this, request);
    }

    private static TorchPeer? Start()
    {
        foreach (string python in (string[])["/usr/bin/python3", "python3", "python"])
        {
            if (TorchProcess.TryStart(python, passive: false) is { } process)
            {
                return new TorchPeer(python, process);
            }
        }

        MissingPeers.Report(Name, "Debian: apt-get install python3-torch");
        return null;
    }
}
