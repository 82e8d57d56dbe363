using CoreEngine.Files;

namespace CoreEngine.Data;

/// <summary>Batches of sparse examples; labels stand before the examples or are sparse rows of another file.</summary>
internal sealed class LibSvmBatchSource : IBatchSource
{
    private readonly LibSvmParameters _parameters;
    private readonly SparseRows _data;
    private readonly SparseRows? _labels;
    private bool _isOver;

    internal LibSvmBatchSource(LibSvmParameters parameters)
    {
        _parameters = parameters;
        _data = new SparseRows(parameters.DataPath, parameters.Part, parameters.DataShape[0]);
        if (parameters.HasLabelFile)
            _labels = new SparseRows(parameters.LabelPath, parameters.Part, parameters.LabelShape[0]);
    }

    public DataBatch? Next()
    {
        if (_isOver)
            return null;
        _data.Forget();
        _labels?.Forget();
        int size = _parameters.Batch.Size;
        float[] labels = new float[size];
        ulong[] index = new ulong[size];
        int count = 0;
        while (count < size && Read(ref labels[count], ref index[count]))
        {
            count++;
        }

        int pad = size - count;
        _isOver = pad > 0;
        if (count == 0)
            return null;
        if (pad > 0)
            RestartFiles();
        for (int place = count; place < size; place++)
        {
            if (Read(ref labels[place], ref index[place]))
                continue;
            throw new EngineException(
                $"LibSVMIter: a batch of {size} cannot be filled up from {count} examples: take a smaller batch_size."
            );
        }

        return new DataBatch(Data(size), Labels(labels), index, pad);
    }

    public void Restart(bool afterWrap)
    {
        if (!afterWrap)
            RestartFiles();
        _isOver = false;
    }

    public void Dispose()
    {
        _data.Dispose();
        _labels?.Dispose();
    }

    private void RestartFiles()
    {
        _data.Restart();
        _labels?.Restart();
    }

    private bool Read(ref float label, ref ulong index)
    {
        index = _data.Count;
        if (!_data.TryRead(out label))
            return false;
        if (_labels is not null && !_labels.TryRead(out _))
        {
            throw new FileFormatException(
                _labels.File,
                -1,
                $"there are {_labels.Count:N0} labels, fewer than examples in {_data.File}"
            );
        }

        return true;
    }

    private NDArray Data(int rows)
    {
        NDArray data = _data.Take(rows);
        if (_parameters.Batch.ElementType is not { } type || type == data.DType)
            return data;
        using (data)
        {
            return data.AsType(type);
        }
    }

    private NDArray Labels(float[] labels)
    {
        if (_labels is not null)
            return _labels.Take(labels.Length);
        var array = new NDArray([labels.Length]);
        array.CopyFrom<float>(labels);
        return array;
    }
}
