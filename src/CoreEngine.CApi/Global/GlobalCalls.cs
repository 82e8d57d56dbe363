using CoreEngine.Kernels;
using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <summary>Errors, versions and settings of the process.</summary>
internal static unsafe class GlobalCalls
{
    /// <summary>The version whose functions these are, as files and clients write it.</summary>
    private const int Version = 10000;

    [ThreadStatic]
    private static BulkSetting? t_bulk;

    internal static byte* MXGetLastError() => Failure.Last;

    internal static byte* NNGetLastError() => Failure.Last;

    internal static void NNAPISetLastError(byte* msg) => Failure.Set(Text.Optional(msg, nameof(msg)) ?? "");

    internal static void MXGetVersion(int* @out)
    {
        Pointers.Require(@out, "out");
        *@out = Version;
    }

    internal static void MXRandomSeed(int seed) => RandomState.Seed(unchecked((uint)seed));

    /// <summary>The seed serves all devices: streams of random numbers do not belong to one.</summary>
    internal static void MXRandomSeedContext(int seed, int devType, int devId)
    {
        Devices.Of(devType, devId);
        RandomState.Seed(unchecked((uint)seed));
    }

    /// <summary>Waits for what was begun; everything still works afterwards, since handles are freed later than this.</summary>
    internal static void MXNotifyShutdown() => Engine.Default.WaitForAll();

    internal static void MXSetNumOMPThreads(int threadNum)
    {
        if (threadNum < 1 || threadNum > KernelTeam.MaxSize)
        {
            throw new EngineException(
                $"'thread_num' is {threadNum}; give a number of threads from 1 to {KernelTeam.MaxSize}."
            );
        }

        if (KernelTeam.Default.Size != threadNum)
            KernelTeam.Default = new KernelTeam(threadNum);
    }

    internal static void MXEngineSetBulkSize(int bulkSize, int* prevBulkSize)
    {
        Pointers.Require(prevBulkSize, "prev_bulk_size");
        if (bulkSize < 0)
            throw new EngineException($"'bulk_size' is {bulkSize}; give 0 for no bulk, or how many calls make one.");
        *prevBulkSize = (t_bulk ??= new BulkSetting()).Set(bulkSize);
    }

    internal static void MXGetEnv(byte* name, byte** value)
    {
        string? text = Environment.GetEnvironmentVariable(Text.Read(name, nameof(name)));
        Pointers.Require(value, nameof(value));
        *value = text is null ? null : ReturnBuffers.Mx.Text(text);
    }

    internal static void MXSetEnv(byte* name, byte* value) =>
        Environment.SetEnvironmentVariable(Text.Read(name, nameof(name)), Text.Optional(value, nameof(value)));

    internal static void MXGetGPUCount(int* @out)
    {
        Pointers.Require(@out, "out");
        *@out = 0;
    }

    internal static void MXGetGPUMemoryInformation(int dev, int* freeMem, int* totalMem) => throw NoGpu(dev);

    internal static void MXGetGPUMemoryInformation64(int dev, ulong* freeMem, ulong* totalMem) => throw NoGpu(dev);

    internal static void MXIsNumpyShape(int* curr)
    {
        Pointers.Require(curr, nameof(curr));
        *curr = 0;
    }

    internal static void MXSetIsNumpyShape(int isNpShape, int* prev)
    {
        if (isNpShape != 0)
        {
            throw new NotSupportedException(
                "Shapes in NumPy's sense (scalars, arrays without elements) are not supported; MXNet 1.0.0 has none either."
            );
        }

        if (prev is not null)
            *prev = 0;
    }

    internal static void MXLibInfoFeatures(LibFeature** libFeature, nuint* size)
    {
        Pointers.Require(libFeature, "libFeature");
        Pointers.Require(size, nameof(size));
        *libFeature = Features.List;
        *size = Features.Count;
    }

    internal static void MXStorageEmptyCache(int devType, int devId) =>
        StoragePool.For(Devices.Of(devType, devId)).Trim();

    private static NotSupportedException NoGpu(int device) =>
        new($"gpu({device}): this build computes on processors only.");
}
