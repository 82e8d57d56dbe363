using System.Buffers.Binary;
using CoreEngine.Data;
using CoreEngine.Operators;

namespace CoreEngine.Tests.Data;

[TestClass]
public sealed class ImageIteratorTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("coreengine-").FullName;

    [TestCleanup]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void ImagesAreCutInTheMiddleAndNormalized()
    {
        using DataIterator iterator = Images("ImageRecordIter", ("mean_r", "10"), ("std_g", "2"), ("scale", "0.5"));
        Assert.IsTrue(iterator.Next());
        DataBatch batch = iterator.Current;
        Assert.AreEqual(new Shape([4, 3, 3, 5]), batch.Data.Shape);
        CollectionAssert.AreEqual(new float[] { 0, 1, 2, 3 }, batch.Label.ToArray<float>());
        ReadOnlySpan<float> values = batch.Data.AsSpan<float>();
        for (int i = 0; i < values.Length; i++)
        {
            (int image, int c, int y, int x) = (i / 45, i / 15 % 3, i / 5 % 3, i % 5);
            float pixel = Pixel(image, y + 1, x + 1, c);
            float expected = (pixel - (c == 0 ? 10 : 0)) * 0.5f / (c == 1 ? 2 : 1);
            Assert.AreEqual(expected, values[i], 1e-4f);
        }
    }

    [TestMethod]
    public void WhatAnImageBecomesDependsOnNoThread()
    {
        float[]? first = null;
        foreach (string threads in new[] { "1", "2", "7" })
        {
            using DataIterator iterator = Images(
                "ImageRecordIter",
                ("preprocess_threads", threads),
                ("shuffle", "True"),
                ("rand_crop", "True"),
                ("rand_mirror", "True"),
                ("random_h", "20"),
                ("max_rotate_angle", "10"),
                ("max_random_contrast", "0.3")
            );
            var values = new List<float>();
            for (int epoch = 0; epoch < 2; epoch++, iterator.Reset())
            {
                while (iterator.Next())
                {
                    values.AddRange(iterator.Current.Data.ToArray<float>());
                }
            }

            first ??= [.. values];
            CollectionAssert.AreEqual(first, values);
        }
    }

    [TestMethod]
    public void ShufflingYieldsEveryImageOnceAndInAnotherOrder()
    {
        using DataIterator iterator = Images("ImageRecordUInt8Iter", ("shuffle", "True"), ("batch_size", "1"));
        var orders = new List<string>();
        for (int epoch = 0; epoch < 3; epoch++, iterator.Reset())
        {
            var labels = new List<float>();
            while (iterator.Next())
            {
                Assert.AreEqual(DType.UInt8, iterator.Current.Data.DType);
                labels.Add(iterator.Current.Label.ToScalar<float>());
            }

            CollectionAssert.AreEquivalent(Enumerable.Range(0, Count).Select(i => (float)i).ToArray(), labels);
            orders.Add(string.Join(",", labels));
        }

        Assert.IsGreaterThan(1, orders.Distinct().Count());
    }

    [TestMethod]
    public void PartsShareTheImages()
    {
        for (int parts = 1; parts <= 4; parts++)
        {
            var labels = new List<float>();
            for (int part = 0; part < parts; part++)
            {
                using DataIterator iterator = Images(
                    "ImageRecordIter",
                    ("num_parts", $"{parts}"),
                    ("part_index", $"{part}"),
                    ("batch_size", "1")
                );
                while (iterator.Next())
                {
                    labels.Add(iterator.Current.Label.ToScalar<float>());
                }
            }

            CollectionAssert.AreEqual(Enumerable.Range(0, Count).Select(i => (float)i).ToArray(), labels);
        }
    }

    [TestMethod]
    public void ObjectsAreMirroredWithTheirImage()
    {
        string path = Path.Combine(_folder, "objects.rec");
        using (var writer = new RecordWriter(path))
        {
            writer.Write(ImageRecord.Pack([2, 5, 1, 0.25f, 0, 0.5f, 1], 0, 0, Bitmap(0)));
        }

        using DataIterator iterator = DataIterators.Create(
            "ImageDetRecordIter",
            new Dictionary<string, string>
            {
                ["path_imgrec"] = path,
                ["data_shape"] = $"(3,{Height},{Width})",
                ["batch_size"] = "1",
                ["rand_mirror_prob"] = "1",
                ["label_pad_width"] = "9",
            }
        );
        Assert.IsTrue(iterator.Next());
        CollectionAssert.AreEqual(
            new float[] { 3, Height, Width, 7, 2, 5, 1, 0.5f, 0, 0.75f, 1, -1, -1 },
            iterator.Current.Label.ToArray<float>()
        );
        Assert.AreEqual(Pixel(0, 0, Width - 1, 0), iterator.Current.Data.AsSpan<float>()[0]);
    }

    [TestMethod]
    public void BytesThatAreNoImageAreAnError()
    {
        string path = Path.Combine(_folder, "wrong.rec");
        using (var writer = new RecordWriter(path))
        {
            writer.Write(ImageRecord.Pack([1], 17, 0, [1, 2, 3]));
        }

        using DataIterator iterator = DataIterators.Create(
            "ImageRecordIter",
            new Dictionary<string, string>
            {
                ["path_imgrec"] = path,
                ["data_shape"] = "(3,2,2)",
                ["batch_size"] = "1",
            }
        );
        Assert.Contains("image 17", Assert.Throws<EngineException>(() => iterator.Next()).Message);
    }

    [TestMethod]
    public void DecodingGivesTheOrderOfChannelsThatIsAskedFor()
    {
        using var bytes = new NDArray([Bitmap(3).Length], DType.UInt8);
        bytes.CopyFrom<byte>(Bitmap(3));
        foreach (bool rgb in new[] { true, false })
        {
            using NDArray image = Imperative.Call("_cvimdecode", new ImageDecodeParameters { ToRgb = rgb }, bytes);
            Assert.AreEqual(new Shape([Height, Width, 3]), image.Shape);
            Assert.AreEqual(Pixel(3, 0, 0, rgb ? 0 : 2), image.AsSpan<byte>()[0]);
        }
    }

    [TestMethod]
    public void ResizingAnEvenSlopeKeepsIt()
    {
        using var slope = new NDArray([1, 8, 1]);
        slope.CopyFrom<float>([0, 1, 2, 3, 4, 5, 6, 7]);
        foreach (int method in new[] { 1, 2 })
        {
            using NDArray wide = Imperative.Call(
                "_cvimresize",
                new ImageResizeParameters
                {
                    Width = 16,
                    Height = 1,
                    Method = method,
                },
                slope
            );
            // Place x of the result lies at (x + 1/2) / 2 - 1/2.
            for (int x = 4; x < 12; x++)
            {
                Assert.AreEqual(((x + 0.5f) / 2) - 0.5f, wide.AsSpan<float>()[x], 0.05f);
            }
        }

        using NDArray narrow = Imperative.Call(
            "_cvimresize",
            new ImageResizeParameters
            {
                Width = 3,
                Height = 1,
                Method = 3,
            },
            slope
        );
        // Means over 8/3 pixels: (0 + 1 + 2 * 2/3) / (8/3) and so on.
        float[] expected = [0.875f, 3.5f, 6.125f];
        for (int i = 0; i < 3; i++)
        {
            Assert.AreEqual(expected[i], narrow.AsSpan<float>()[i], 1e-5f);
        }
    }

    [TestMethod]
    [DataRow(0, "9,9,9,1,2,3,9,9")]
    [DataRow(1, "1,1,1,1,2,3,3,3")]
    [DataRow(2, "3,2,1,1,2,3,3,2")]
    [DataRow(3, "1,2,3,1,2,3,1,2")]
    [DataRow(4, "2,3,2,1,2,3,2,1")]
    public void FramesAreFilledAsOpenCVFillsThem(int type, string expected)
    {
        using var row = new NDArray([1, 3, 1], DType.UInt8);
        row.CopyFrom<byte>([1, 2, 3]);
        var parameters = new ImageBorderParameters
        {
            Left = 3,
            Right = 2,
            Type = type,
            Value = 9,
        };
        using NDArray framed = Imperative.Call("_cvcopyMakeBorder", parameters, row);
        Assert.AreEqual(expected, string.Join(",", framed.ToArray<byte>()));
    }

    private const int Count = 10;
    private const int Height = 5;
    private const int Width = 7;

    private DataIterator Images(string name, params (string Key, string Value)[] parameters)
    {
        string path = Path.Combine(_folder, "images.rec");
        using (var writer = new RecordWriter(path))
        {
            for (int i = 0; i < Count; i++)
            {
                writer.Write(ImageRecord.Pack([i], (ulong)i, 0, Bitmap(i)));
            }
        }

        var texts = new Dictionary<string, string>
        {
            ["path_imgrec"] = path,
            ["data_shape"] = "(3,3,5)",
            ["batch_size"] = "4",
        };
        foreach ((string key, string value) in parameters)
        {
            texts[key] = value;
        }

        return DataIterators.Create(name, texts);
    }

    private static byte Pixel(int image, int y, int x, int channel) =>
        (byte)((image * 7) + (y * 29) + (x * 3) + (channel * 101));

    /// <summary>A bitmap of 24 bits: rows from below, each padded to four bytes, blue first.</summary>
    private static byte[] Bitmap(int image)
    {
        const int Header = 54;
        const int Row = ((Width * 3) + 3) & ~3;
        byte[] file = new byte[Header + (Height * Row)];
        file[0] = (byte)'B';
        file[1] = (byte)'M';
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(2), file.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10), Header);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), Width);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), Height);
        file[26] = 1;
        file[28] = 24;
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                for (int c = 0; c < 3; c++)
                {
                    file[Header + ((Height - 1 - y) * Row) + (x * 3) + 2 - c] = Pixel(image, y, x, c);
                }
            }
        }

        return file;
    }
}
