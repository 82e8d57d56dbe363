using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <summary>How many calls of a thread go to the engine together.</summary>
internal sealed class BulkSetting
{
    private IDisposable? _scope;
    private int _size;

    /// <summary>Changes it.</summary>
    /// <returns>What it was before.</returns>
    internal int Set(int size)
    {
        int before = _size;
        _scope?.Dispose();
        _scope = size > 1 ? Engine.Default.Bulk(size) : null;
        _size = size;
        return before;
    }
}
