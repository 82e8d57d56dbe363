using System.Diagnostics;
using System.Text.Json;

namespace CoreEngine.Perf;

/// <summary>One Python process that runs torch_peer.py.</summary>
internal sealed class TorchProcess : IDisposable
{
    private readonly Process _process;

    private TorchProcess(Process process) => _process = process;

    /// <summary>Starts Python; null when this Python has no PyTorch, or does not exist.</summary>
    /// <param name="python">The interpreter.</param>
    /// <param name="passive">Whether OpenMP's idle threads sleep at once instead of spinning for a while.</param>
    public static TorchProcess? TryStart(string python, bool passive)
    {
        var info = new ProcessStartInfo(python)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Peers", "torch_peer.py"));
        if (passive)
        {
            info.Environment[PeerEnvironment.WaitPolicy] = "passive";
        }

        Process process;
        try
        {
            process = Process.Start(info)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }

        // Warnings and the complaint about a missing module; a pipe that nobody reads would fill up.
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        var peer = new TorchProcess(process);
        if (process.StandardOutput.ReadLine() is null)
        {
            peer.Dispose();
            return null;
        }

        return peer;
    }

    /// <summary>Asks and waits for the answer.</summary>
    /// <exception cref="InvalidOperationException">Python raised an error, or the process has ended.</exception>
    public TorchAnswer Ask(TorchRequest request)
    {
        _process.StandardInput.WriteLine(JsonSerializer.Serialize(request, TorchJson.Default.TorchRequest));
        _process.StandardInput.Flush();
        string line =
            _process.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException($"The PyTorch process ended during '{request.Command}'.");
        TorchAnswer answer = JsonSerializer.Deserialize(line, TorchJson.Default.TorchAnswer)!;
        return answer.Error is null ? answer : throw new InvalidOperationException($"PyTorch: {answer.Error}");
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(2000))
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
