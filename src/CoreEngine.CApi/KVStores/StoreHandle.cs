using CoreEngine.KVStore;

namespace CoreEngine.CApi;

/// <summary>What a store's handle stands for.</summary>
internal sealed unsafe class StoreHandle(KeyValueStore store)
{
    private readonly NativeBuffer _type = new();
    private byte* _typeText;

    /// <summary>The store.</summary>
    internal KeyValueStore Store { get; } = store;

    /// <summary>The store's type as a text that lives as long as the handle.</summary>
    internal byte* TypeText
    {
        get
        {
            lock (_type)
            {
                if (_typeText is null)
                    _typeText = _type.Text(Store.Type);
                return _typeText;
            }
        }
    }
}
