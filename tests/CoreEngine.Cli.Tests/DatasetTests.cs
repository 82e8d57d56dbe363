using System.Buffers.Binary;
using System.IO.Compression;

namespace CoreEngine.Cli.Tests;

[TestClass]
public sealed class DatasetTests
{
    [TestMethod]
    public void DigitsAreRealAndAFifthIsHeldOut()
    {
        ImageDataset digits = ImageDataset.Load("digits", null);
        Assert.AreEqual(1797, digits.Train.Count + digits.Test.Count);
        Assert.AreEqual(360, digits.Test.Count);
        Assert.AreEqual(8, digits.Train.Height);
        Assert.AreEqual(1f, digits.Train.Pixels.Max());
        Assert.AreEqual(0f, digits.Train.Pixels.Min());
        // Every class is in both parts.
        Assert.AreEqual(10, digits.Test.Labels.Distinct().Count());
        Assert.AreEqual(10, digits.Train.Labels.Distinct().Count());
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void IdxFilesAreReadPlainAndCompressed(bool compressed)
    {
        using var folder = new TemporaryFolder();
        foreach (string part in new[] { "train", "t10k" })
        {
            Write(folder, $"{part}-images-idx3-ubyte", compressed, Idx([2, 1, 3], [0, 51, 255, 255, 0, 0]));
            Write(folder, $"{part}-labels-idx1-ubyte", compressed, Idx([2], [7, 9]));
        }

        ImageDataset data = ImageDataset.Load("mnist", folder.Path);
        CollectionAssert.AreEqual(new[] { 0f, 0.2f, 1f, 1f, 0f, 0f }, data.Train.Pixels);
        CollectionAssert.AreEqual(new[] { 7f, 9f }, data.Test.Labels);
        CollectionAssert.AreEqual(new[] { 9f, 7f }, data.Test.Select([1, 0]).Labels);
    }

    [TestMethod]
    public void FilesThatDoNotFitAreATypedErrorThatNamesThem()
    {
        byte[] images = Idx([2, 1, 3], [0, 51, 255, 255, 0, 0]);
        byte[] labels = Idx([2], [7, 9]);
        byte[] floats = Idx([1, 1, 1], [0, 0, 0, 0]);
        floats[2] = 0x0D;
        Wrong("float32", floats, labels);
        Wrong("rank 3", labels, labels);
        Wrong("rank 1", images, images);
        Wrong("labels", images, Idx([3], [7, 9, 1]));
        Wrong("labels go from 0 to 9", images, Idx([2], [7, 10]));
        Wrong("images", images[..^1], labels);
    }

    [TestMethod]
    public void AMissingDataSetSaysHowToGetIt()
    {
        using var folder = new TemporaryFolder();
        DatasetException error = Assert.ThrowsExactly<DatasetException>(() =>
            ImageDataset.Load("fashion-mnist", folder.Path)
        );
        Assert.Contains("dataset-fashion-mnist", error.Message);
        Assert.Contains(folder.Path, error.Message);
    }

    private static void Wrong(string message, byte[] images, byte[] labels)
    {
        using var folder = new TemporaryFolder();
        Write(folder, "images", compressed: false, images);
        Write(folder, "labels", compressed: false, labels);
        EngineException error = Assert.Throws<EngineException>(() =>
            IdxImages.Load(folder.File("images"), folder.File("labels"))
        );
        Assert.Contains(message, error.Message);
        Assert.Contains(folder.Path, error.Message);
    }

    private static byte[] Idx(int[] extents, byte[] values)
    {
        byte[] file = new byte[4 + 4 * extents.Length + values.Length];
        file[2] = 0x08;
        file[3] = (byte)extents.Length;
        for (int i = 0; i < extents.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(4 + 4 * i), extents[i]);
        }

        values.CopyTo(file, 4 + 4 * extents.Length);
        return file;
    }

    private static void Write(TemporaryFolder folder, string name, bool compressed, byte[] bytes)
    {
        using Stream file = File.Create(folder.File(name) + (compressed ? ".gz" : ""));
        using Stream target = compressed ? new GZipStream(file, CompressionLevel.Optimal) : file;
        target.Write(bytes);
    }
}
