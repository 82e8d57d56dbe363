namespace CoreEngine.Data;

/// <summary>Makes batches, one after another, on whatever thread asks; never on two at once.</summary>
internal interface IBatchSource : IDisposable
{
    /// <summary>The next batch, the caller's to dispose of; null when the epoch is over.</summary>
    public DataBatch? Next();

    /// <summary>Starts an epoch.</summary>
    /// <param name="afterWrap">
    /// True when the last batch was filled up with examples from the beginning and was used: the new epoch then goes on
    /// behind those.
    /// </param>
    public void Restart(bool afterWrap);
}
