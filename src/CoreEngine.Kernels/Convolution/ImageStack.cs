namespace CoreEngine.Kernels;

/// <summary>
/// Results of several images side by side as one matrix: channels x (images, positions). The depth of a weight gradient is
/// then that of all its images, and the gradient is read and written once for many of them.
/// </summary>
internal readonly unsafe struct ImageStack<T> : ILeftOperand<T>
    where T : unmanaged
{
    private readonly T* _data;
    private readonly long _spatial;
    private readonly long _imageStride;

    /// <param name="data">The first channel of the first image.</param>
    /// <param name="spatial">Positions of a channel.</param>
    /// <param name="imageStride">Elements from one image to the next.</param>
    internal ImageStack(T* data, long spatial, long imageStride)
    {
        _data = data;
        _spatial = spatial;
        _imageStride = imageStride;
    }

    /// <inheritdoc/>
    public bool IsDirect => false;

    /// <inheritdoc/>
    public long RowStride => 0;

    /// <inheritdoc/>
    public long DepthStride => 0;

    /// <inheritdoc/>
    public T* At(long row, long depth) => null;

    /// <inheritdoc/>
    public void Pack(long row, int rows, long depth, int count, T* target)
    {
        for (int done = 0; done < count; )
        {
            (long image, long position) = Math.DivRem(depth + done, _spatial);
            int some = (int)Math.Min(count - done, _spatial - position);
            T* source = _data + (image * _imageStride) + (row * _spatial) + position;
            Packing.Transpose(source, _spatial, rows, some, target + ((long)done * rows), rows);
            done += some;
        }
    }
}
