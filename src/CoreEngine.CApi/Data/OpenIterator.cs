using CoreEngine.Data;

namespace CoreEngine.CApi;

/// <summary>An iterator, with the memory in which C finds the numbers of the latest batch's examples.</summary>
internal sealed class OpenIterator(DataIterator iterator)
{
    internal DataIterator Iterator { get; } = iterator;

    internal NativeBuffer Index { get; } = new();
}
