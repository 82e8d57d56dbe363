using CoreEngine.Files;

namespace CoreEngine.Data;

/// <summary>
/// A folder of four IDX files as MNIST has them (<c>train-images-idx3-ubyte</c>, <c>train-labels-idx1-ubyte</c>,
/// <c>t10k-images-idx3-ubyte</c>, <c>t10k-labels-idx1-ubyte</c>), plain or packed with gzip (<c>.gz</c>).
/// </summary>
/// <param name="Train">What a model learns from.</param>
/// <param name="Test">What it has never seen.</param>
public sealed record MnistDataset(LabeledImages Train, LabeledImages Test)
{
    /// <summary>Where Debian's package dataset-fashion-mnist puts Fashion-MNIST.</summary>
    public const string FashionFolder = "/usr/share/datasets/fashion-mnist";

    /// <summary>Loads the four files.</summary>
    /// <param name="folder">Where they are; <see cref="FashionFolder"/> when null.</param>
    /// <exception cref="FileAccessException">A file is absent; the message says where to get it.</exception>
    /// <exception cref="FileFormatException">A file is damaged, or images and labels do not fit each other.</exception>
    public static MnistDataset Load(string? folder = null)
    {
        folder ??= FashionFolder;
        LabeledImages train = LoadPart(folder, "train");
        LabeledImages test = LoadPart(folder, "t10k");
        if (test.Height != train.Height || test.Width != train.Width)
        {
            throw new FileFormatException(
                folder,
                -1,
                $"images to train with are {train.Height}x{train.Width}, those to test with {test.Height}x{test.Width}"
            );
        }

        return new MnistDataset(train, test);
    }

    private static LabeledImages LoadPart(string folder, string part)
    {
        string imagePath = Find(folder, $"{part}-images-idx3-ubyte");
        return LoadImages(imagePath, Find(folder, $"{part}-labels-idx1-ubyte"));
    }

    /// <summary>Loads images and their labels.</summary>
    /// <param name="imagePath">IDX file of bytes, shape (n, height, width).</param>
    /// <param name="labelPath">IDX file of bytes, shape (n,).</param>
    /// <param name="brightest">The byte that becomes 1.</param>
    internal static LabeledImages LoadImages(string imagePath, string labelPath, int brightest = 255)
    {
        using StoredArray images = LoadBytes(imagePath, rank: 3);
        using StoredArray labels = LoadBytes(labelPath, rank: 1);
        if (images.Shape[0] != labels.Shape[0])
        {
            throw new FileFormatException(
                labelPath,
                -1,
                $"there are {labels.Shape[0]:N0} labels for the {images.Shape[0]:N0} images of {imagePath}; the two files "
                    + "are not of one set"
            );
        }

        return new LabeledImages(
            images.Data.Bytes.ToArray(),
            labels.Data.Bytes.ToArray(),
            (int)images.Shape[1],
            (int)images.Shape[2],
            brightest
        );
    }

    private static StoredArray LoadBytes(string path, int rank)
    {
        StoredArray array = IdxFile.Load(path);
        if (
            array.DType == DType.UInt8
            && array.Shape.Rank == rank
            && array.Shape.IsKnown
            && array.Shape.Size <= Array.MaxLength
        )
        {
            return array;
        }

        array.Dispose();
        throw new FileFormatException(
            path,
            -1,
            $"it holds {array.DType.Name()} values of shape {array.Shape}, not unsigned bytes of rank {rank}"
        );
    }

    private static string Find(string folder, string name)
    {
        string path = Path.Combine(folder, name);
        if (File.Exists(path))
        {
            return path;
        }

        string packed = path + ".gz";
        return File.Exists(packed)
            ? packed
            : throw new FileAccessException(
                path,
                $"There is no {path}, nor {name}.gz. Fashion-MNIST comes with Debian's package dataset-fashion-mnist (apt-get "
                    + "install dataset-fashion-mnist); for files elsewhere, or for MNIST's own, name their folder (--data-dir)."
            );
    }
}
