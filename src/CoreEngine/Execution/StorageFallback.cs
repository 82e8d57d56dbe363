using System.Collections.Concurrent;
using CoreEngine.Operators;

namespace CoreEngine;

/// <summary>
/// Tells, once for each operator and combination of storage types, that a call works on dense copies because its kernel
/// takes no such sparse arrays: correct, but slower and larger than what whoever uses sparse arrays hopes for.
/// </summary>
/// <remarks><c>MXNET_STORAGE_FALLBACK_LOG_VERBOSE=0</c> silences the messages on standard error.</remarks>
public static class StorageFallback
{
    private const string Variable = "MXNET_STORAGE_FALLBACK_LOG_VERBOSE";

    private static readonly ConcurrentDictionary<string, bool> s_told = new(StringComparer.Ordinal);
    private static readonly bool s_isSilent = Environment.GetEnvironmentVariable(Variable) == "0";

    /// <summary>Gets each message, instead of standard error, when somebody subscribed.</summary>
    public static event Action<string>? Told;

    internal static void Note(StorageInference storage)
    {
        string inputs = string.Join(", ", storage.Inputs.ToArray().Select(Name));
        IEnumerable<StorageType> outputs = Enumerable.Range(0, storage.OutputCount).Select(storage.Output);
        string call = $"{storage.Operator.Name} of ({inputs}) giving ({string.Join(", ", outputs.Select(Name))})";
        if (!s_told.TryAdd(call, true))
            return;
        string message =
            $"{call}: there is no kernel for arrays stored like this; the call works on dense copies of them, which takes "
            + $"more time and memory. (Said once; {Variable}=0 silences this.)";
        if (Told is { } told)
            told(message);
        else if (!s_isSilent)
            Console.Error.WriteLine("CoreEngine: " + message);
    }

    private static string Name(StorageType type) =>
        type switch
        {
            StorageType.RowSparse => "row_sparse",
            StorageType.Csr => "csr",
            _ => "default",
        };
}
