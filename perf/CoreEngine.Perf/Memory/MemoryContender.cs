using CoreEngine.Kernels;
using CoreEngine.Runtime;

namespace CoreEngine.Perf;

/// <summary>
/// A process that does one piece of work and says how much memory it took: this program itself, started once more with
/// the name of the work, so that nothing else that was measured counts.
/// </summary>
internal static class MemoryContender
{
    /// <summary>The argument that makes this program such a process.</summary>
    internal const string Argument = "--memory-of";

    internal const string Training = "training";

    /// <summary>Inference with the executor; the model's file follows.</summary>
    internal const string Inference = "inference:";

    /// <summary>Inference with ONNX Runtime; the model's file follows.</summary>
    internal const string OnnxRuntime = "onnxruntime:";

    internal const int Batch = 8;

    // As often as it takes until pools and caches are full.
    private const int Repeats = 3;

    /// <summary>Does the work and prints the largest resident size of the process in bytes.</summary>
    internal static int Run(string work)
    {
        KernelTeam.Default = new KernelTeam(1);
        if (work.StartsWith(OnnxRuntime, StringComparison.Ordinal))
        {
            RunOnnxRuntime(work[OnnxRuntime.Length..]);
        }
        else if (work.StartsWith(Inference, StringComparison.Ordinal))
        {
            RunInference(work[Inference.Length..]);
        }
        else
        {
            RunTraining();
        }

        Console.WriteLine(PeakMemory.OfThisProcess());
        return 0;
    }

    private static void RunTraining()
    {
        using var model = new ResNetModel(asGraph: true);
        model.Prepare(peer: null);
        for (int i = 0; i < Repeats; i++)
        {
            model.Step();
        }

        Engine.Default.WaitForAll();
    }

    private static void RunInference(string file)
    {
        using var network = new NetworkRunner(File.ReadAllBytes(file), Batch, Images());
        for (int i = 0; i < Repeats; i++)
        {
            network.Run();
        }
    }

    private static void RunOnnxRuntime(string file)
    {
        using var peer = new OnnxRuntimePeer(file, Batch, Images(), threads: 1, spinning: false);
        for (int i = 0; i < Repeats; i++)
        {
            peer.Run();
        }
    }

    private static float[] Images() => new float[Batch * Network.ImageChannels * Network.ImageSize * Network.ImageSize];
}
