namespace CoreEngine.Perf;

/// <summary>
/// The most memory that whole processes take, runtime and libraries included: ours, PyTorch's and ONNX Runtime's, each in
/// a process of its own on one thread.
/// </summary>
internal sealed class MemoryBench : IBenchSet
{
    private const string Title = "ResNet-18 b8 224x224, peak memory of a process";

    // The memory of one process differs little from run to run; equal shares are fair.
    private const double Goal = 1;
    private const double Floor = 0.5;
    private const double Mebi = 1024.0 * 1024;

    public string Name => "memory";

    public IEnumerable<BenchRow> Run(BenchOptions options)
    {
        if (options.IsPassiveRun || !options.WantsThreads(1) || !OperatingSystem.IsLinux())
        {
            yield break;
        }

        foreach (bool isTraining in (bool[])[true, false])
        {
            string title = $"{Title}, {(isTraining ? "training" : "inference")}";
            if (!options.Wants(Name, title))
            {
                continue;
            }

            long ours =
                PeakMemory.OfWork(isTraining ? MemoryContender.Training : MemoryContender.Inference)
                ?? throw new InvalidOperationException($"{title}: our own process failed.");
            foreach ((string peer, long? theirs) in Peers(isTraining))
            {
                yield return BenchRow.Cost(Name, title, 1, ours / Mebi, "MiB", peer, theirs / Mebi, Goal, Floor);
            }
        }
    }

    private static IEnumerable<(string Name, long? Bytes)> Peers(bool isTraining)
    {
        string python = TorchPeer.Shared?.Python ?? "";
        using var model = new ResNetModel(asGraph: true);
        if (python.Length > 0)
        {
            yield return (TorchPeer.Name, PeakMemory.OfPython(python, model.Script(isTraining, repeats: 3)));
        }

        if (!isTraining && OnnxRuntimePeer.IsAvailable)
        {
            // Written here: making the model must not count as theirs.
            string file = Path.GetTempFileName();
            File.WriteAllBytes(file, OnnxModel.Write(Network.ResNet18(), MemoryContender.Batch));
            yield return (OnnxRuntimePeer.Name, PeakMemory.OfWork(MemoryContender.OnnxRuntime + file));
            File.Delete(file);
        }
    }
}
