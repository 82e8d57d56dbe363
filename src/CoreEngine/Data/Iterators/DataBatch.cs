namespace CoreEngine.Data;

/// <summary>What a <see cref="DataIterator"/> yields at once.</summary>
/// <param name="Data">The examples, one below the other along axis 0.</param>
/// <param name="Label">Their labels in the same order: shape (batch,) where each has one.</param>
/// <param name="Index">The number of each example in its file.</param>
/// <param name="Pad">How many examples at the end only fill the batch up.</param>
public sealed record DataBatch(NDArray Data, NDArray Label, ulong[] Index, int Pad) : IDisposable
{
    /// <summary>Lets go of both arrays; operations that use them still finish.</summary>
    public void Dispose()
    {
        Data.Dispose();
        Label.Dispose();
    }
}
