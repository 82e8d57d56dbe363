namespace CoreEngine.CApi;

internal static unsafe partial class KVStoreCalls
{
    internal static void MXInitPSEnv(uint numVars, byte** keys, byte** vals) =>
        throw new NotSupportedException("MXInitPSEnv is not there yet.");

    internal static void MXKVStoreCreate(byte* type, nint* @out) =>
        throw new NotSupportedException("MXKVStoreCreate is not there yet.");

    internal static void MXKVStoreSetGradientCompression(nint handle, uint numParams, byte** keys, byte** vals) =>
        throw new NotSupportedException("MXKVStoreSetGradientCompression is not there yet.");

    internal static void MXKVStoreFree(nint handle) =>
        throw new NotSupportedException("MXKVStoreFree is not there yet.");

    internal static void MXKVStoreInit(nint handle, uint num, int* keys, nint* vals) =>
        throw new NotSupportedException("MXKVStoreInit is not there yet.");

    internal static void MXKVStoreInitEx(nint handle, uint num, byte** keys, nint* vals) =>
        throw new NotSupportedException("MXKVStoreInitEx is not there yet.");

    internal static void MXKVStorePush(nint handle, uint num, int* keys, nint* vals, int priority) =>
        throw new NotSupportedException("MXKVStorePush is not there yet.");

    internal static void MXKVStorePushEx(nint handle, uint num, byte** keys, nint* vals, int priority) =>
        throw new NotSupportedException("MXKVStorePushEx is not there yet.");

    internal static void MXKVStorePull(nint handle, uint num, int* keys, nint* vals, int priority) =>
        throw new NotSupportedException("MXKVStorePull is not there yet.");

    internal static void MXKVStorePullEx(nint handle, uint num, byte** keys, nint* vals, int priority) =>
        throw new NotSupportedException("MXKVStorePullEx is not there yet.");

    internal static void MXKVStorePullRowSparse(
        nint handle,
        uint num,
        int* keys,
        nint* vals,
        nint* rowIds,
        int priority
    ) => throw new NotSupportedException("MXKVStorePullRowSparse is not there yet.");

    internal static void MXKVStorePullRowSparseEx(
        nint handle,
        uint num,
        byte** keys,
        nint* vals,
        nint* rowIds,
        int priority
    ) => throw new NotSupportedException("MXKVStorePullRowSparseEx is not there yet.");

    internal static void MXKVStoreSetUpdater(
        nint handle,
        delegate* unmanaged[Cdecl]<int, nint, nint, void*, void> updater,
        void* updaterHandle
    ) => throw new NotSupportedException("MXKVStoreSetUpdater is not there yet.");

    internal static void MXKVStoreSetUpdaterEx(
        nint handle,
        delegate* unmanaged[Cdecl]<int, nint, nint, void*, void> updater,
        delegate* unmanaged[Cdecl]<byte*, nint, nint, void*, void> strUpdater,
        void* updaterHandle
    ) => throw new NotSupportedException("MXKVStoreSetUpdaterEx is not there yet.");

    internal static void MXKVStoreGetType(nint handle, byte** type) =>
        throw new NotSupportedException("MXKVStoreGetType is not there yet.");

    internal static void MXKVStoreGetRank(nint handle, int* ret) =>
        throw new NotSupportedException("MXKVStoreGetRank is not there yet.");

    internal static void MXKVStoreGetGroupSize(nint handle, int* ret) =>
        throw new NotSupportedException("MXKVStoreGetGroupSize is not there yet.");

    internal static void MXKVStoreIsWorkerNode(int* ret)
    {
        *ret = 1;
    }

    internal static void MXKVStoreIsServerNode(int* ret) =>
        throw new NotSupportedException("MXKVStoreIsServerNode is not there yet.");

    internal static void MXKVStoreIsSchedulerNode(int* ret) =>
        throw new NotSupportedException("MXKVStoreIsSchedulerNode is not there yet.");

    internal static void MXKVStoreBarrier(nint handle) =>
        throw new NotSupportedException("MXKVStoreBarrier is not there yet.");

    internal static void MXKVStoreSetBarrierBeforeExit(nint handle, int barrierBeforeExit) =>
        throw new NotSupportedException("MXKVStoreSetBarrierBeforeExit is not there yet.");

    internal static void MXKVStoreRunServer(
        nint handle,
        delegate* unmanaged[Cdecl]<int, byte*, void*, void> controller,
        void* controllerHandle
    ) => throw new NotSupportedException("MXKVStoreRunServer is not there yet.");

    internal static void MXKVStoreSendCommmandToServers(nint handle, int cmdId, byte* cmdBody) =>
        throw new NotSupportedException("MXKVStoreSendCommmandToServers is not there yet.");

    internal static void MXKVStoreGetNumDeadNode(nint handle, int nodeId, int* number, int timeoutSec) =>
        throw new NotSupportedException("MXKVStoreGetNumDeadNode is not there yet.");

    internal static void MXKVStoreBroadcast(
        nint handle,
        uint vnum,
        int* vkeys,
        uint onum,
        int* okeys,
        nint* vals,
        nint* outs,
        int priority
    ) => throw new NotSupportedException("MXKVStoreBroadcast is not there yet.");

    internal static void MXKVStoreBroadcastEx(
        nint handle,
        uint vnum,
        byte** vkeys,
        uint onum,
        byte** okeys,
        nint* vals,
        nint* outs,
        int priority
    ) => throw new NotSupportedException("MXKVStoreBroadcastEx is not there yet.");

    internal static void MXKVStorePullWithSparse(
        nint handle,
        uint num,
        int* keys,
        nint* vals,
        int priority,
        byte ignoreSparse
    ) => throw new NotSupportedException("MXKVStorePullWithSparse is not there yet.");

    internal static void MXKVStorePullWithSparseEx(
        nint handle,
        uint num,
        byte** keys,
        nint* vals,
        int priority,
        byte ignoreSparse
    ) => throw new NotSupportedException("MXKVStorePullWithSparseEx is not there yet.");

    internal static void MXKVStorePushPull(
        nint handle,
        uint vnum,
        int* vkeys,
        uint onum,
        int* okeys,
        nint* vals,
        nint* outs,
        int priority
    ) => throw new NotSupportedException("MXKVStorePushPull is not there yet.");

    internal static void MXKVStorePushPullEx(
        nint handle,
        uint vnum,
        byte** vkeys,
        uint onum,
        byte** okeys,
        nint* vals,
        nint* outs,
        int priority
    ) => throw new NotSupportedException("MXKVStorePushPullEx is not there yet.");
}
