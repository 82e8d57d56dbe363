using System.Runtime.ExceptionServices;
using CoreEngine.Files;
using CoreEngine.Kernels;

namespace CoreEngine.Data;

/// <summary>
/// Batches of images from records: read in order, decoded and augmented by several threads. What an image becomes depends on the
/// seed, the epoch and its place in it alone, not on threads.
/// </summary>
internal sealed class ImageBatchSource : IBatchSource
{
    private readonly string _name;
    private readonly ImageFileParameters _files;
    private readonly BatchParameters _batch;
    private readonly IImageAugmenter? _augmenter;
    private readonly ImageNormalizer _normalizer;
    private readonly LabelLayout _layout;
    private readonly bool _asBytes;
    private readonly RecordSource _records;
    private readonly ImageLabels? _labels;
    private readonly ParallelOptions _threads;
    private readonly byte[][] _contents;
    private readonly ulong[] _index;
    private ulong _epoch;
    private ulong _read;
    private bool _isOver;

    /// <param name="name">The iterator's name, for errors.</param>
    /// <param name="files">Where images come from.</param>
    /// <param name="batch">How they become batches.</param>
    /// <param name="augmenter">Changes them; null to take them as they are.</param>
    /// <param name="normalize">Makes numbers of bytes.</param>
    /// <param name="layout">How labels lie in a batch.</param>
    /// <param name="asBytes">Whether batches hold bytes.</param>
    internal ImageBatchSource(
        string name,
        ImageFileParameters files,
        BatchParameters batch,
        IImageAugmenter? augmenter,
        ImageNormalizeParameters normalize,
        LabelLayout layout,
        bool asBytes
    )
    {
        _name = name;
        _files = files;
        _batch = batch;
        _augmenter = augmenter;
        _normalizer = new ImageNormalizer(normalize, files.Height, files.Width);
        _asBytes = asBytes;
        _labels = files.ListPath.Length > 0 ? new ImageLabels(files.ListPath, files.LabelWidth) : null;
        _layout = layout;
        _threads = new ParallelOptions { MaxDegreeOfParallelism = Math.Min(files.Threads, Environment.ProcessorCount) };
        _contents = new byte[batch.Size][];
        _index = new ulong[batch.Size];
        _records = new RecordSource(files);
        if (layout.IsPadded)
            layout.Extend(MostLabels());
        if (!asBytes && normalize.MeanImage.Length > 0)
            _normalizer.Mean = LoadMean(normalize.MeanImage);
    }

    private Shape ImageShape => new(_files.DataShape);

    public DataBatch? Next()
    {
        if (_isOver)
            return null;
        int count = 0;
        while (count < _batch.Size && ReadRecord(count))
        {
            count++;
        }

        int pad = _batch.Size - count;
        _isOver = pad > 0;
        if (count == 0)
            return null;
        int filled = count;
        if (pad > 0 && _batch.RoundBatch)
        {
            StartEpoch();
            for (; filled < _batch.Size; filled++)
            {
                if (ReadRecord(filled))
                    continue;
                throw new EngineException(
                    $"{_name}: a batch of {_batch.Size} cannot be filled up from {count} images: take a smaller batch_size, or "
                        + "round_batch=False."
                );
            }
        }

        return Make(filled, pad);
    }

    public void Restart(bool afterWrap)
    {
        if (!afterWrap)
            StartEpoch();
        _isOver = false;
    }

    public void Dispose() => _records.Dispose();

    private void StartEpoch()
    {
        _epoch++;
        _read = 0;
        _records.Restart(_epoch);
    }

    private bool ReadRecord(int place)
    {
        if (!_records.TryRead(out ReadOnlySpan<byte> record))
            return false;
        // Until a thread decodes it, the reader's buffer may be gone.
        if (_contents[place] is null || _contents[place].Length != record.Length)
            _contents[place] = new byte[record.Length];
        record.CopyTo(_contents[place]);
        _index[place] = _read++;
        return true;
    }

    private DataBatch Make(int filled, int pad)
    {
        int size = _batch.Size;
        DType type = _asBytes ? DType.UInt8 : DType.Float32;
        var data = new NDArray(new Shape([size, .. _files.DataShape]), type);
        var label = new NDArray(_layout.Width == 1 && !_layout.IsPadded ? [size] : [size, _layout.Width]);
        var ids = new ulong[size];
        ulong epoch = _epoch;
        try
        {
            if (filled < size)
                ClearRest(data, label, filled);
            if (ProcessFork.IsChild)
            {
                // The pool's threads did not come along.
                for (int i = 0; i < filled; i++)
                {
                    ids[i] = Decode(i, epoch, data, label);
                }
            }
            else
            {
                Parallel.For(0, filled, _threads, i => ids[i] = Decode(i, epoch, data, label));
            }
        }
        catch (Exception error)
        {
            data.Dispose();
            label.Dispose();
            if (error is AggregateException several)
                ExceptionDispatchInfo.Throw(several.InnerExceptions[0]);
            throw;
        }

        if (_batch.ElementType is { } wanted && wanted != type)
        {
            NDArray converted = data.AsType(wanted);
            data.Dispose();
            data = converted;
        }

        return new DataBatch(data, label, ids, pad);
    }

