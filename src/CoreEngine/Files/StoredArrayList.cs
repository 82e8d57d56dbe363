namespace CoreEngine.Files;

/// <summary>What an array file holds: a list of arrays, with or without names.</summary>
/// <param name="Arrays">The arrays, in the file's order.</param>
/// <param name="Names">As many names, or none.</param>
public sealed record StoredArrayList(IReadOnlyList<StoredArray> Arrays, IReadOnlyList<string> Names) : IDisposable
{
    /// <summary>Whether the arrays have names.</summary>
    public bool HasNames => Names.Count > 0;

    /// <summary>Gives the memory of all arrays back to its pool.</summary>
    public void Dispose()
    {
        foreach (StoredArray array in Arrays)
        {
            array.Dispose();
        }
    }
}
