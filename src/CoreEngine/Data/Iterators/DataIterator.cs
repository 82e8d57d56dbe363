namespace CoreEngine.Data;

/// <summary>
/// Yields batch after batch of a data set, made ahead on a thread of its own. <see cref="DataIterators"/> makes them.
/// </summary>
/// <example>
/// <code>
/// using DataIterator digits = DataIterators.Create("MNISTIter", new Dictionary&lt;string, string&gt; { ["batch_size"] = "64" });
/// while (digits.Next())
/// {
///     Train(digits.Current.Data, digits.Current.Label);
/// }
///
/// digits.Reset();
/// </code>
/// </example>
/// <remarks>Not for several threads at once.</remarks>
public sealed class DataIterator : IDisposable
{
    private readonly BatchQueue _queue;
    private readonly bool _wraps;
    private DataBatch? _current;
    private bool _endedWithWrap;

    internal DataIterator(IBatchSource source, int prefetch, bool wraps)
    {
        _queue = new BatchQueue(source, prefetch);
        _wraps = wraps;
    }

    /// <summary>Ends the thread of an iterator that was forgotten.</summary>
    ~DataIterator() => _queue.Stop();

    /// <summary>
    /// The latest batch. It is the iterator's, and ends with the next call; a <see cref="NDArray.Detach"/> of its arrays lives
    /// on.
    /// </summary>
    /// <exception cref="EngineException">There is none: <see cref="Next"/> was not called, or the epoch is over.</exception>
    public DataBatch Current =>
        _current
        ?? throw new EngineException(
            "The iterator has no batch: ask for the next one first, and after the last one start again."
        );

    /// <summary>Goes to the next batch.</summary>
    /// <returns>False when the epoch is over.</returns>
    /// <exception cref="EngineException">The data could not be read; the message says where.</exception>
    public bool Next()
    {
        DataBatch? next = _queue.Take();
        _endedWithWrap = _wraps && (next is null ? _endedWithWrap : next.Pad > 0);
        _current?.Dispose();
        _current = next;
        return next is not null;
    }

    /// <summary>
    /// Starts the next epoch. Where the last batch was filled up with examples from the beginning, the epoch goes on behind
    /// those; before the last batch it starts at the beginning.
    /// </summary>
    public void Reset()
    {
        _current?.Dispose();
        _current = null;
        _queue.Restart(_endedWithWrap);
        _endedWithWrap = false;
    }

    /// <summary>Ends the iterator and its thread.</summary>
    public void Dispose()
    {
        _queue.Stop();
        _current?.Dispose();
        _current = null;
        GC.SuppressFinalize(this);
    }
}
