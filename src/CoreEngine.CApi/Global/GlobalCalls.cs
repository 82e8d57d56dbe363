namespace CoreEngine.CApi;

internal static unsafe partial class GlobalCalls
{
    internal static byte* MXGetLastError() => throw new NotSupportedException("MXGetLastError is not there yet.");

    internal static void MXRandomSeed(int seed) => throw new NotSupportedException("MXRandomSeed is not there yet.");

    internal static void MXNotifyShutdown() => throw new NotSupportedException("MXNotifyShutdown is not there yet.");

    internal static void MXSetNumOMPThreads(int threadNum) =>
        throw new NotSupportedException("MXSetNumOMPThreads is not there yet.");

    internal static void MXEngineSetBulkSize(int bulkSize, int* prevBulkSize) =>
        throw new NotSupportedException("MXEngineSetBulkSize is not there yet.");

    internal static void MXGetVersion(int* @out) => throw new NotSupportedException("MXGetVersion is not there yet.");

    internal static void NNAPISetLastError(byte* msg) =>
        throw new NotSupportedException("NNAPISetLastError is not there yet.");

    internal static byte* NNGetLastError() => throw new NotSupportedException("NNGetLastError is not there yet.");

    internal static void MXGetEnv(byte* name, byte** value) =>
        throw new NotSupportedException("MXGetEnv is not there yet.");

    internal static void MXGetGPUCount(int* @out) => throw new NotSupportedException("MXGetGPUCount is not there yet.");

    internal static void MXGetGPUMemoryInformation(int dev, int* freeMem, int* totalMem) =>
        throw new NotSupportedException("MXGetGPUMemoryInformation is not there yet.");

    internal static void MXGetGPUMemoryInformation64(int dev, ulong* freeMem, ulong* totalMem) =>
        throw new NotSupportedException("MXGetGPUMemoryInformation64 is not there yet.");

    internal static void MXIsNumpyShape(int* curr) =>
        throw new NotSupportedException("MXIsNumpyShape is not there yet.");

    internal static void MXLibInfoFeatures(LibFeature** libFeature, nuint* size) =>
        throw new NotSupportedException("MXLibInfoFeatures is not there yet.");

    internal static void MXRandomSeedContext(int seed, int devType, int devId) =>
        throw new NotSupportedException("MXRandomSeedContext is not there yet.");

    internal static void MXSetEnv(byte* name, byte* value) =>
        throw new NotSupportedException("MXSetEnv is not there yet.");

    internal static void MXSetIsNumpyShape(int isNpShape, int* prev) =>
        throw new NotSupportedException("MXSetIsNumpyShape is not there yet.");

    internal static void MXStorageEmptyCache(int devType, int devId) =>
        throw new NotSupportedException("MXStorageEmptyCache is not there yet.");
}
