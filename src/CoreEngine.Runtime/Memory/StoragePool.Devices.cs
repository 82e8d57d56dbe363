using System.Collections.Concurrent;

namespace CoreEngine.Runtime;

// The process-wide pools, one per device.
public sealed partial class StoragePool
{
    private static readonly ConcurrentDictionary<Device, StoragePool> s_pools = new();
    private static readonly ConcurrentDictionary<Device, MemorySource> s_sources = new();
    private static readonly Lock s_creating = new();
    private static StoragePool? s_cpu;
    private static bool s_reportsAtExit;

    /// <summary>The pools that exist so far, in the order of their devices' names.</summary>
    public static IReadOnlyList<StoragePool> All =>
        [.. s_pools.Values.OrderBy(pool => pool.Device.ToString(), StringComparer.Ordinal)];

    /// <summary>
    /// The pool of a device. Every id of <see cref="DeviceType.Cpu"/> and <see cref="DeviceType.CpuPinned"/> exists and
    /// has a pool of its own; accelerators exist once <see cref="AddDevice"/> made them known.
    /// </summary>
    /// <remarks>
    /// <c>COREENGINE_MEMORY_LIMIT</c> (for example <c>8G</c>) sets the limit of each CPU pool, in place of all the memory
    /// of the machine or container; <c>COREENGINE_MEMORY_DEBUG=1</c> turns debug mode on, with a report on standard
    /// error when the process ends.
    /// </remarks>
    /// <exception cref="InvalidDeviceException">There is no such device; the message names those that exist.</exception>
    /// <exception cref="EngineSettingsException">One of the two environment variables means nothing.</exception>
    public static StoragePool For(Device device)
    {
        StoragePool? cpu = Volatile.Read(ref s_cpu);
        if (cpu is not null && device == cpu.Device)
        {
            return cpu;
        }

        return s_pools.TryGetValue(device, out StoragePool? pool) ? pool : Create(device);
    }

    /// <summary>Makes an accelerator's memory known; <see cref="For"/> finds it from then on.</summary>
    /// <exception cref="ArgumentException">The device is the host's, or known already.</exception>
    public static void AddDevice(Device device, MemorySource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (device.Type != DeviceType.Gpu || device.Id < 0 || !s_sources.TryAdd(device, source))
        {
            throw new ArgumentException($"{device} is no accelerator, or is known already.", nameof(device));
        }
    }

    private static StoragePool Create(Device device)
    {
        MemorySource source = FindSource(device);
        StorageSettings settings = StorageSettings.FromEnvironment();
        lock (s_creating)
        {
            if (s_pools.TryGetValue(device, out StoragePool? existing))
            {
                return existing;
            }

            var pool = new StoragePool(device, source) { Debug = settings.Debug };
            if (settings.Limit is { } limit && source.IsHostVisible)
            {
                pool.Limit = limit;
            }

            s_pools[device] = pool;
            if (device == Device.Cpu())
            {
                Volatile.Write(ref s_cpu, pool);
                IsHostDebugged = pool.Debug;
            }

            if (settings.Debug && !s_reportsAtExit)
            {
                s_reportsAtExit = true;
                AppDomain.CurrentDomain.ProcessExit += static (_, _) => WriteReports(Console.Error);
            }

            return pool;
        }
    }

    private static MemorySource FindSource(Device device)
    {
        if (device.Id >= 0)
        {
            if (device.Type is DeviceType.Cpu or DeviceType.CpuPinned)
            {
                return MemorySource.Host;
            }

            if (s_sources.TryGetValue(device, out MemorySource? source))
            {
                return source;
            }
        }

        if (device.Type == DeviceType.CpuShared && device.Id >= 0)
        {
            throw new InvalidDeviceException(
                $"{device} has no pool, because every piece of shared memory has a name that its peers need: make one "
                    + $"with {nameof(SharedMemory)}.{nameof(SharedMemory.Create)}."
            );
        }

        string gpus = string.Join(", ", s_sources.Keys.Order(DeviceOrder.Instance));
        throw new InvalidDeviceException(
            $"There is no device {device}. This process has cpu(0) and cpu_pinned(0), or any other id of these, and "
                + (gpus.Length == 0 ? "no gpu." : gpus + ".")
        );
    }

    private static void WriteReports(TextWriter writer)
    {
        foreach (StoragePool pool in All)
        {
            writer.Write(pool.Report());
        }
    }

    private sealed class DeviceOrder : IComparer<Device>
    {
        public static readonly DeviceOrder Instance = new();

        public int Compare(Device x, Device y) => (x.Type, x.Id).CompareTo((y.Type, y.Id));
    }
}
