using System.Collections.Frozen;
using CoreEngine.Operators;

namespace CoreEngine.CApi;

/// <summary>The operators that C can call, with handles and lists that stay for as long as the process lives.</summary>
internal sealed unsafe class OperatorTable
{
    private static readonly Lazy<OperatorTable> s_instance = new(() => new OperatorTable());

    private readonly FrozenDictionary<string, OperatorEntry> _byName;

    private OperatorTable()
    {
        OperatorRegistry registry = OperatorRegistry.Default;
        var entries = new Dictionary<OperatorDef, OperatorEntry>();
        var byName = new Dictionary<string, OperatorEntry>(StringComparer.Ordinal);
        foreach (string name in registry.Names)
        {
            OperatorDef definition = registry[name];
            if (definition.IsInternal)
                continue;
            if (!entries.TryGetValue(definition, out OperatorEntry? entry))
            {
                entry = new OperatorEntry(definition);
                entry.Handle = CApi.Handles.Add(HandleKind.Operator, entry);
                entries.Add(definition, entry);
            }

            byName.Add(name, entry);
        }

        _byName = byName.ToFrozenDictionary(StringComparer.Ordinal);
        string[] names = [.. byName.Keys.Order(StringComparer.Ordinal)];
        Names = Permanent.Texts(names);
        NameCount = (uint)names.Length;
        nint[] handles =
        [
            .. entries.Values.OrderBy(e => e.Definition.Name, StringComparer.Ordinal).Select(e => e.Handle),
        ];
        Handles = Permanent.Handles(handles);
        HandleCount = (uint)handles.Length;
    }

    /// <summary>The one table.</summary>
    internal static OperatorTable Instance => s_instance.Value;

    /// <summary>All names, aliases among them, in alphabetical order.</summary>
    internal byte** Names { get; }

    /// <summary>How many names there are.</summary>
    internal uint NameCount { get; }

    /// <summary>One handle for each operator, in the order of the canonical names.</summary>
    internal nint* Handles { get; }

    /// <summary>How many operators there are.</summary>
    internal uint HandleCount { get; }

    /// <summary>The handle of an operator; names and aliases of one operator have the same.</summary>
    /// <exception cref="OperatorException">There is no such operator; the message says why or what is similar.</exception>
    internal nint HandleOf(string name) =>
        _byName.TryGetValue(name, out OperatorEntry? entry)
            ? entry.Handle
            : throw new OperatorException(name, Missing(name));

    private static string Missing(string name)
    {
        try
        {
            OperatorRegistry.Default.Callable(name);
        }
        catch (EngineException error)
        {
            return error.Message;
        }

        return "it cannot be called by name.";
    }
}
