using CoreEngine.Data;

namespace CoreEngine.CApi;

/// <summary>A reader of records, with the memory in which C finds the latest one.</summary>
internal sealed class OpenRecords(RecordReader reader)
{
    internal RecordReader Reader { get; } = reader;

    internal NativeBuffer Buffer { get; } = new();
}
