using System.Text.Json;

namespace CoreEngine.Conformance;

/// <summary>What an iterator yielded.</summary>
public sealed record IteratorRecording
{
    /// <summary>The iterator's name.</summary>
    public required string Iter { get; init; }

    /// <summary>Its parameters; those that are null were not given.</summary>
    public required Dictionary<string, JsonElement> Params { get; init; }

    /// <summary>The batches of each epoch.</summary>
    public List<List<RecordedBatch>> Epochs
    {
        get => field ?? [];
        init;
    }

    /// <summary>True where the original gives up.</summary>
    public bool FailsInOriginal { get; init; }
}
