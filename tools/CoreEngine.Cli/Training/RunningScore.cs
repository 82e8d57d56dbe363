namespace CoreEngine.Cli;

/// <summary>
/// Adds up the losses and right answers of steps, each read a few steps late: the engine always has work, and the
/// caller never runs so far ahead of it that batches pile up in memory.
/// </summary>
internal sealed class RunningScore : IDisposable
{
    private const int StepsAhead = 2;

    private readonly Queue<(NDArray Loss, NDArray Right, int Count)> _pending = new();
    private double _loss;
    private double _right;

    /// <summary>Images in the sums so far.</summary>
    public int Count { get; private set; }

    /// <summary>Mean loss of an image.</summary>
    public double Loss => _loss / Math.Max(Count, 1);

    /// <summary>Share of right answers.</summary>
    public double Accuracy => _right / Math.Max(Count, 1);

    /// <summary>Takes a step's results over, and waits for those of an earlier step.</summary>
    /// <param name="loss">Mean loss of the step's images, one float.</param>
    /// <param name="right">Number of right answers, one float.</param>
    /// <param name="count">Number of images.</param>
    public void Add(NDArray loss, NDArray right, int count)
    {
        _pending.Enqueue((loss, right, count));
        if (_pending.Count > StepsAhead)
        {
            TakeOne();
        }
    }

    /// <summary>Waits for all steps.</summary>
    public void Complete()
    {
        while (_pending.Count > 0)
        {
            TakeOne();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((NDArray loss, NDArray right, _) in _pending)
        {
            loss.Dispose();
            right.Dispose();
        }

        _pending.Clear();
    }

    private void TakeOne()
    {
        (NDArray loss, NDArray right, int count) = _pending.Dequeue();
        using (loss)
        using (right)
        {
            _loss += (double)loss.ToScalar<float>() * count;
            _right += right.ToScalar<float>();
            Count += count;
        }
    }
}
