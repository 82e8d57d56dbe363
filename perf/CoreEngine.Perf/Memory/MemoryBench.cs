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

            using var file = new ModelFile();
            string work = isTraining ? MemoryContender.Training : MemoryContender.Inference + file.Path;
            long ours =
                PeakMemory.OfWork(work) ?? throw new InvalidOperationException($"{title}: our own process failed.");
            foreach ((string peer, long? theirs) in Peers(isTraining, file.Path))
            {
                yield return BenchRow.Cost(Name, title, 1, ours / Mebi, "MiB", peer, theirs / Mebi, Goal, Floor);
            }
        }
    }

    private static IEnumerable<(string Name, long? Bytes)> Peers(bool isTraining, string file)
    {
        string python = TorchPeer.Shared?.Python ?? "";
        using var model = new ResNetModel(asGraph: true);
        if (python.Length > 0)
        {
            yield return (TorchPeer.Name, PeakMemory.OfPython(python, model.Script(isTraining, repeats: 3)));
        }

        if (!isTraining && OnnxRuntimePeer.IsAvailable)
        {
            yield return (OnnxRuntimePeer.Name, PeakMemory.OfWork(MemoryContender.OnnxRuntime + file));
        }
    }

    /// <summary>The network as a file, written here: making it must count for nobody.</summary>
    private sealed class ModelFile : IDisposable
    {
        public ModelFile() => File.WriteAllBytes(Path, OnnxModel.Write(Network.ResNet18(), MemoryContender.Batch));

        public string Path { get; } = System.IO.Path.GetTempFileName();

        public void Dispose() => File.Delete(Path);
    }
}
