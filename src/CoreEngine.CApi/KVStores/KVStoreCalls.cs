using CoreEngine.KVStore;
using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <summary>Key-value stores: making them, what goes in and out, updaters.</summary>
internal static unsafe partial class KVStoreCalls
{
    internal static void MXKVStoreCreate(byte* type, nint* @out)
    {
        string name = Text.Read(type, nameof(type));
        Pointers.Require(@out, nameof(@out));
        *@out = Handles.Add(HandleKind.KVStore, new StoreHandle(KeyValueStore.Create(name)));
    }

    internal static void MXKVStoreFree(nint handle)
    {
        if (Handles.Remove(handle, HandleKind.KVStore, nameof(handle)) is StoreHandle store)
            store.Store.Dispose();
    }

    internal static void MXKVStoreGetType(nint handle, byte** type)
    {
        StoreHandle store = Slot(handle);
        Pointers.Require(type, nameof(type));
        *type = store.TypeText;
    }

    internal static void MXKVStoreSetGradientCompression(nint handle, uint numParams, byte** keys, byte** vals) =>
        Store(handle).SetGradientCompression(GradientCompression.Parse(Text.Attributes(keys, vals, numParams)));

    internal static void MXKVStoreInit(nint handle, uint num, int* keys, nint* vals) =>
        Store(handle).Initialize(Keys(keys, num, nameof(keys)), Handles.Arrays(vals, num, nameof(vals)));

    internal static void MXKVStoreInitEx(nint handle, uint num, byte** keys, nint* vals) =>
        Store(handle).Initialize(Keys(keys, num, nameof(keys)), Handles.Arrays(vals, num, nameof(vals)));

    internal static void MXKVStorePush(nint handle, uint num, int* keys, nint* vals, int priority) =>
        Store(handle).Push(Keys(keys, num, nameof(keys)), Handles.Arrays(vals, num, nameof(vals)), priority);

    internal static void MXKVStorePushEx(nint handle, uint num, byte** keys, nint* vals, int priority) =>
        Store(handle).Push(Keys(keys, num, nameof(keys)), Handles.Arrays(vals, num, nameof(vals)), priority);

    internal static void MXKVStorePull(nint handle, uint num, int* keys, nint* vals, int priority) =>
        Store(handle).Pull(Keys(keys, num, nameof(keys)), Handles.Arrays(vals, num, nameof(vals)), priority);

    internal static void MXKVStorePullEx(nint handle, uint num, byte** keys, nint* vals, int priority) =>
        Store(handle).Pull(Keys(keys, num, nameof(keys)), Handles.Arrays(vals, num, nameof(vals)), priority);

    internal static void MXKVStorePullWithSparse(
        nint handle,
        uint num,
        int* keys,
        nint* vals,
        int priority,
        byte ignoreSparse
    ) =>
        Store(handle)
            .Pull(
                Keys(keys, num, nameof(keys)),
                Handles.Arrays(vals, num, nameof(vals)),
                priority,
                ignoreSparse: ignoreSparse != 0
            );

    internal static void MXKVStorePullWithSparseEx(
        nint handle,
        uint num,
        byte** keys,
        nint* vals,
        int priority,
        byte ignoreSparse
    ) =>
        Store(handle)
            .Pull(
                Keys(keys, num, nameof(keys)),
                Handles.Arrays(vals, num, nameof(vals)),
                priority,
                ignoreSparse: ignoreSparse != 0
            );

    internal static void MXKVStorePullRowSparse(
        nint handle,
        uint num,
        int* keys,
        nint* vals,
        nint* rowIds,
        int priority
    ) => PullRows(handle, Keys(keys, num, nameof(keys)), vals, rowIds, priority);

    internal static void MXKVStorePullRowSparseEx(
        nint handle,
        uint num,
        byte** keys,
        nint* vals,
        nint* rowIds,
        int priority
    ) => PullRows(handle, Keys(keys, num, nameof(keys)), vals, rowIds, priority);

