using System.Buffers.Binary;
using CoreEngine.Data;
using CsCheck;

namespace CoreEngine.Tests.Data;

[TestClass]
public sealed class RecordTests
{
    private const uint Magic = 0xced7230a;

    private static readonly Gen<byte[]> s_record =
        from words in Gen.OneOf(Gen.Const(Magic), Gen.UInt).Array[0, 12]
        from tail in Gen.Byte.Array[0, 3]
        from head in Gen.Byte.Array[0, 3]
        select (byte[])[.. head, .. words.SelectMany(BitConverter.GetBytes), .. tail];

    [TestMethod]
    public void RecordsComeBackWhateverTheyHold() =>
        s_record
            .Array[0, 8]
            .Sample(records =>
            {
                byte[] bytes = Written(records, out long[] positions);
                using var reader = new RecordReader(new MemoryStream(bytes), "records");
                foreach (byte[] record in records)
                {
                    Assert.IsTrue(reader.TryRead(out ReadOnlySpan<byte> read));
                    Assert.IsTrue(read.SequenceEqual(record));
                }

                Assert.IsFalse(reader.TryRead(out _));
                for (int i = records.Length - 1; i >= 0; i--)
                {
                    reader.Seek(positions[i]);
                    Assert.IsTrue(reader.TryRead(out ReadOnlySpan<byte> again));
                    Assert.IsTrue(again.SequenceEqual(records[i]));
                }
            });

    [TestMethod]
    public void FromAnyPlaceTheNextRecordIsFound() =>
        s_record
            .Array[1, 6]
            .Sample(records =>
            {
                byte[] bytes = Written(records, out long[] positions);
                using var reader = new RecordReader(new MemoryStream(bytes), "records");
                for (int place = 0; place <= bytes.Length; place++)
                {
                    long expected = positions.Where(p => p >= place).DefaultIfEmpty(bytes.Length).First();
                    Assert.AreEqual(expected, reader.SeekForward(place));
                }
            });

    [TestMethod]
    public void DamagedFilesAreRefusedOrReadToTheirEnd() =>
        Gen.Select(s_record.Array[1, 4], Gen.Int[0, int.MaxValue], Gen.Byte, Gen.Int[0, int.MaxValue])
            .Sample(
                (records, place, value, length) =>
                {
                    byte[] bytes = Written(records, out _);
                    bytes[place % bytes.Length] = value;
                    bytes = bytes[..(length % (bytes.Length + 1))];
                    using var reader = new RecordReader(new MemoryStream(bytes), "records");
                    try
                    {
                        int total = 0;
                        while (reader.TryRead(out ReadOnlySpan<byte> record))
                        {
                            total += record.Length;
                        }

                        Assert.IsLessThanOrEqualTo(bytes.Length, total);
                    }
                    catch (EngineException)
                    {
                        // Refused.
                    }
                }
            );

    [TestMethod]
    public void LengthsThatAreNotThereTakeNoMemory()
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), (1 << 29) - 1);
        using var reader = new RecordReader(new MemoryStream(bytes), "short.rec");
        long before = GC.GetAllocatedBytesForCurrentThread();
        string message = Assert.Throws<EngineException>(() => reader.TryRead(out _)).Message;
        Assert.Contains("short.rec", message);
        Assert.IsLessThan(1 << 20, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    public void ImagesAndTheirLabelsComeBack() =>
        Gen.Select(Gen.Float.Array[1, 5], Gen.ULong, Gen.ULong, Gen.Byte.Array[0, 20])
            .Sample(
                (labels, id, id2, content) =>
                {
                    byte[] packed = ImageRecord.Pack(labels, id, id2, content);
                    Assert.IsTrue(ImageRecord.TryRead(packed, out ImageRecord image));
                    float[] read = new float[image.LabelCount];
                    image.CopyLabels(read);
                    CollectionAssert.AreEqual(labels, read);
                    Assert.AreEqual((id, id2), (image.Id, image.Id2));
                    Assert.IsTrue(image.Content.SequenceEqual(content));
                    for (int length = 0; length < packed.Length - content.Length; length++)
                    {
                        Assert.IsFalse(ImageRecord.TryRead(packed.AsSpan(0, length), out _));
                    }
                }
            );

    private static byte[] Written(byte[][] records, out long[] positions)
    {
        using var stream = new MemoryStream();
        using var writer = new RecordWriter(stream, "records");
        positions = new long[records.Length];
        for (int i = 0; i < records.Length; i++)
        {
            positions[i] = writer.Position;
            writer.Write(records[i]);
        }

        return stream.ToArray();
    }
}
