namespace CoreEngine.Data;

/// <summary>Changes images at random, so that a model sees more of them than there are.</summary>
internal interface IImageAugmenter
{
    /// <summary>An image of the size that batches have, or less.</summary>
    /// <param name="image">The decoded image; it may be changed in place.</param>
    /// <param name="labels">The image's labels, which may be changed along with it.</param>
    /// <param name="random">The image's random numbers.</param>
    public PixelImage Apply(PixelImage image, ref float[] labels, ref ImageRandom random);
}
