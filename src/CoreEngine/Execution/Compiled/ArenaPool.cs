namespace CoreEngine;

/// <summary>
/// The arenas of compiled graphs that do not run at the same time, one on each device. Graphs that share it take turns:
/// a run of one starts when the run of another is over.
/// </summary>
internal sealed class ArenaPool
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Device, NDArray> _arenas = [];
    private int _users;

    /// <summary>Counts a user; see <see cref="Leave"/>.</summary>
    internal void Join()
    {
        lock (_lock)
        {
            _users++;
        }
    }

    /// <summary>When the last user has left, the memory goes back to its pool.</summary>
    internal void Leave()
    {
        lock (_lock)
        {
            if (--_users > 0)
                return;
            foreach (NDArray arena in _arenas.Values)
            {
                arena.Dispose();
            }

            _arenas.Clear();
        }
    }

    /// <summary>
    /// A handle, which the caller owns, on an arena with at least so many bytes. One that is too small for him is
    /// replaced; whoever has a handle on it keeps it.
    /// </summary>
    internal NDArray Take(Device device, long bytes)
    {
        using ArrayScope.Suspension suspension = ArrayScope.Suspend();
        lock (_lock)
        {
            if (!_arenas.TryGetValue(device, out NDArray? arena) || arena.Size < bytes)
            {
                arena?.Dispose();
                _arenas[device] = arena = new NDArray(new Shape(Math.Max(bytes, 1)), DType.UInt8, device);
            }

            return arena.Detach();
        }
    }
}
