using System.Buffers.Binary;
using System.IO.Compression;

namespace CoreEngine.Cli;

/// <summary>
/// The IDX format of MNIST and its relatives: a big-endian header (two zero bytes, the element type, the rank, then one
/// 32-bit extent per dimension), then the values row-major. Only unsigned bytes are read. Files may be gzipped.
/// </summary>
internal static class IdxFile
{
    private const byte UnsignedBytes = 0x08;
    private const float Brightest = 255;

    /// <summary>Loads the four files of a data set: images and labels, to train and to test.</summary>
    public static ImageDataset LoadDataset(string name, string folder, string hint) =>
        new(
            name,
            LoadImages(Find(folder, "train-images-idx3-ubyte", hint), Find(folder, "train-labels-idx1-ubyte", hint)),
            LoadImages(Find(folder, "t10k-images-idx3-ubyte", hint), Find(folder, "t10k-labels-idx1-ubyte", hint))
        );

    /// <summary>Loads images with their labels.</summary>
    public static LabeledImages LoadImages(string imagePath, string labelPath)
    {
        (int[] extents, byte[] pixels) = Read(imagePath, rank: 3);
        (int[] labelExtents, byte[] labels) = Read(labelPath, rank: 1);
        if (extents[0] != labelExtents[0])
        {
            throw new DatasetException(
                $"'{imagePath}' has {extents[0]} images, but '{labelPath}' has {labelExtents[0]} labels; are they of one set?"
            );
        }

        int wrong = Array.FindIndex(labels, label => label >= ImageDataset.Classes);
        if (wrong >= 0)
        {
            throw new DatasetException(
                $"Label {wrong} of '{labelPath}' is {labels[wrong]}; labels go from 0 to {ImageDataset.Classes - 1}."
            );
        }

        return new LabeledImages(
            Array.ConvertAll(pixels, pixel => pixel / Brightest),
            Array.ConvertAll(labels, label => (float)label),
            extents[1],
            extents[2]
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

    private static (int[] Extents, byte[] Values) Read(string path, int rank)
    {
        try
        {
            using Stream file = File.OpenRead(path);
            using Stream content = path.EndsWith(".gz", StringComparison.Ordinal)
                ? new GZipStream(file, CompressionMode.Decompress)
                : file;
            Span<byte> header = stackalloc byte[4 + 4 * rank];
            content.ReadExactly(header[..4]);
            if (header[0] != 0 || header[1] != 0 || header[2] != UnsignedBytes || header[3] != rank)
            {
                throw new DatasetException(
                    $"'{path}' is no IDX file of {rank}-dimensional unsigned bytes: it starts with "
                        + $"{Convert.ToHexString(header[..4])}, 000008{rank:X2} is needed."
                );
            }

            content.ReadExactly(header[4..]);
            int[] extents = new int[rank];
            long size = 1;
            for (int i = 0; i < rank; i++)
            {
                extents[i] = BinaryPrimitives.ReadInt32BigEndian(header[(4 + 4 * i)..]);
                size = extents[i] > 0 && size <= Array.MaxLength ? size * extents[i] : long.MaxValue;
            }

            if (size > Array.MaxLength)
            {
                throw new DatasetException(
                    $"'{path}' claims the extents {string.Join(" x ", extents)}; the file is damaged."
                );
            }

            byte[] values = new byte[size];
            content.ReadExactly(values);
            if (content.ReadByte() >= 0)
            {
                throw new DatasetException(
                    $"'{path}' is longer than its extents {string.Join(" x ", extents)} say; the file is damaged."
                );
            }

            return (extents, values);
        }
        catch (EndOfStreamException error)
        {
            throw new DatasetException($"'{path}' ends too early; fetch the file again.", error);
        }
        catch (InvalidDataException error)
        {
            throw new DatasetException($"'{path}' is no intact gzip file ({error.Message}); fetch it again.", error);
        }
    }
}
