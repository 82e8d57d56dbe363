namespace CoreEngine.Files;

/// <summary>What an array file holds: a list of arrays, with or without names.</summary>
/// <param name="Arrays">The arrays, in the file's order.</param>
/// <param name="Names">As many names, or none.</param>
public sealed record StoredArrayList(IReadOnlyList<StoredArray> Arrays, IReadOnlyList<string> Names) : IDisposable
{
    private static readonly IReadOnlyDictionary<string, string> s_noMetadata = new Dictionary<string, string>();

    /// <summary>Whether the arrays have names.</summary>
    public bool HasNames => Names.Count > 0;

    /// <summary>The newest version among the arrays of an MXNet file; written as this, they give the same bytes.</summary>
    public NDArrayFileVersion Version { get; init; } = NDArrayFileVersion.V2;

    /// <summary>Texts that a safetensors file holds beside its arrays.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = s_noMetadata;

    /// <summary>Gives the memory of all arrays back to its pool.</summary>
    public void Dispose()
    {
        foreach (StoredArray array in Arrays)
        {
            array.Dispose();
        }
    }

    /// <summary>For formats that are dictionaries: as many names as arrays, all different, all arrays dense with values.</summary>
    /// <exception cref="ArgumentException">It is not so.</exception>
    internal static void RequireDictionary(
        IReadOnlyList<StoredArray> arrays,
        IReadOnlyList<string> names,
        string format
    )
    {
        ArgumentNullException.ThrowIfNull(arrays);
        ArgumentNullException.ThrowIfNull(names);
        if (names.Count != arrays.Count)
        {
            throw new ArgumentException(
                $"{names.Count} names are given for {arrays.Count} arrays; each needs one.",
                nameof(names)
            );
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < names.Count; i++)
        {
            if (!seen.Add(names[i]))
            {
                throw new ArgumentException($"Two arrays have the name '{names[i]}'.", nameof(names));
            }

            arrays[i].RequireDense(format);
        }
    }
}