    private void ClearRest(NDArray data, NDArray label, int filled)
    {
        int imageSize = (int)ImageShape.Size;
        if (_asBytes)
            data.AsWritableSpan<byte>()[(filled * imageSize)..].Clear();
        else
            data.AsWritableSpan<float>()[(filled * imageSize)..].Clear();
        label.AsWritableSpan<float>()[(filled * _layout.Width)..].Clear();
    }

    private ulong Decode(int place, ulong epoch, NDArray data, NDArray label)
    {
        ImageRecord record = Parse(_contents[place]);
        var random = new ImageRandom((ulong)(long)_files.Seed, epoch, _index[place]);
        float[] labels = LabelsOf(record);
        PixelImage image = Augment(record, ref labels, ref random);
        int imageSize = (int)ImageShape.Size;
        if (_asBytes)
            _normalizer.Write(image, data.AsWritableSpan<byte>().Slice(place * imageSize, imageSize), ref random);
        else
            _normalizer.Write(image, data.AsWritableSpan<float>().Slice(place * imageSize, imageSize), ref random);
        _layout.Write(labels, image, label.AsWritableSpan<float>().Slice(place * _layout.Width, _layout.Width));
        return record.Id;
    }

    private PixelImage Augment(ImageRecord record, ref float[] labels, ref ImageRandom random)
    {
        try
        {
            PixelImage image = PixelImage.Decode(record.Content, _files.Channels);
            if (_augmenter is not null && _files.Augmenters.Length > 0)
                image = _augmenter.Apply(image, ref labels, ref random);
            return image.Height <= _files.Height && image.Width <= _files.Width && (_layout.IsPadded || Covers(image))
                ? image
                : throw new EngineException(
                    $"it has {image.Height}x{image.Width} pixels, not {_files.Height}x{_files.Width}, and no augmenter cuts it"
                );
        }
        catch (EngineException error)
        {
            throw new EngineException($"{_name}: image {record.Id} of {_files.RecordPath}: {error.Message}", error);
        }
    }

    private bool Covers(PixelImage image) => image.Height == _files.Height && image.Width == _files.Width;

    private ImageRecord Parse(byte[] content) =>
        ImageRecord.TryRead(content, out ImageRecord record)
            ? record
            : throw new FileFormatException(
                _files.RecordPath,
                -1,
                "a record is no image: its header announces more than there is"
            );

    private float[] LabelsOf(ImageRecord record)
    {
        float[] labels = _labels?.Find(record.Id) ?? new float[record.LabelCount];
        if (_labels is null)
            record.CopyLabels(labels);
        if (_files.LabelWidth > 0 && labels.Length != _files.LabelWidth)
        {
            throw new EngineException(
                $"{_name}: image {record.Id} has {labels.Length} labels, but label_width = {_files.LabelWidth}."
            );
        }

        return labels;
    }

    private int MostLabels()
    {
        if (_labels is not null)
            return _labels.MostLabels;
        int most = 0;
        while (_records.TryRead(out ReadOnlySpan<byte> bytes))
        {
            if (!ImageRecord.TryRead(bytes, out ImageRecord record) || !record.HasLabelList)
            {
                throw new EngineException(
                    $"{_name}: a record of {_files.RecordPath} has no list of labels; pack them into it, or give path_imglist."
                );
            }

            most = Math.Max(most, record.LabelCount);
        }

        _records.Restart(epoch: 0);
        return most;
    }

    private float[] LoadMean(string path)
    {
        if (File.Exists(path))
            return MeanImage.Load(path, ImageShape);
        double[] sum = new double[ImageShape.Size];
        float[] values = new float[sum.Length];
        var plain = new ImageNormalizer(new ImageNormalizeParameters(deviation: 1), _files.Height, _files.Width);
        long count = 0;
        for (; ReadRecord(0); count++)
        {
            ImageRecord record = Parse(_contents[0]);
            var random = new ImageRandom((ulong)(long)_files.Seed, _epoch, _index[0]);
            float[] labels = LabelsOf(record);
            plain.Write(Augment(record, ref labels, ref random), values, ref random);
            for (int i = 0; i < sum.Length; i++)
            {
                sum[i] += values[i];
            }
        }

        for (int i = 0; i < sum.Length; i++)
        {
            values[i] = (float)(sum[i] / Math.Max(count, 1));
        }

        MeanImage.Save(path, values, ImageShape);
        _read = 0;
        _records.Restart(_epoch);
        return values;
    }
}
