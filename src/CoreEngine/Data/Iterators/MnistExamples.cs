namespace CoreEngine.Data;

/// <summary>The images of a part of MNIST's files, from 0 up to, not including, 1.</summary>
internal sealed class MnistExamples : IExampleSource
{
    private readonly LabeledImages _images;
    private readonly int[] _order;
    private readonly int _count;
    private int _next;

    internal MnistExamples(MnistParameters parameters)
    {
        // 255 becomes 255/256, as in MXNet.
        _images = MnistDataset.LoadImages(parameters.ImagePath, parameters.LabelPath, brightest: 256);
        double share = (double)_images.Count / parameters.Part.Count;
        int first = (int)(share * parameters.Part.Index);
        _order = new int[(int)(share * (parameters.Part.Index + 1)) - first];
        for (int i = 0; i < _order.Length; i++)
        {
            _order[i] = first + i;
        }

        if (parameters.Shuffle)
            Shuffle.InPlace<int>(_order, (ulong)(long)parameters.Seed, stream: 0);
        _count = _order.Length / parameters.Batch.Size * parameters.Batch.Size;
        Shape = parameters.Flat ? [_images.ImageSize] : [1, _images.Height, _images.Width];
    }

    /// <summary>The shape of an image.</summary>
    internal Shape Shape { get; }

    public bool Next(Span<float> data, Span<float> label, out ulong index)
    {
        index = 0;
        if (_next >= _count)
            return false;
        int image = _order[_next++];
        _images.CopyTo(image, data);
        label[0] = _images.Labels[image];
        index = (ulong)image;
        return true;
    }

    public void Restart() => _next = 0;

    public void Dispose() { }
}
