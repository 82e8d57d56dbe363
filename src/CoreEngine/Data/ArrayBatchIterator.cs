namespace CoreEngine.Data;

/// <summary>Yields the batches of <see cref="ImageBatches"/> as arrays.</summary>
/// <param name="images">Where from.</param>
/// <param name="batchSize">Images in a batch, 1 or more.</param>
/// <param name="seed">Decides the orders; null to take the images as they come in every epoch.</param>
/// <param name="device">Where the arrays live; a host device, <c>cpu(0)</c> when null.</param>
public sealed class ArrayBatchIterator(LabeledImages images, int batchSize, ulong? seed = null, Device? device = null)
{
    private readonly ImageBatches _batches = new(images, batchSize, seed);
    private readonly Shape _shape = [batchSize, 1, images.Height, images.Width];

    /// <summary>Batches in an epoch.</summary>
    public int BatchesPerEpoch => _batches.BatchesPerEpoch;

    /// <summary>One epoch's batches, made when they are asked for. The caller disposes of each.</summary>
    /// <param name="number">The epoch's number, which together with the seed decides the order.</param>
    public IEnumerable<ArrayBatch> Epoch(int number)
    {
        _batches.Start(number);
        while (Next() is { } batch)
        {
            yield return batch;
        }
    }

    private ArrayBatch? Next()
    {
        var data = new NDArray(_shape, DType.Float32, device);
        var labels = new NDArray([_shape[0]], DType.Float32, device);
        int count = _batches.Next(data.AsWritableSpan<float>(), labels.AsWritableSpan<float>());
        if (count > 0)
        {
            return new ArrayBatch(data, labels, count);
        }

        data.Dispose();
        labels.Dispose();
        return null;
    }
}
