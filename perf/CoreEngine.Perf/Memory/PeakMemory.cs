using System.Diagnostics;
using System.Globalization;

namespace CoreEngine.Perf;

/// <summary>The most memory that a process ever had resident (Linux: VmHWM), its runtime included.</summary>
internal static class PeakMemory
{
    private const string Status = "/proc/self/status";

    /// <summary>Bytes of this process.</summary>
    internal static long OfThisProcess() => Parse(File.ReadAllText(Status));

    /// <summary>Bytes of this program, started once more for one piece of work; null when that failed.</summary>
    internal static long? OfWork(string work)
    {
        var info = new ProcessStartInfo(Environment.ProcessPath!);
        // When dotnet runs the program, its first argument is the program's file.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            info.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "CoreEngine.Perf.dll"));
        }

        info.ArgumentList.Add(MemoryContender.Argument);
        info.ArgumentList.Add(work);
        return Run(info);
    }

    /// <summary>Bytes of a Python process that runs a script; null when that failed.</summary>
    internal static long? OfPython(string python, string script)
    {
        var info = new ProcessStartInfo(python);
        info.ArgumentList.Add("-c");
        info.ArgumentList.Add(
            $"{script}\nprint(1024 * int([line.split()[1] for line in open('{Status}') if line.startswith('VmHWM')][0]))"
        );
        return Run(info);
    }

    private static long? Run(ProcessStartInfo info)
    {
        info.RedirectStandardOutput = true;
        info.RedirectStandardError = true;
        try
        {
            using Process process = Process.Start(info)!;
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
            string last = process.StandardOutput.ReadToEnd().Trim().Split('\n')[^1];
            process.WaitForExit();
            return process.ExitCode == 0 && long.TryParse(last, CultureInfo.InvariantCulture, out long bytes)
                ? bytes
                : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static long Parse(string status)
    {
        string line = status.Split('\n').First(text => text.StartsWith("VmHWM:", StringComparison.Ordinal));
        string number = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2];
        return long.Parse(number, CultureInfo.InvariantCulture) << 10;
    }
}
