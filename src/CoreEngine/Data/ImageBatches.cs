namespace CoreEngine.Data;

/// <summary>
/// Cuts images into batches of one size, in an order that a seed and the epoch's number decide alone. Writes into
/// buffers of the caller and allocates nothing per batch.
/// </summary>
/// <remarks>Not for several threads at once.</remarks>
public sealed class ImageBatches
{
    private readonly LabeledImages _images;
    private readonly ulong? _seed;
    private readonly int[] _order;
    private int _position;

    /// <summary>Batches of the first epoch.</summary>
    /// <param name="images">Where from.</param>
    /// <param name="batchSize">Images in a batch, 1 or more.</param>
    /// <param name="seed">Decides the orders; null to take the images as they come in every epoch.</param>
    /// <exception cref="ArgumentException">There are no images.</exception>
    public ImageBatches(LabeledImages images, int batchSize, ulong? seed = null)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        if (images.Count == 0)
        {
            throw new ArgumentException("There are no images to make batches of.", nameof(images));
        }

        _images = images;
        _seed = seed;
        _order = Shuffle.Identity(images.Count);
        BatchSize = batchSize;
        Start(epoch: 0);
    }

    /// <summary>Images in a batch.</summary>
    public int BatchSize { get; }

    /// <summary>Batches in an epoch; the last may be filled up with images from the epoch's beginning.</summary>
    public int BatchesPerEpoch => (_order.Length + BatchSize - 1) / BatchSize;

    /// <summary>Begins an epoch; the same number gives the same order again.</summary>
    public void Start(int epoch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        _position = 0;
        if (_seed is { } seed)
        {
            // From the same start each time: an epoch's order must not depend on those that came before.
            for (int i = 0; i < _order.Length; i++)
            {
                _order[i] = i;
            }

            Shuffle.InPlace<int>(_order, seed, (ulong)epoch);
        }
    }

    /// <summary>Writes the next batch.</summary>
    /// <param name="pixels">Takes <see cref="BatchSize"/> images as floats from 0 to 1, one after another, row-major.</param>
    /// <param name="labels">Takes as many classes.</param>
    /// <returns>
    /// How many images of the batch are new in this epoch; what follows them only fills the batch up. 0 when the epoch
    /// is over, and nothing was written.
    /// </returns>
    /// <exception cref="ArgumentException">A buffer has another length.</exception>
    public int Next(Span<float> pixels, Span<float> labels)
    {
        int size = _images.ImageSize;
        if (pixels.Length != (long)BatchSize * size || labels.Length != BatchSize)
        {
            throw new ArgumentException(
                $"Buffers of {pixels.Length:N0} pixels and {labels.Length:N0} labels do not take a batch of {BatchSize} "
                    + $"images with {size} pixels."
            );
        }

        int fresh = Math.Min(BatchSize, _order.Length - _position);
        if (fresh <= 0)
        {
            return 0;
        }

        for (int i = 0; i < BatchSize; i++)
        {
            int image = _order[(_position + i) % _order.Length];
            _images.CopyTo(image, pixels.Slice(i * size, size));
            labels[i] = _images.Labels[image];
        }

        _position += fresh;
        return fresh;
    }
}
