using System.IO.Compression;
using CoreEngine.Data;
using CoreEngine.Files;
using CoreEngine.Tests.Files;

namespace CoreEngine.Tests.Data;

[TestClass]
public sealed class ImageDataTests
{
    [TestMethod]
    public void TheDigitsAreRead()
    {
        LabeledImages digits = DigitsDataset.Load(DigitsPath());
        Assert.AreEqual(1797, digits.Count);
        Assert.AreEqual(64, digits.ImageSize);

        // The table's first line: 0,0,5,13,9,1,0,0, ... and the label 0.
        CollectionAssert.AreEqual(new byte[] { 0, 0, 5, 13, 9, 1, 0, 0 }, digits.Pixels(0)[..8].ToArray());
        float[] pixels = new float[64];
        digits.CopyTo(0, pixels);
        Assert.AreEqual(13 / 16f, pixels[3]);
        int[] perClass = new int[10];
        foreach (byte label in digits.Labels)
        {
            perClass[label]++;
        }

        Assert.AreEqual(174, perClass.Min());
        Assert.AreEqual(183, perClass.Max());
    }

    [TestMethod]
    [DataRow("1,2,3\n", "65")]
    [DataRow("17", "whole number from 0 to 16")]
    [DataRow("1.5", "whole number from 0 to 16")]
    [DataRow("-1", "whole number from 0 to 16")]
    public void OtherTablesAreNoDigits(string first, string problem)
    {
        string text = first.Contains('\n') ? first : first + string.Concat(Enumerable.Repeat(",0", 64)) + "\n";
        var error = Assert.ThrowsExactly<FileFormatException>(() =>
            DigitsDataset.Read(new MemoryStream(System.Text.Encoding.ASCII.GetBytes(text)), "digits.csv")
        );
        Assert.Contains(problem == "65" ? "this table has 3 columns" : problem, error.Message);
    }

    [TestMethod]
    public void ASplitKeepsEveryImageOnce()
    {
        LabeledImages images = Numbered(103);
        foreach (ulong? seed in new ulong?[] { null, 7 })
        {
            (LabeledImages train, LabeledImages heldOut) = images.Split(5, seed);
            Assert.AreEqual(21, heldOut.Count);
            byte[] all = [.. train.Labels, .. heldOut.Labels];
            CollectionAssert.AreEqual(images.Labels.ToArray(), all.Order().ToArray());
            CollectionAssert.AreEqual(images.Split(5, seed).HeldOut.Labels.ToArray(), heldOut.Labels.ToArray());
        }

        Assert.AreEqual(5, images.Split(5).HeldOut.Labels[1]);
        CollectionAssert.AreNotEqual(
            images.Split(5, 7).HeldOut.Labels.ToArray(),
            images.Split(5, 8).HeldOut.Labels.ToArray()
        );
    }

    [TestMethod]
    public void AShuffleIsTheSameEverywhere()
    {
        // Computed once, apart from this code: it must not change with the version of .NET or the machine.
        int[] order = Shuffle.Identity(10);
        Shuffle.InPlace<int>(order, seed: 1, stream: 0);
        CollectionAssert.AreEqual(new[] { 2, 5, 6, 9, 4, 8, 1, 7, 0, 3 }, order);
    }

    [TestMethod]
    public void ShufflesAreUniform()
    {
        // Each of 6 orders of 3 things should come up 10,000 times; the deviation is 91.
        var counts = new Dictionary<string, int>();
        for (ulong stream = 0; stream < 60_000; stream++)
        {
            int[] order = [0, 1, 2];
            Shuffle.InPlace<int>(order, seed: 3, stream);
            string key = string.Concat(order);
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }

        Assert.HasCount(6, counts);
        Assert.IsTrue(counts.Values.All(count => Math.Abs(count - 10_000) < 500));
    }

