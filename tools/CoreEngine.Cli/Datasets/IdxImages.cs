using CoreEngine.Files;

namespace CoreEngine.Cli;

/// <summary>Data sets in the four IDX files that MNIST and its relatives come in, plain or gzipped.</summary>
internal static class IdxImages
{
    private const float Brightest = 255;

    /// <summary>Loads images and labels, to train and to test.</summary>
    /// <param name="name">The data set's name.</param>
    /// <param name="folder">Where the files are.</param>
    /// <param name="hint">How to get them, for the error when they are missing.</param>
    /// <exception cref="EngineException">A file is missing, damaged or of another kind.</exception>
    public static ImageDataset LoadDataset(string name, string folder, string hint) =>
        new(
            name,
            Load(Find(folder, "train-images-idx3-ubyte", hint), Find(folder, "train-labels-idx1-ubyte", hint)),
            Load(Find(folder, "t10k-images-idx3-ubyte", hint), Find(folder, "t10k-labels-idx1-ubyte", hint))
        );

    /// <summary>Loads images with their labels.</summary>
    /// <exception cref="EngineException">A file is damaged, of another kind, or does not belong to the other.</exception>
    public static LabeledImages Load(string imagePath, string labelPath)
    {
        using StoredArray images = Read(imagePath, rank: 3);
        using StoredArray labels = Read(labelPath, rank: 1);
        if (images.Shape[0] != labels.Shape[0])
        {
            throw new DatasetException(
                $"'{imagePath}' has {images.Shape[0]} images, but '{labelPath}' has {labels.Shape[0]} labels; "
                    + "are they of one set?"
            );
        }

        Span<byte> classes = labels.Data.Bytes;
        int wrong = classes.IndexOfAnyExceptInRange((byte)0, (byte)(ImageDataset.Classes - 1));
        if (wrong >= 0)
        {
            throw new DatasetException(
                $"Label {wrong} of '{labelPath}' is {classes[wrong]}; labels go from 0 to {ImageDataset.Classes - 1}."
            );
        }

        return new LabeledImages(
            Array.ConvertAll(images.Data.Bytes.ToArray(), pixel => pixel / Brightest),
            Array.ConvertAll(classes.ToArray(), label => (float)label),
            (int)images.Shape[1],
            (int)images.Shape[2]
        );
    }

    private static string Find(string folder, string name, string hint)
    {
        string plain = Path.Combine(folder, name);
        string packed = plain + ".gz";
        return File.Exists(plain) ? plain
            : File.Exists(packed) ? packed
            : throw new DatasetException($"The data file '{plain}' (or .gz) is missing. {hint}");
    }

    private static StoredArray Read(string path, int rank)
    {
        StoredArray array = IdxFile.Load(path);
        if (array.DType == DType.UInt8 && array.Shape.Rank == rank)
        {
            return array;
        }

        array.Dispose();
        throw new DatasetException(
            $"'{path}' holds {array.DType.Name()} {array.Shape}; uint8 of rank {rank} is needed. Is it another file?"
        );
    }
}
