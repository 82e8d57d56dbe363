using CoreEngine.KVStore;
using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <summary>Stores of several processes: roles, ranks, commands.</summary>
internal static unsafe partial class KVStoreCalls
{
    internal static void MXInitPSEnv(uint numVars, byte** keys, byte** vals)
    {
        foreach ((string name, string value) in Text.Attributes(keys, vals, numVars))
        {
            ClusterEnvironment.Set(name, value);
        }
    }

    internal static void MXKVStoreIsWorkerNode(int* ret) => WriteRole(ret, NodeRole.Worker);

    internal static void MXKVStoreIsServerNode(int* ret) => WriteRole(ret, NodeRole.Server);

    internal static void MXKVStoreIsSchedulerNode(int* ret) => WriteRole(ret, NodeRole.Scheduler);

    internal static void MXKVStoreGetRank(nint handle, int* ret)
    {
        KeyValueStore store = Store(handle);
        Pointers.Require(ret, nameof(ret));
        *ret = store.Rank;
    }

    internal static void MXKVStoreGetGroupSize(nint handle, int* ret)
    {
        KeyValueStore store = Store(handle);
        Pointers.Require(ret, nameof(ret));
        *ret = store.GroupSize;
    }

    internal static void MXKVStoreBarrier(nint handle) => Store(handle).Barrier();

    internal static void MXKVStoreSetBarrierBeforeExit(nint handle, int barrierBeforeExit) =>
        Store(handle).WaitsBeforeExit = barrierBeforeExit != 0;

    internal static void MXKVStoreGetNumDeadNode(nint handle, int nodeId, int* number, int timeoutSec)
    {
        KeyValueStore store = Store(handle);
        Pointers.Require(number, nameof(number));
        *number = store.CountDeadNodes(nodeId, TimeSpan.FromSeconds(timeoutSec));
    }

    internal static void MXKVStoreSendCommmandToServers(nint handle, int cmdId, byte* cmdBody)
    {
        KeyValueStore store = Store(handle);
        store.SendCommand(cmdId, Text.Read(cmdBody, "cmd_body"));
    }

    internal static void MXKVStoreRunServer(
        nint handle,
        delegate* unmanaged[Cdecl]<int, byte*, void*, void> controller,
        void* controllerHandle
    )
    {
        KeyValueStore store = Store(handle);
        if (controller is null)
            throw new EngineException("'controller' is NULL; give a function.");
        store.RunServer(
            (head, body) =>
            {
                using var text = new NativeTexts([body]);
                controller(head, *text.Pointers, controllerHandle);
            }
        );
    }

    private static void WriteRole(int* ret, NodeRole role)
    {
        Pointers.Require(ret, nameof(ret));
        *ret = ClusterEnvironment.Role == role ? 1 : 0;
    }
}