    internal static void MXKVStoreBroadcast(
        nint handle,
        uint vnum,
        int* vkeys,
        uint onum,
        int* okeys,
        nint* vals,
        nint* outs,
        int priority
    ) =>
        Store(handle)
            .Broadcast(
                Keys(vkeys, vnum, nameof(vkeys)),
                Handles.Arrays(vals, vnum, nameof(vals)),
                Keys(okeys, onum, nameof(okeys)),
                Handles.Arrays(outs, onum, nameof(outs)),
                priority
            );

    internal static void MXKVStoreBroadcastEx(
        nint handle,
        uint vnum,
        byte** vkeys,
        uint onum,
        byte** okeys,
        nint* vals,
        nint* outs,
        int priority
    ) =>
        Store(handle)
            .Broadcast(
                Keys(vkeys, vnum, nameof(vkeys)),
                Handles.Arrays(vals, vnum, nameof(vals)),
                Keys(okeys, onum, nameof(okeys)),
                Handles.Arrays(outs, onum, nameof(outs)),
                priority
            );

    internal static void MXKVStorePushPull(
        nint handle,
        uint vnum,
        int* vkeys,
        uint onum,
        int* okeys,
        nint* vals,
        nint* outs,
        int priority
    ) =>
        Store(handle)
            .PushPull(
                Keys(vkeys, vnum, nameof(vkeys)),
                Handles.Arrays(vals, vnum, nameof(vals)),
                Keys(okeys, onum, nameof(okeys)),
                Handles.Arrays(outs, onum, nameof(outs)),
                priority
            );

    internal static void MXKVStorePushPullEx(
        nint handle,
        uint vnum,
        byte** vkeys,
        uint onum,
        byte** okeys,
        nint* vals,
        nint* outs,
        int priority
    ) =>
        Store(handle)
            .PushPull(
                Keys(vkeys, vnum, nameof(vkeys)),
                Handles.Arrays(vals, vnum, nameof(vals)),
                Keys(okeys, onum, nameof(okeys)),
                Handles.Arrays(outs, onum, nameof(outs)),
                priority
            );

    internal static void MXKVStoreSetUpdater(
        nint handle,
        delegate* unmanaged[Cdecl]<int, nint, nint, void*, void> updater,
        void* updaterHandle
    )
    {
        KeyValueStore store = Store(handle);
        if (updater is null)
            throw new EngineException("'updater' is NULL; give a function.");
        store.SetUpdater(new NativeUpdater(updater, null, updaterHandle).Update);
    }

    internal static void MXKVStoreSetUpdaterEx(
        nint handle,
        delegate* unmanaged[Cdecl]<int, nint, nint, void*, void> updater,
        delegate* unmanaged[Cdecl]<byte*, nint, nint, void*, void> strUpdater,
        void* updaterHandle
    )
    {
        KeyValueStore store = Store(handle);
        if (updater is null && strUpdater is null)
            throw new EngineException("'updater' and 'str_updater' are NULL; give at least one function.");
        store.SetUpdater(new NativeUpdater(updater, strUpdater, updaterHandle).Update);
    }

    private static void PullRows(nint handle, StoreKey[] keys, nint* vals, nint* rowIds, int priority) =>
        Store(handle)
            .PullRows(
                keys,
                Handles.Arrays(vals, keys.Length, nameof(vals)),
                Handles.Arrays(rowIds, keys.Length, "row_ids"),
                priority
            );

    private static StoreHandle Slot(nint handle) =>
        Handles.Get<StoreHandle>(handle, HandleKind.KVStore, nameof(handle));

    private static KeyValueStore Store(nint handle) => Slot(handle).Store;

    private static StoreKey[] Keys(int* keys, uint count, string argument) =>
        Array.ConvertAll(Pointers.Span(keys, count, argument).ToArray(), key => (StoreKey)key);

    private static StoreKey[] Keys(byte** keys, uint count, string argument) =>
        Array.ConvertAll(Text.ReadAll(keys, count, argument), key => (StoreKey)key);
}
