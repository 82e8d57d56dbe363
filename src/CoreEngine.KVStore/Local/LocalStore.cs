using CoreEngine.Operators;
using CoreEngine.Optimizers;

namespace CoreEngine.KVStore;

/// <summary>The store of one process.</summary>
/// <remarks>
/// One lock guards everything, also while an updater runs, which may therefore use the store itself. What is scheduled
/// meanwhile runs later, without the lock.
/// </remarks>
internal sealed class LocalStore(string type) : KeyValueStore(type)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<int, StoreEntry> _entries = [];
    private readonly HashSet<int> _warned = [];
    private StoreUpdater? _updater;
    private GradientCompression? _compression;
    private bool _hasNames;
    private bool _isDisposed;

    private bool Compresses => Type.Contains("device", StringComparison.Ordinal);

    public override void Initialize(ReadOnlySpan<StoreKey> keys, ReadOnlySpan<NDArray> values)
    {
        RequireOneEach(nameof(Initialize), "values", keys, values);
        lock (_lock)
        {
            CheckNew(keys, values);
            using ArrayScope.Suspension suspension = ArrayScope.Suspend();
            using AutogradScope pause = Autograd.Pause();
            for (int i = 0; i < keys.Length; i++)
            {
                _hasNames = keys[i].Name is not null;
                StoreKey key = keys[i];
                if (key.Name is { } name)
                {
                    key = new StoreKey(_numbers.Count, name);
                    _numbers.Add(name, key.Number);
                }

                _entries.Add(key.Number, new StoreEntry(key, values[i]));
            }
        }
    }

    public override void Push(ReadOnlySpan<StoreKey> keys, ReadOnlySpan<NDArray> values, int priority = 0)
    {
        RequireOneEach(nameof(Push), "values", keys, values);
        lock (_lock)
        {
            List<(StoreEntry Entry, NDArray[] Values)> groups = Group(nameof(Push), keys, values);
            foreach ((StoreEntry entry, NDArray[] group) in groups)
            {
                CheckPushed(entry, group);
            }

            using ArrayScope.Suspension suspension = ArrayScope.Suspend();
            using AutogradScope pause = Autograd.Pause();
            foreach ((StoreEntry entry, NDArray[] group) in groups)
            {
                if (_updater is null)
                {
                    entry.Assign(group, _compression);
                }
                else
                {
                    using NDArray sum = entry.Sum(group, _compression);
                    _updater(entry.Key, sum, entry.Stored);
                }
            }
        }
    }

    public override void Pull(
        ReadOnlySpan<StoreKey> keys,
        ReadOnlySpan<NDArray> targets,
        int priority = 0,
        bool ignoreSparse = true
    )
    {
        RequireOneEach(nameof(Pull), "targets", keys, targets);
        lock (_lock)
        {
            List<(StoreEntry Entry, NDArray[] Targets)> groups = Group(nameof(Pull), keys, targets);
            using AutogradScope pause = Autograd.Pause();
            foreach ((StoreEntry entry, NDArray[] group) in groups)
            {
                foreach (NDArray target in group)
                {
                    if (!ignoreSparse || target.StorageType == StorageType.Default)
                        StoreEntry.Copy(entry.Stored, target);
                    else if (_warned.Add(entry.Key.Number))
                        Warn(
                            $"Pull: the sparse target of the key {entry.Key} is left as it is; use PullRows. (Said once.)"
                        );
                }
            }
        }
    }

    public override void PullRows(
        ReadOnlySpan<StoreKey> keys,
        ReadOnlySpan<NDArray> targets,
        ReadOnlySpan<NDArray> rows,
        int priority = 0
    )
    {
        RequireOneEach(nameof(PullRows), "targets", keys, targets);
        RequireOneEach(nameof(PullRows), "arrays of row numbers", keys, rows);
        lock (_lock)
        {
            var entries = new StoreEntry[keys.Length];
            for (int i = 0; i < keys.Length; i++)
            {
                entries[i] = Find(nameof(PullRows), keys[i]);
                CheckShape(nameof(PullRows), entries[i], targets[i]);
                CheckRows(entries[i], targets[i], rows[i]);
            }

            using AutogradScope pause = Autograd.Pause();
            for (int i = 0; i < keys.Length; i++)
            {
                using NDArray numbers = entries[i].AtHome(rows[i]);
                using NDArray kept = entries[i].Stored.Retain(numbers);
                StoreEntry.Copy(kept, targets[i]);
            }
        }
    }

    public override void SetUpdater(StoreUpdater? updater)
    {
        lock (_lock)
        {
            _updater = updater;
        }
    }

    public override void SetOptimizer(Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        SetUpdater((key, received, stored) => optimizer.Update(key.Number, stored, received));
    }

    public override void SetGradientCompression(GradientCompression? compression)
    {
        if (compression is not null && !Compresses)
        {
            throw new KeyValueStoreException(
                $"Gradient compression: a store of the type '{Type}' does not compress; use 'device'."
            );
        }

        lock (_lock)
        {
            _compression = compression;
        }
    }

    private protected override void Dispose(bool disposing)
    {
        lock (_lock)
        {
            _isDisposed = true;
            foreach (StoreEntry entry in _entries.Values)
            {
                entry.Dispose();
            }

            _entries.Clear();
            _numbers.Clear();
        }
    }

    private void CheckNew(ReadOnlySpan<StoreKey> keys, ReadOnlySpan<NDArray> values)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var seen = new HashSet<(int, string?)>();
        for (int i = 0; i < keys.Length; i++)
        {
            StoreKey key = keys[i];
            CheckKind(nameof(Initialize), key, keys[0]);
            bool isKnown = key.Name is null ? _entries.ContainsKey(key.Number) : _numbers.ContainsKey(key.Name);
            if (isKnown || !seen.Add((key.Number, key.Name)))
                throw new KeyValueStoreException($"Initialize: the key {key} has a value already; push to change it.");
            CheckStorage(nameof(Initialize), key, values[i]);
        }
    }

    /// <summary>The keys' entries by number, each with its arrays in their order.</summary>
    private List<(StoreEntry Entry, NDArray[] Arrays)> Group(
        string call,
        ReadOnlySpan<StoreKey> keys,
        ReadOnlySpan<NDArray> arrays
    )
    {
        var groups = new SortedDictionary<int, (StoreEntry Entry, List<NDArray> Arrays)>();
        for (int i = 0; i < keys.Length; i++)
        {
            StoreEntry entry = Find(call, keys[i]);
            CheckShape(call, entry, arrays[i]);
            if (!groups.TryGetValue(entry.Key.Number, out (StoreEntry, List<NDArray> Arrays) group))
                groups.Add(entry.Key.Number, group = (entry, []));
            group.Arrays.Add(arrays[i]);
        }

        return [.. groups.Values.Select(group => (group.Entry, group.Arrays.ToArray()))];
    }

    private StoreEntry Find(string call, StoreKey key)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_entries.Count > 0)
            CheckKind(call, key, key);
        int number = key.Number;
        bool isKnown = key.Name is null || _numbers.TryGetValue(key.Name, out number);
        return isKnown && _entries.TryGetValue(number, out StoreEntry? entry)
            ? entry
            : throw new KeyValueStoreException($"{call}: the key {key} has no value; initialize it first.");
    }

    /// <summary>A store has keys of one kind: that of the first one.</summary>
    private void CheckKind(string call, StoreKey key, StoreKey first)
    {
        bool hasNames = _entries.Count > 0 ? _hasNames : first.Name is not null;
        if (key.Name is not null != hasNames)
        {
            throw new KeyValueStoreException(
                $"{call}: the key {key} is a {(hasNames ? "number" : "name")}, the store's keys are "
                    + $"{(hasNames ? "names" : "numbers")}; keys of one store are of one kind."
            );
        }
    }

    private void CheckPushed(StoreEntry entry, NDArray[] values)
    {
        foreach (NDArray value in values)
        {
            CheckStorage(nameof(Push), entry.Key, value);
            if (value.DType != values[0].DType)
            {
                throw new KeyValueStoreException(
                    $"Push: the values of the key {entry.Key} are {values[0].DType.Name()} and {value.DType.Name()}; "
                        + "what is added up is of one type."
                );
            }

            bool isCompressible =
                value.StorageType == StorageType.Default && value.DType.IsFloat() && value.DType == entry.Stored.DType;
            if (_compression is not null && !isCompressible)
            {
                throw new KeyValueStoreException(
                    $"Push: the value {value} of the key {entry.Key} cannot be compressed; it must be dense, floating-point "
                        + $"and {entry.Stored.DType.Name()} as the stored value."
                );
            }
        }
    }

    private static void CheckStorage(string call, StoreKey key, NDArray value)
    {
        if (value.StorageType == StorageType.Csr)
            throw new KeyValueStoreException(
                $"{call}: the value of the key {key} is a CSR matrix; stores do not keep these."
            );
    }

    private static void CheckRows(StoreEntry entry, NDArray target, NDArray rows)
    {
        if (entry.Stored.StorageType != StorageType.RowSparse || target.StorageType != StorageType.RowSparse)
        {
            throw new KeyValueStoreException(
                $"PullRows: the value of the key {entry.Key} is {entry.Stored.StorageType}, the target {target.StorageType}; "
                    + "both must be row-sparse. Use Pull for dense targets."
            );
        }

        if (rows.StorageType != StorageType.Default || rows.Rank != 1)
            throw new KeyValueStoreException($"PullRows: row numbers are a dense vector, not {rows}.");
    }

    private static void CheckShape(string call, StoreEntry entry, NDArray array)
    {
        if (array.Shape != entry.Stored.Shape)
        {
            throw new KeyValueStoreException(
                $"{call}: the array for the key {entry.Key} has the shape {array.Shape}, the stored value {entry.Stored.Shape}."
            );
        }
    }

    private static void RequireOneEach(
        string call,
        string what,
        ReadOnlySpan<StoreKey> keys,
        ReadOnlySpan<NDArray> arrays
    )
    {
        if (keys.Length != arrays.Length)
        {
            throw new KeyValueStoreException(
                $"{call}: {keys.Length} keys and {arrays.Length} {what} were given; it takes one for each key."
            );
        }

        foreach (NDArray array in arrays)
        {
            ArgumentNullException.ThrowIfNull(array, what);
        }
    }
}
