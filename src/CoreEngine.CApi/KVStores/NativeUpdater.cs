using CoreEngine.KVStore;
using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <summary>A frontend's updater: functions that change a stored value in place.</summary>
/// <param name="byNumber">Takes the number of the key; NULL when there is only the other.</param>
/// <param name="byName">Takes the key where it is a name; NULL when names come to the other by their numbers.</param>
/// <param name="context">What the functions get back.</param>
internal sealed unsafe class NativeUpdater(
    delegate* unmanaged[Cdecl]<int, nint, nint, void*, void> byNumber,
    delegate* unmanaged[Cdecl]<byte*, nint, nint, void*, void> byName,
    void* context
)
{
    /// <summary>Calls the function; the two handles that it gets are its own to free.</summary>
    internal void Update(StoreKey key, NDArray received, NDArray stored)
    {
        if (key.Name is { } name && byName is not null)
        {
            using var text = new NativeTexts([name]);
            byName(*text.Pointers, Handles.Add(received.Detach()), Handles.Add(stored.Detach()), context);
        }
        else if (byNumber is not null)
        {
            byNumber(key.Number, Handles.Add(received.Detach()), Handles.Add(stored.Detach()), context);
        }
        else
        {
            throw new EngineException(
                $"The updater takes names, but the key {key} is a number; give MXKVStoreSetUpdaterEx both functions."
            );
        }
    }
}
