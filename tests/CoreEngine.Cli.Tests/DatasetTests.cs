using System.Buffers.Binary;

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
        // Every class is in both parts.
        Assert.AreEqual(10, digits.Test.Labels.ToArray().Distinct().Count());
        Assert.AreEqual(10, digits.Train.Labels.ToArray().Distinct().Count());
    }

    [TestMethod]
    public void AMissingDataSetSaysHowToGetIt()
    {
        using var folder = new TemporaryFolder();
        EngineException error = Assert.Throws<EngineException>(() => ImageDataset.Load("fashion-mnist", folder.Path));
        Assert.Contains("dataset-fashion-mnist", error.Message);
        Assert.Contains(folder.Path, error.Message);
    }

    [TestMethod]
    public void LabelsOfAnotherDataSetAreRefused()
    {
        using var folder = new TemporaryFolder();
        foreach (string part in new[] { "train", "t10k" })
        {
            File.WriteAllBytes(folder.File($"{part}-images-idx3-ubyte"), Idx([2, 1, 3], [0, 51, 255, 255, 0, 0]));
            File.WriteAllBytes(folder.File($"{part}-labels-idx1-ubyte"), Idx([2], [7, 10]));
        }

        Assert.Contains(
            "label 10",
            Assert.Throws<EngineException>(() => ImageDataset.Load("mnist", folder.Path)).Message
        );
    }

    private static byte[] Idx(int[] extents, byte[] values)
    {
        byte[] file = new byte[4 + (4 * extents.Length) + values.Length];
        file[2] = 0x08;
        file[3] = (byte)extents.Length;
        for (int i = 0; i < extents.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(4 + (4 * i)), extents[i]);
        }

        values.CopyTo(file, 4 + (4 * extents.Length));
        return file;
    }
}