    [TestMethod]
    [DataRow(10, 103)]
    [DataRow(103, 103)]
    [DataRow(250, 103)]
    [DataRow(1, 5)]
    public void AnEpochGivesEveryImageOnceAndFillsItsLastBatch(int batchSize, int count)
    {
        var batches = new ImageBatches(Numbered(count), batchSize, seed: 5);
        float[] pixels = new float[batchSize * 2];
        float[] labels = new float[batchSize];
        var seen = new List<float>();
        int steps = 0;
        for (int fresh; (fresh = batches.Next(pixels, labels)) > 0; steps++)
        {
            seen.AddRange(labels.AsSpan(0, fresh));
            for (int i = 0; i < batchSize; i++)
            {
                // Both pixels of an image hold its number: they belong to the label, in the filling as well.
                Assert.AreEqual(labels[i] / 255f, pixels[2 * i]);
                Assert.AreEqual(labels[i] / 255f, pixels[(2 * i) + 1]);
            }
        }

        Assert.AreEqual(batches.BatchesPerEpoch, steps);
        CollectionAssert.AreEqual(Enumerable.Range(0, count).Select(i => (float)i).ToArray(), seen.Order().ToArray());
        Assert.AreEqual(0, batches.Next(pixels, labels));
    }

    [TestMethod]
    public void SeedAndEpochDecideTheOrder()
    {
        float[] first = Order(seed: 1, epoch: 0);
        CollectionAssert.AreEqual(first, Order(seed: 1, epoch: 0));
        CollectionAssert.AreNotEqual(first, Order(seed: 1, epoch: 1));
        CollectionAssert.AreNotEqual(first, Order(seed: 2, epoch: 0));
        CollectionAssert.AreEqual(
            Enumerable.Range(0, 100).Select(i => (float)i).ToArray(),
            Order(seed: null, epoch: 3)
        );

        static float[] Order(ulong? seed, int epoch)
        {
            var batches = new ImageBatches(Numbered(100), 100, seed);
            float[] labels = new float[100];
            batches.Start(9);
            batches.Start(epoch);
            batches.Next(new float[200], labels);
            return labels;
        }
    }

    [TestMethod]
    public void BatchesAllocateNothing()
    {
        var batches = new ImageBatches(Numbered(100), 10, seed: 1);
        float[] pixels = new float[20];
        float[] labels = new float[10];
        long Epoch()
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            batches.Start(1);
            while (batches.Next(pixels, labels) > 0) { }
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Epoch();
        Assert.AreEqual(0, Epoch());
    }

    [TestMethod]
    public void BatchesBecomeArrays()
    {
        var iterator = new ArrayBatchIterator(Numbered(25), 10, seed: 2);
        var seen = new List<float>();
        foreach (ArrayBatch batch in iterator.Epoch(0))
        {
            using (batch)
            {
                Assert.AreEqual("(10,1,1,2)", batch.Data.Shape.ToString());
                Assert.AreEqual("(10,)", batch.Labels.Shape.ToString());
                float[] labels = batch.Labels.ToArray<float>();
                Assert.AreEqual(labels[3] / 255f, batch.Data.ToArray<float>()[6]);
                seen.AddRange(labels.AsSpan(0, batch.Count));
            }
        }

        Assert.HasCount(25, seen.Distinct());
        Assert.AreEqual(3, iterator.BatchesPerEpoch);
        Assert.AreEqual(3, iterator.Epoch(1).Count());
    }

