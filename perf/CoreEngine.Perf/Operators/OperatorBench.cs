namespace CoreEngine.Perf;

/// <summary>
/// Every operator with a twin in PyTorch, on one thread: arrays of about half a million elements or a middling layer,
/// forward and, where it matters, backward. Calls go the way that users' calls go: through
/// <see cref="Imperative"/> into arrays that are there, and through <see cref="Autograd"/>.
/// </summary>
internal sealed class OperatorBench : IBenchSet
{
    private static readonly IEnumerable<OperatorCase>[] s_groups =
    [
        ElementwiseCases.All,
        BroadcastCases.All,
        ReduceCases.All,
        IndexCases.All,
        OrderCases.All,
        MatrixCases.All,
        SparseCases.All,
        MovementCases.All,
        NeuralCases.All,
        LossCases.All,
        SignalCases.All,
        RandomCases.All,
        OptimizerCases.All,
    ];

    public string Name => "operators";

    public IEnumerable<BenchRow> Run(BenchOptions options)
    {
        if (!options.WantsThreads(1) || options.IsPassiveRun || TorchPeer.Shared is not { } torch)
            yield break;
        using var engine = new BenchEngine(1);
        using var kernels = new KernelThreads(1);
        // One case that differs or fails must not hide the others; the set as a whole fails at its end.
        List<Exception> failures = [];
        foreach (OperatorCase @case in s_groups.SelectMany(group => group))
        {
            if (
                options.Wants(Name, @case.Name)
                && Measure(@case, (race, torch) => race.Forward(Name, torch, options.Rounds)) is { } forward
            )
                yield return forward;
            if (
                @case.Variables.Length > 0
                && options.Wants(Name, @case.BackwardName)
                && Measure(@case, (race, torch) => race.Backward(Name, torch, options.Rounds)) is { } backward
            )
                yield return backward;
        }

        if (failures.Count > 0)
            throw new AggregateException(failures);

        BenchRow? Measure(OperatorCase @case, Func<OperatorRace, TorchPeer, BenchRow> pass)
        {
            try
            {
                using var race = new OperatorRace(@case);
                return pass(race, torch);
            }
            catch (Exception failure) when (failure is InvalidOperationException or EngineException)
            {
                Console.WriteLine($"{@case.Name} broke off: {failure.Message}");
                failures.Add(failure);
                return null;
            }
        }
    }
}
