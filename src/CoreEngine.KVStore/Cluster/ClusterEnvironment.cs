using System.Collections.Concurrent;

namespace CoreEngine.KVStore;

/// <summary>
/// The settings of a distributed job, which launchers hand to processes: variables such as <c>DMLC_ROLE</c>. Those that
/// are set here come before those of the process's environment.
/// </summary>
public static class ClusterEnvironment
{
    private const string RoleVariable = "DMLC_ROLE";

    private static readonly ConcurrentDictionary<string, string> s_set = new(StringComparer.Ordinal);

    /// <summary>Sets a variable for this process's stores.</summary>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public static void Set(string name, string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        s_set[name] = value;
    }

    /// <summary>A variable's value; null when it is set nowhere.</summary>
    public static string? Get(string name) =>
        s_set.TryGetValue(name, out string? value) ? value : Environment.GetEnvironmentVariable(name);

    /// <summary>This process's role (<c>DMLC_ROLE</c>); a worker when nothing says otherwise.</summary>
    /// <exception cref="KeyValueStoreException">The variable names no role.</exception>
    public static NodeRole Role =>
        Get(RoleVariable) switch
        {
            null or "worker" => NodeRole.Worker,
            "server" => NodeRole.Server,
            "scheduler" => NodeRole.Scheduler,
            { } other => throw new KeyValueStoreException(
                $"{RoleVariable} is '{other}'; it must be worker, server or scheduler, or not be set."
            ),
        };
}