    [TestMethod]
    public void WrongBuffersAndSizesAreErrors()
    {
        var batches = new ImageBatches(Numbered(10), 5);
        Assert.ThrowsExactly<ArgumentException>(() => batches.Next(new float[9], new float[5]));
        Assert.ThrowsExactly<ArgumentException>(() => batches.Next(new float[10], new float[4]));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ImageBatches(Numbered(10), 0));
        Assert.ThrowsExactly<ArgumentException>(() => new ImageBatches(Numbered(0), 5));
        Assert.ThrowsExactly<ArgumentException>(() => new LabeledImages(new byte[5], new byte[1], 2, 2));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Numbered(10).Split(1));
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void AFolderOfIdxFilesIsRead(bool packed)
    {
        using var folder = new TemporaryFolder();
        WriteMnist(folder, packed);
        MnistDataset set = MnistDataset.Load(folder.Root);
        Assert.AreEqual(3, set.Train.Count);
        Assert.AreEqual(2, set.Test.Count);
        Assert.AreEqual(2, set.Train.Height);
        Assert.AreEqual(1, set.Train.Width);
        CollectionAssert.AreEqual(new byte[] { 3, 4 }, set.Train.Pixels(1).ToArray());
        CollectionAssert.AreEqual(new byte[] { 9, 8 }, set.Test.Labels.ToArray());
    }

    [TestMethod]
    public void AnAbsentFolderNamesThePackageAndTheOption()
    {
        using var folder = new TemporaryFolder();
        var error = Assert.ThrowsExactly<FileAccessException>(() => MnistDataset.Load(folder["absent"]));
        Assert.Contains("train-images-idx3-ubyte", error.Message);
        Assert.Contains("apt-get install dataset-fashion-mnist", error.Message);
        Assert.Contains("--data-dir", error.Message);
    }

    [TestMethod]
    public void FilesThatDoNotFitEachOtherAreRefused()
    {
        using var folder = new TemporaryFolder();
        WriteMnist(folder, packed: false);
        File.Copy(folder["train-labels-idx1-ubyte"], folder["t10k-labels-idx1-ubyte"], overwrite: true);
        var error = Assert.ThrowsExactly<FileFormatException>(() => MnistDataset.Load(folder.Root));
        Assert.Contains("3 labels for the 2 images", error.Message);
        File.Copy(folder["train-labels-idx1-ubyte"], folder["train-images-idx3-ubyte"], overwrite: true);
        error = Assert.ThrowsExactly<FileFormatException>(() => MnistDataset.Load(folder.Root));
        Assert.Contains("not unsigned bytes of rank 3", error.Message);
    }

    [TestMethod]
    public void FashionMnistIsRead()
    {
        if (!Directory.Exists(MnistDataset.FashionFolder))
        {
            Assert.Inconclusive("Debian's package dataset-fashion-mnist is not installed.");
        }

        MnistDataset set = MnistDataset.Load();
        Assert.AreEqual(60_000, set.Train.Count);
        Assert.AreEqual(10_000, set.Test.Count);
        Assert.AreEqual(28, set.Test.Height);
        Assert.AreEqual(28, set.Test.Width);
        int[] perClass = new int[10];
        foreach (byte label in set.Train.Labels)
        {
            perClass[label]++;
        }

        Assert.IsTrue(perClass.All(count => count == 6_000));
    }

    /// <summary>Images of two pixels that both hold the image's number, which is its label as well.</summary>
    private static LabeledImages Numbered(int count)
    {
        byte[] labels = [.. Enumerable.Range(0, count).Select(i => (byte)i)];
        return new LabeledImages([.. labels.SelectMany(label => new[] { label, label })], labels, 1, 2);
    }

    private static void WriteMnist(TemporaryFolder folder, bool packed)
    {
        Write("train-images-idx3-ubyte", "00000803 00000003 00000002 00000001 010203040506");
        Write("train-labels-idx1-ubyte", "00000801 00000003 070605");
        Write("t10k-images-idx3-ubyte", "00000803 00000002 00000002 00000001 01020304");
        Write("t10k-labels-idx1-ubyte", "00000801 00000002 0908");

        void Write(string name, string hexadecimal)
        {
            byte[] bytes = Convert.FromHexString(hexadecimal.Replace(" ", ""));
            if (packed)
            {
                using var packer = new GZipStream(File.Create(folder[name + ".gz"]), CompressionLevel.Fastest);
                packer.Write(bytes);
            }
            else
            {
                File.WriteAllBytes(folder[name], bytes);
            }
        }
    }

    private static string DigitsPath() =>
        Path.Combine(Checkout.Root, "tools", "CoreEngine.Cli", "Datasets", "digits.csv.gz");
}
