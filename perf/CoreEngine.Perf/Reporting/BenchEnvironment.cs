using System.Runtime.InteropServices;
using CoreEngine.Kernels;

namespace CoreEngine.Perf;

/// <summary>What the numbers were measured on: without it they mean nothing.</summary>
internal static class BenchEnvironment
{
    /// <summary>One line.</summary>
    public static string Describe() =>
        $"{CpuInfo.Name}, {CpuInfo.ProcessorCount} logical processors, {CpuInfo.InstructionSets}; "
        + $"caches {CpuInfo.L1Bytes >> 10} KiB / {CpuInfo.L2Bytes >> 10} KiB / {CpuInfo.L3Bytes >> 10} KiB; "
        + $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}";
}
