namespace CoreEngine.Data;

/// <summary>Puts examples of one size into batches.</summary>
internal sealed class DenseBatchSource : IBatchSource
{
    private readonly string _name;
    private readonly IExampleSource _examples;
    private readonly BatchParameters _batch;
    private readonly Shape _dataShape;
    private readonly Shape _labelShape;
    private readonly int _dataSize;
    private readonly int _labelSize;
    private bool _isOver;

    /// <param name="name">The iterator's name, for errors.</param>
    /// <param name="examples">Where from; it is closed with the batches.</param>
    /// <param name="batch">How examples become batches.</param>
    /// <param name="example">The shape of an example.</param>
    /// <param name="label">The shape of its labels.</param>
    internal DenseBatchSource(string name, IExampleSource examples, BatchParameters batch, Shape example, Shape label)
    {
        _name = name;
        _examples = examples;
        _batch = batch;
        _dataShape = new Shape([batch.Size, .. example.Dims]);
        _labelShape = label.Size == 1 ? [batch.Size] : new Shape([batch.Size, .. label.Dims]);
        _dataSize = (int)example.Size;
        _labelSize = (int)label.Size;
    }

    public DataBatch? Next()
    {
        if (_isOver)
            return null;
        var data = new NDArray(_dataShape);
        var label = new NDArray(_labelShape);
        DataBatch? batch = null;
        try
        {
            batch = Fill(data, label);
        }
        finally
        {
            if (batch is null)
            {
                data.Dispose();
                label.Dispose();
            }
        }

        return batch is null ? null : Convert(batch);
    }

    public void Restart(bool afterWrap)
    {
        if (!afterWrap)
            _examples.Restart();
        _isOver = false;
    }

    public void Dispose() => _examples.Dispose();

    private DataBatch? Fill(NDArray data, NDArray label)
    {
        Span<float> values = data.AsWritableSpan<float>();
        Span<float> labels = label.AsWritableSpan<float>();
        ulong[] index = new ulong[_batch.Size];
        int count = 0;
        while (count < _batch.Size && Read(values, labels, index, count))
        {
            count++;
        }

        if (count == 0)
        {
            _isOver = true;
            return null;
        }

        int pad = _batch.Size - count;
        if (pad == 0)
            return new DataBatch(data, label, index, 0);
        _isOver = true;
        if (!_batch.RoundBatch)
        {
            values[(count * _dataSize)..].Clear();
            labels[(count * _labelSize)..].Clear();
            return new DataBatch(data, label, index, pad);
        }

        _examples.Restart();
        for (int place = count; place < _batch.Size; place++)
        {
            if (Read(values, labels, index, place))
                continue;
            throw new EngineException(
                $"{_name}: a batch of {_batch.Size} cannot be filled up from {count} examples: take a smaller batch_size, or "
                    + "round_batch=False."
            );
        }

        return new DataBatch(data, label, index, pad);
    }

    private bool Read(Span<float> values, Span<float> labels, ulong[] index, int place) =>
        _examples.Next(
            values.Slice(place * _dataSize, _dataSize),
            labels.Slice(place * _labelSize, _labelSize),
            out index[place]
        );

    private DataBatch Convert(DataBatch batch)
    {
        if (_batch.ElementType is not { } type || type == batch.Data.DType)
            return batch;
        NDArray source = batch.Data;
        NDArray converted = source.AsType(type);
        source.Dispose();
        return batch with { Data = converted };
    }
}
